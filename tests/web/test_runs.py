"""Members make one piece of several rights, on the page and without a script."""

import hashlib
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from station import grid, rights, using
from station.airtime import Week
from station.issuance import issue_one
from station.ledger import EntryKind, held
from station.recordings import conclude, stored_at
from station.rights import Request, RequestState
from tests.web.seed import LOUD, finished
from tests.web.uploads import VOICE, WEEK, recordings_in, voice

NEXT = "2026-W50"
TOO_LONG = "Too long by 12 s: it lasts 5:12 and the limit is 5:00."


@pytest.fixture
def mine(database, settings, now, thandi):
    """Thandi's rights: three of one week, one of the next."""
    with database.writing() as session:
        for _ in range(2):
            week = Week.parse(WEEK, settings.zone)
            issue_one(session, thandi.account_id, week, EntryKind.MAKEGOOD, now, "for the test")
        return [*held(session, thandi.account_id, WEEK), *held(session, thandi.account_id, NEXT)]


@pytest.fixture
def too_long(mine, send, sender, database, now):
    """The upload is found too long; answers its id."""
    send()
    recording = recordings_in(database)[-1]
    with database.writing() as session:
        told = [TOO_LONG]
        conclude(session, recording.id, codes=["too-long"], sentences=told, master=None, now=now)
    sender.open("/member/")
    return recording.id


@pytest.fixture
def accept_parts(database, settings, now):
    """Lets takes pass their check, as the worker does; answers what they ask for then."""

    def accepted(takes):
        for take in takes:
            with database.writing() as session:
                made = finished(settings, f"part {take.chosen.part}", now)
                session.add(made)
                session.flush()
                told = [LOUD]
                conclude(session, take.id, codes=["quiet"], sentences=told, master=made, now=now)
                using.air(session, session.get_one(type(take), take.id), now)
        return asked_in(database)

    return accepted


def asked_in(database):
    with database.reading() as session:
        query = sa.select(Request).where(Request.state == RequestState.OPEN)
        return list(session.scalars(query.order_by(Request.week, Request.run_place)))


def test_a_recording_that_is_too_long_is_faded_out_at_a_press(too_long, mine, sender, database):
    assert TOO_LONG in sender.page
    assert "Fade it out at 5:00" in sender.page
    sender.send(f"/member/rights/{mine[0].id}/faded", recording=too_long)
    assert "“The river” will be faded out. We are checking it again." in sender.page
    first, again = recordings_in(database)
    assert (again.right_id, again.treatment["long"]) == (first.right_id, "fade")
    assert again.upload_sha256 == first.upload_sha256
    assert "being checked" in sender.page
    assert "Fade it out at" not in sender.page


def test_the_other_rights_of_its_week_are_offered_first(too_long, mine, sender):
    _, same, alike, following = (f'<option value="{right.id}">' for right in mine)
    assert alike not in sender.page
    assert f"{same}30 November to 6 December, both parts in a row<" in sender.page
    later = "first part 30 November to 6 December, the rest 7 to 13 December"
    assert f"{following}{later}<" in sender.page
    assert sender.page.index(same) < sender.page.index(following)
    assert f"/member/rights/{mine[0].id}/spread" in sender.forms


def test_it_is_spread_over_one_week(too_long, mine, sender, database, accept_parts):
    sender.send(f"/member/rights/{mine[0].id}/spread", recording=too_long, other=mine[2].id)
    assert "“The river” will air in two parts." in sender.page
    _, *parts = recordings_in(database)
    assert [take.treatment["part"] for take in parts] == [1, 2]
    assert accept_parts(parts[:1]) == []
    sender.open("/member/")
    # The part that is ready waits for the other.
    assert sender.page.count("We have your recording “The river” and are checking it.") == 2
    asked = accept_parts(parts[1:])
    assert [(one.right_id, one.run_place) for one in asked] == [(mine[0].id, 0), (mine[2].id, 1)]
    sender.open("/member/")
    assert sender.page.count("airs with other minutes of yours as one piece") == 2


def test_it_is_spread_over_two_weeks(too_long, mine, sender, database, accept_parts):
    sender.send(f"/member/rights/{mine[0].id}/spread", recording=too_long, other=mine[3].id)
    asked = accept_parts(recordings_in(database)[1:])
    assert [(one.week, one.title) for one in asked] == [
        (WEEK, "The river (1 of 2)"),
        (NEXT, "The river (2 of 2)"),
    ]
    sender.open("/member/")
    assert "This is the first part; the rest is for the week of 7 December." in sender.page
    assert "This is the rest; the first part is for the week of 30 November." in sender.page
    assert "“The river (2 of 2)” is ready to air." in sender.page


