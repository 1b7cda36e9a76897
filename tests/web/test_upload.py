import hashlib
import io
import re
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from station.jobs import Job, JobKind
from station.recordings import stored_at
from station.rights import RequestState
from tests.web.uploads import VOICE, WEEK, filled, recordings_in, voice
from tests.web.visitor import Visitor
from web.app import create_app


def test_an_upload_is_kept_and_its_check_is_promised(send, right, database, settings):
    answer = send()
    assert answer.status_code == 200
    assert "We have your recording (10 kB) and are checking it." in answer.text
    assert "being checked" in answer.text
    (recording,) = recordings_in(database)
    sha256 = hashlib.sha256(VOICE).hexdigest()
    said = (recording.right_id, recording.title, recording.language, recording.adult)
    assert said == (right.id, "The river", "zu", False)
    assert (recording.upload_sha256, recording.upload_bytes) == (sha256, len(VOICE))
    assert recording.file_name == "PTT-20261121-WA0007.opus"
    assert stored_at(settings.media_folder, sha256).read_bytes() == VOICE
    with database.reading() as session:
        jobs = session.scalars(sa.select(Job).where(Job.kind == JobKind.INGEST))
        assert [job.subject for job in jobs] == [str(recording.id)]


def test_wishes_and_ticks_are_remembered(send, database):
    moment = {"moment": "2026-12-02T18:35", "minutes": "30"}
    send(
        daypart="drive",
        **moment,
        adult="yes",
        fade_out="yes",
        music=" Meadowlands,\n Strike Vilakazi ",
    )
    (recording,) = recordings_in(database)
    assert recording.adult
    assert recording.music == "Meadowlands, Strike Vilakazi"
    assert recording.treatment == {"long": "fade"}
    assert recording.wishes == [
        {"daypart": "drive", "moment": None, "minutes": 0},
        {"daypart": None, "moment": "2026-12-02T18:35", "minutes": 30},
    ]


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"permission": None}, 422, "Please tick that you may let us air this recording"),
        ({"title": " "}, 422, "Please fill in the title."),
        ({"title": "x" * 121}, 422, "The title has 121 characters; at most 120 fit."),
        ({"music": "x" * 301}, 422, "The music has 301 characters; at most 300 fit."),
        ({"language": "tlh"}, 422, "There is no language “tlh” in our list."),
        ({"daypart": "teatime"}, 422, "There is no daypart “teatime”."),
        ({"moment": "soon"}, 422, "“soon” is not a time."),
        ({"moment": "2026-12-20T10:00"}, 422, "The moment you wish for is not in week 2026-W49."),
        (
            {"moment": "2026-12-02T10:00", "minutes": "-3"},
            422,
            "“-3” is not a number for the minutes",
        ),
        ({"file": None}, 422, "Please choose your recording first"),
        ({"file": voice(b"")}, 422, "The file is empty"),
    ],
)
def test_what_is_missing_or_wrong_is_said_on_the_page(
    changes, status, sentence, send, sender, database
):
    answer = send(**changes)
    assert answer.status_code == status
    assert sentence in sender.page
    assert recordings_in(database) == []


def test_a_file_that_came_with_a_refused_form_need_not_be_sent_again(send, sender, right, database):
    send(title=" ")
    assert "Use “PTT-20261121-WA0007.opus”, which has arrived (10 kB)" in sender.page
    (key,) = set(re.findall(r'name="arrival" value="([^"]+)"', sender.page))
    answer = send(file=None, arrival=key)
    assert "We have your recording" in answer.text
    (recording,) = recordings_in(database)
    assert recording.upload_sha256 == hashlib.sha256(VOICE).hexdigest()
    assert "which has arrived" not in sender.page


