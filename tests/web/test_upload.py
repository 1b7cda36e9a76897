import hashlib
import io
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from station.jobs import Job, JobKind
from station.recordings import Recording, conclude, stored_at
from station.rights import RequestState, air, open_request
from tests.web.seed import LOUD, finished
from tests.web.visitor import Visitor
from web.app import create_app

VOICE = b"OggS" + bytes(range(256)) * 40
WEEK = "2026-W49"


def voice(content=VOICE, name="PTT-20261121-WA0007.opus"):
    return (io.BytesIO(content), name, "application/octet-stream")


def filled(**changes):
    """The upload form as a member fills it in."""
    form = {"file": voice(), "title": "The river", "language": "zu", "permission": "yes", **changes}
    return {name: said for name, said in form.items() if said is not None}


def recordings_in(database):
    with database.reading() as session:
        return list(session.scalars(sa.select(Recording).order_by(Recording.id)))


@pytest.fixture
def thandi(admit_member):
    return admit_member("Thandi")


@pytest.fixture
def right(thandi, right_of):
    return right_of(thandi, WEEK)


@pytest.fixture
def sender(thandi, signed_in):
    return signed_in(thandi)


@pytest.fixture
def send(sender, right):
    def sent(**changes):
        return sender.send(f"/member/rights/{right.id}/recording", **filled(**changes))

    return sent


@pytest.fixture
def accept(database, settings, now):
    """Lets the newest upload pass its check, as the worker does."""

    def accepted():
        recording = recordings_in(database)[-1]
        with database.writing() as session:
            master = finished(settings, "The river", now)
            session.add(master)
            session.flush()
            found = {"codes": ["quiet"], "sentences": [LOUD]}
            conclude(session, recording.id, **found, master=master, now=now)
            air(session, session.get_one(Recording, recording.id), now)
        return recording

    return accepted


@pytest.fixture
def reject(database, now):
    """Lets the newest upload fail its check."""

    def rejected(sentence):
        recording = recordings_in(database)[-1]
        with database.writing() as session:
            found = {"codes": ["x"], "sentences": [sentence]}
            conclude(session, recording.id, **found, master=None, now=now)

    return rejected


def test_an_upload_is_kept_and_its_check_is_promised(send, right, database, settings):
    answer = send()
    assert answer.status_code == 200
    assert "We have your recording (0.0 MB) and are checking it." in answer.text
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


def test_wishes_and_adult_content_are_remembered(send, database):
    send(daypart="drive", moment="2026-12-02T18:35", minutes="30", adult="yes")
    (recording,) = recordings_in(database)
    assert recording.adult
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
    assert not list(settings.media_folder.rglob("*"))


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
    assert "Week 2026-W49 closed on Saturday 28 November 2026, 00:00" in sender.page
    assert recordings_in(database) == []
    assert not list(settings.media_folder.rglob("*"))


def test_nobody_uploads_for_another_members_right(sender, right, admit_member, right_of, database):
    foreign = right_of(admit_member("Sipho"), WEEK)
    form = sender.forms[f"/member/rights/{right.id}/recording"]
    answer = sender.client.post(f"/member/rights/{foreign.id}/recording", data={**form, **filled()})
    assert answer.status_code == 403
    assert "These five minutes are not in your hands." in answer.text
    assert recordings_in(database) == []


def test_the_verdict_is_read_on_the_page(send, sender, accept):
    send()
    accept()
    sender.open("/member/")
    assert LOUD in sender.page
    assert "“The river” is ready to air." in sender.page


def test_the_piece_is_heard_whole_and_in_parts(send, sender, accept, right):
    send()
    accept()
    path = f"/member/rights/{right.id}/piece"
    with sender.client.get(path) as piece:
        assert (piece.status_code, piece.mimetype) == (200, "audio/mpeg")
        assert "private" in piece.headers["Cache-Control"]
        whole = piece.data
    with sender.client.get(path, headers={"Range": "bytes=3-10"}) as part:
        assert (part.status_code, part.data) == (206, whole[3:11])
        assert part.headers["Content-Range"] == f"bytes 3-10/{len(whole)}"


def test_a_rejected_take_says_why_and_what_to_do(send, sender, reject):
    send()
    reject("We can't hear anything in it: please record it again.")
    sender.open("/member/")
    assert "We can't hear anything in it: please record it again." in sender.page
    assert "Send another before Saturday 28 November, 00:00 (in 6 days)." in sender.page


def test_an_earlier_good_take_stays_when_a_new_one_cannot_air(
    send, sender, accept, reject, database, right
):
    send()
    first = accept()
    sender.open("/member/")
    send(title="The river, again")
    reject("Too quiet.")
    sender.open("/member/")
    assert "Your newer recording can't air; the earlier one stays." in sender.page
    with database.reading() as session:
        request = open_request(session, right.id)
        assert request is not None
        assert request.recording_id == first.id


def test_a_piece_is_heard_by_its_holder_only(send, accept, right, signed_in, admit_member, nobody):
    send()
    accept()
    path = f"/member/rights/{right.id}/piece"
    assert signed_in(admit_member("Sipho")).open(path).status_code == 403
    assert nobody.open(path).status_code == 401


def test_there_is_nothing_to_hear_before_the_check(send, sender, right):
    send()
    assert sender.open(f"/member/rights/{right.id}/piece").status_code == 403


def test_withdrawing_leaves_the_week_empty_again(send, sender, database, right):
    send()
    sender.send(f"/member/rights/{right.id}/withdrawal")
    assert "Withdrawn." in sender.page
    assert recordings_in(database)[0].state == RequestState.WITHDRAWN