def test_a_part_alone_does_not_air_after_all(too_long, mine, sender, database, accept_parts):
    action = f"/member/rights/{mine[0].id}/spread"
    sender.send(action, recording=too_long, other=mine[3].id)
    first = recordings_in(database)[1]
    accept_parts([first])
    form = next(iter(sender.forms.values()))
    answer = sender.client.post(f"/member/recordings/{first.id}/air", data=form)
    assert answer.status_code == 409
    assert asked_in(database) == []


def test_of_two_parts_none_is_taken_again_once_the_first_week_is_closed(
    too_long, mine, sender, database, accept_parts, clock
):
    sender.send(f"/member/rights/{mine[0].id}/spread", recording=too_long, other=mine[3].id)
    accept_parts(recordings_in(database)[1:])
    sender.open("/member/")
    assert "Try it evened out" in sender.page
    clock.now += timedelta(days=7)
    sender.open("/member/")
    assert "“The river (2 of 2)” is ready to air." in sender.page
    assert "Try it evened out" not in sender.page


def test_after_a_dedication_a_recording_is_no_longer_asked_about(too_long, mine, sender):
    sender.send(f"/member/rights/{mine[0].id}/silence", cause="rain")
    assert "Fade it out at" not in sender.page


def test_what_was_sent_meanwhile_is_not_spread_over(too_long, mine, sender, database):
    sender.send(f"/member/rights/{mine[2].id}/silence", cause="rain")
    form = sender.forms[f"/member/rights/{mine[0].id}/spread"]
    said = {**form, "recording": too_long, "other": mine[2].id}
    answer = sender.client.post(f"/member/rights/{mine[0].id}/spread", data=said)
    assert answer.status_code == 409
    assert "Something was sent for" in answer.text
    assert len(recordings_in(database)) == 1


@pytest.mark.parametrize("chosen", ["", "x", "-1", "99999999999999999999"])
def test_a_made_up_choice_is_refused_in_words(too_long, mine, sender, chosen):
    for way in ("faded", "spread"):
        answer = sender.send(f"/member/rights/{mine[0].id}/{way}", recording=chosen, other=chosen)
        assert answer.status_code == 403
        assert "There is no such recording of yours." in answer.text
        sender.open("/member/")


def test_a_long_silence_takes_several_rights_of_its_week(mine, sender, database):
    sender.open("/member/")
    assert "ten minutes, 2 of yours in a row" in sender.page
    action = f"/member/rights/{mine[1].id}/silence"
    sender.send(action, cause="George Floyd", slots="3")
    assert "Your 15 minutes are dedicated to silence for George Floyd." in sender.page
    asked = asked_in(database)
    assert [one.right_id for one in asked] == [mine[1].id, mine[0].id, mine[2].id]
    # It can be made shorter again, from any of its rights.
    sender.send(f"/member/rights/{mine[2].id}/silence", cause="George Floyd", slots="2")
    assert [one.right_id for one in asked_in(database)] == [mine[2].id, mine[1].id]


def test_a_silence_longer_than_what_is_free_is_refused(mine, sender, database):
    sender.open("/member/")
    answer = sender.send(f"/member/rights/{mine[3].id}/silence", cause="rain", slots="2")
    assert answer.status_code == 409
    assert "Of week 2026-W50 only 1 of the 2 that this needs are free." in answer.text
    assert asked_in(database) == []


def test_withdrawing_a_part_says_that_all_of_it_is_withdrawn(mine, sender, database):
    sender.open("/member/")
    sender.send(f"/member/rights/{mine[0].id}/silence", cause="rain", slots="3")
    sender.send(f"/member/rights/{mine[1].id}/withdrawal")
    assert "Withdrawn, with all that was to air as one piece with it." in sender.page
    assert asked_in(database) == []


def test_withdrawing_one_part_that_is_checked_says_that_both_are(too_long, mine, sender, database):
    sender.send(f"/member/rights/{mine[0].id}/spread", recording=too_long, other=mine[3].id)
    assert sender.page.count("It is one part of two: withdrawing it withdraws both.") == 2
    sender.send(f"/member/rights/{mine[3].id}/withdrawal")
    said = "Withdrawn, with both parts of the recording that we were checking."
    assert said in sender.page
    assert {take.state for take in recordings_in(database)[1:]} == {"withdrawn"}