def test_an_old_form_with_another_file_is_refused_and_loses_nothing(sender, right, database):
    action = f"/member/rights/{right.id}/recording"
    form = dict(sender.forms[action])
    sender.send(action, **filled())
    sender.forms[action] = form
    answer = sender.send(action, **filled(file=voice(b"OggS another"), title="The sea"))
    assert answer.status_code == 409
    assert "This form was sent before with other words." in sender.page
    # What was typed and sent stands in a fresh form.
    assert 'value="The sea"' in sender.page
    (key,) = set(re.findall(r'name="arrival" value="([^"]+)"', sender.page))
    sender.send(action, **filled(file=None, title="The sea", arrival=key))
    assert [one.title for one in recordings_in(database)] == ["The river", "The sea"]


def test_what_was_typed_is_still_there_after_a_refusal(send, sender):
    send(title="Gogo's <song>", permission=None, daypart="drive")
    assert 'value="Gogo\'s <song>"' in sender.page
    assert '<option value="drive" selected>' in sender.page


@pytest.fixture
def narrow(settings, database, clock):
    """The application of a station that takes one megabyte at most."""
    audio = msgspec.structs.replace(settings.audio, upload_megabytes=1)
    return create_app(msgspec.structs.replace(settings, audio=audio), database, clock)


@pytest.mark.parametrize("size", [1_000_001, 3_000_000])
def test_a_file_above_the_limit_is_refused_in_words(
    size, narrow, settings, database, thandi, link_of, right
):
    visitor = Visitor(narrow.test_client())
    visitor.enter(link_of(thandi))
    action = f"/member/rights/{right.id}/recording"
    large = FileStorage(io.BytesIO(bytes(size)), "long.wav")
    boundary, body = encode_multipart({**visitor.forms[action], **filled(file=large)})
    kind = f"multipart/form-data; boundary={boundary}"
    answer = visitor.client.post(action, data=body, content_type=kind)
    assert answer.status_code == 413
    assert "This file is too big: at most 1 MB can be sent." in answer.text
    assert recordings_in(database) == []
    assert not [file for file in settings.media_folder.rglob("*") if file.is_file()]


def test_a_form_sent_twice_uploads_once(sender, right, database):
    action = f"/member/rights/{right.id}/recording"
    form = dict(sender.forms[action])
    answers = [
        sender.client.post(action, data={**form, **filled()}, follow_redirects=True)
        for _ in range(2)
    ]
    for answer in answers:
        assert "We have your recording" in answer.text
    assert len(recordings_in(database)) == 1


def test_a_refused_form_may_be_corrected_and_sent_again(sender, right, database):
    action = f"/member/rights/{right.id}/recording"
    form = dict(sender.forms[action])
    for permission in (None, "yes"):
        sender.client.post(action, data={**form, **filled(permission=permission)})
    assert len(recordings_in(database)) == 1


def test_a_form_from_elsewhere_changes_nothing(sender, right, database):
    answer = sender.client.post(f"/member/rights/{right.id}/recording", data=filled())
    assert answer.status_code == 400
    assert "Nothing was changed: please load it again and repeat." in answer.text
    assert recordings_in(database) == []


def test_a_closed_week_takes_nothing(send, sender, clock, database, settings):
    clock.now += timedelta(days=7)
    answer = send()
    assert answer.status_code == 409
    assert "Week 2026-W49 closed on Friday 27 November 2026, 24:00" in sender.page
    assert recordings_in(database) == []
    assert not [file for file in settings.media_folder.rglob("*") if file.is_file()]


def test_nobody_uploads_for_another_members_right(sender, right, admit_member, right_of, database):
    foreign = right_of(admit_member("Sipho"), WEEK)
    form = sender.forms[f"/member/rights/{right.id}/recording"]
    answer = sender.client.post(f"/member/rights/{foreign.id}/recording", data={**form, **filled()})
    assert answer.status_code == 403
    assert "These five minutes are not in your hands." in answer.text
    assert recordings_in(database) == []


def test_withdrawing_leaves_the_week_empty_again(send, sender, database, right):
    send()
    sender.send(f"/member/rights/{right.id}/withdrawal")
    assert "Withdrawn." in sender.page
    assert recordings_in(database)[0].state == RequestState.WITHDRAWN