def test_a_silence_that_is_dedicated_anew_is_as_long_as_it_was_unless_one_chooses(mine, sender):
    sender.open("/member/")
    assert '<option value="2" selected>' not in sender.page
    sender.send(f"/member/rights/{mine[0].id}/silence", cause="rain", slots="2")
    assert sender.page.count('<option value="2" selected>') == 2


def test_no_silence_is_longer_than_a_day(mine, sender):
    sender.open("/member/")
    sender.send(f"/member/rights/{mine[0].id}/silence", cause="rain", slots=str(10**9))
    assert "only 3 of the 288 that this needs are free" in sender.page


def test_what_is_given_of_a_run_with_many_weeks_withdraws_it_and_says_so(mine, sender):
    sender.open("/member/")
    chosen = f"/member/bulk/chosen?right={mine[0].id}&right={mine[3].id}"
    said = "airs with other minutes of yours as one piece: all of that piece is withdrawn."
    sender.open(chosen)
    assert said not in sender.page
    sender.open("/member/")
    sender.send(f"/member/rights/{mine[0].id}/silence", cause="rain", slots="2")
    sender.open(chosen)
    assert said in sender.page


def test_an_announcement_in_ones_own_voice_is_kept_with_each_slot(mine, sender, database, settings):
    sender.open("/member/")
    said = {"cause": "rain", "slots": "2", "announcement": voice()}
    sender.send(f"/member/rights/{mine[0].id}/silence", **said)
    sha256 = hashlib.sha256(VOICE).hexdigest()
    assert [one.announcement_sha256 for one in asked_in(database)] == [sha256] * 2
    assert stored_at(settings.media_folder, sha256).read_bytes() == VOICE


def test_an_announcement_that_is_no_sound_is_refused(mine, sender, database):
    sender.open("/member/")
    page = (io.BytesIO(b"%PDF-1.7 x"), "me.mp3", "audio/mpeg")
    answer = sender.send(f"/member/rights/{mine[0].id}/silence", cause="rain", announcement=page)
    assert answer.status_code == 422
    assert "This file is not a recording that we can read." in sender.page
    assert asked_in(database) == []


def test_a_silence_without_an_announcement_has_none(mine, sender, database):
    sender.open("/member/")
    nothing = (io.BytesIO(b""), "", "application/octet-stream")
    sender.send(f"/member/rights/{mine[0].id}/silence", cause="rain", announcement=nothing)
    assert [one.announcement_sha256 for one in asked_in(database)] == [None]


def test_a_silence_that_is_sent_twice_is_asked_for_once(mine, sender, database):
    sender.open("/member/")
    action = f"/member/rights/{mine[0].id}/silence"
    form = dict(sender.forms[action])
    for _ in range(2):
        said = {**form, "cause": "rain", "slots": "2", "announcement": voice()}
        assert "dedicated to silence" in sender.client.post(
            action, data=said, follow_redirects=True
        ).get_data(as_text=True)
    with database.reading() as session:
        assert session.scalars(sa.select(sa.func.count(Request.id))).one() == 2


def test_a_closed_week_keeps_no_announcement(mine, sender, clock, settings):
    sender.open("/member/")
    clock.now += timedelta(days=7)
    said = {"cause": "rain", "announcement": voice()}
    assert sender.send(f"/member/rights/{mine[0].id}/silence", **said).status_code == 409
    assert not [file for file in settings.media_folder.rglob("*") if file.is_file()]


def test_a_run_is_not_offered_for_a_swap(
    mine, thandi, admit_member, right_of, signed_in, database, settings, now
):
    sipho = admit_member("Sipho")
    with database.writing() as session:
        first = using.dedicate(
            session, settings, mine[0].id, thandi.account_id, "rain", [], now, also=[mine[1].id]
        )
        alone = using.dedicate(
            session, settings, right_of(sipho, WEEK).id, sipho.account_id, "wind", [], now
        )
        numbers = [one.id for one in rights.run_of(session, first)]
        places = [grid.Place(number, 0, 700 + place) for place, number in enumerate(numbers)]
        week = Week.parse(WEEK, settings.zone)
        version = grid.draft(session, week, [*places, grid.Place(alone.id, 1, 80)], [], {}, now)
        grid.put_on_air(session, version, "0" * 64, now)
    his, hers = signed_in(sipho), signed_in(thandi)
    hers.open("/member/")
    assert "Swap with somebody" not in hers.page
    assert "Swap with somebody" in his.page
    his.open(f"/member/requests/{alone.id}/swap?day=3&part=morning")
    assert "rain" not in his.page
