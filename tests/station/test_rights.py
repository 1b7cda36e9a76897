from datetime import UTC, datetime, timedelta

import pytest

from station import books, closing, rights, using
from station.airtime import Span, Week
from station.asrun import Outcome, OutcomeKind
from station.errors import Refusal, WrongInput
from station.jobs import JobKind, JobState, newest
from station.ledger import Right, held
from station.members import AccountKind, station_account
from station.recordings import Master, MasterKind, Recording, conclude, keep_master
from station.wishes import Wish

WEEK = "2026-W49"


@pytest.fixture
def right(right_of, janet):
    return right_of(janet, WEEK)


def upload(janet, title="Good morning", **facts):
    said = {"language": "en", "permission": True, "file_name": "note.opus"}
    stored = {"upload_sha256": "ab" * 32, "upload_bytes": 1000}
    return Recording(account_id=janet.account_id, title=title, **{**said, **stored, **facts})


def master(sha256="cd" * 32):
    return Master(
        sha256=sha256,
        kind=MasterKind.SEGMENT,
        duration_ms=300_000,
        preview_sha256=None,
        facts={},
        made_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


def received(session, settings, right, recording, now):
    return using.receive(session, settings, right.id, recording, [], now)


def accepted(session, recording, now):
    made = keep_master(session, master())
    assert conclude(session, recording.id, codes=[], sentences=[], master=made, now=now)
    session.refresh(recording)
    return using.air(session, recording, now)


def test_an_upload_is_kept_and_its_check_is_promised(database, settings, now, janet, right):
    with database.writing() as session:
        recording = received(session, settings, right, upload(janet, "  Good \n morning "), now)
        assert recording.title == "Good morning"
        assert newest(session, JobKind.INGEST, recording.id) is not None
        assert rights.open_request(session, right.id) is None


def test_an_accepted_recording_is_what_the_right_asks_for(database, settings, now, janet, right):
    wish = Wish(daypart="breakfast")
    with database.writing() as session:
        recording = using.receive(session, settings, right.id, upload(janet), [wish], now)
        request = accepted(session, recording, now)
        assert rights.open_request(session, right.id) is request
        assert (request.title, request.wished) == ("Good morning", [wish])


def test_a_better_take_replaces_and_a_late_verdict_on_an_older_one_does_not(
    database, settings, now, janet, right
):
    with database.writing() as session:
        first = received(session, settings, right, upload(janet, "first"), now)
        second = received(session, settings, right, upload(janet, "second"), now)
        assert accepted(session, second, now).title == "second"
        assert accepted(session, first, now) is None
        assert rights.open_request(session, right.id).title == "second"


def test_a_verdict_is_written_once(database, settings, now, janet, right):
    with database.writing() as session:
        recording = received(session, settings, right, upload(janet), now)
        said = {"codes": ["x"], "sentences": ["No."], "master": None, "now": now}
        assert conclude(session, recording.id, **said)
        assert not conclude(session, recording.id, **said)


def test_silence_takes_the_place_of_a_recording(database, settings, now, janet, right):
    with database.writing() as session:
        accepted(session, received(session, settings, right, upload(janet), now), now)
        silence = using.dedicate(session, settings, right.id, janet.account_id, "rain", [], now)
        assert rights.open_request(session, right.id) is silence
        assert newest(session, JobKind.SILENCE, silence.id) is not None


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"permission": False}, "tick"),
        ({"title": " \n "}, "fill in the title"),
        ({"title": "x" * 121}, "at most 120"),
    ],
)
def test_an_upload_without_what_it_needs_is_refused_in_words(
    database, settings, now, janet, right, facts, sentence
):
    with pytest.raises(WrongInput, match=sentence), database.writing() as session:
        received(session, settings, right, upload(janet, **facts), now)


def test_nothing_is_taken_for_somebody_elses_right(database, settings, now, admit_member, right):
    peter = admit_member("Peter")
    with pytest.raises(Refusal, match="not in your hands"), database.writing() as session:
        received(session, settings, right, upload(peter), now)


def test_a_week_closes_at_its_cutoff_exactly(database, settings, janet, right):
    closes = rights.cutoff(Week.parse(WEEK, settings.zone), settings)
    with database.writing() as session:
        received(session, settings, right, upload(janet), closes - timedelta(milliseconds=1))
        with pytest.raises(Refusal, match="Week 2026-W49 closed on Friday 27 November 2026, 24:00"):
            received(session, settings, right, upload(janet), closes)


def test_a_wish_for_a_moment_reaches_as_far_as_it_says(settings):
    week = Week.parse(WEEK, settings.zone)
    moment = Wish(moment="2026-12-02T18:35", minutes=10).spans(week, settings)
    assert [(span.start.hour, span.start.minute, span.seconds) for span in moment] == [
        (16, 35, 600)
    ]
    with pytest.raises(WrongInput, match="no daypart “tea”"):
        Wish(daypart="tea").spans(week, settings)
    assert isinstance(Wish(daypart="night").spans(week, settings)[0], Span)


def test_at_the_cutoff_what_nobody_used_goes_to_the_pool(
    database, settings, now, admit_member, janet, right_of
):
    peter, zoe = admit_member("Peter"), admit_member("Zoe")
    closes = rights.cutoff(Week.parse(WEEK, settings.zone), settings)
    with database.writing() as session:
        used = right_of(janet, WEEK)
        using.dedicate(session, settings, used.id, janet.account_id, "rain", [], now)
        waiting = right_of(peter, WEEK)
        received(session, settings, waiting, upload(peter), now)
        closing.close_weeks(session, settings, closes - timedelta(seconds=1))
        assert len(held(session, zoe.account_id, WEEK)) == 1
        assert closing.close_weeks(session, settings, closes) == 1
        assert closing.close_weeks(session, settings, closes) == 0
        assert held(session, zoe.account_id, WEEK) == []
        assert len(held(session, janet.account_id, WEEK)) == 1
        assert len(held(session, peter.account_id, WEEK)) == 1
        assert len(held(session, zoe.account_id, "2026-W50")) == 1
        pool = station_account(session, AccountKind.POOL)
        assert [right.week for right in held(session, pool)][-1] == WEEK


@pytest.mark.parametrize(
    ("outcome", "account"),
    [
        (OutcomeKind.AIRED, AccountKind.AIRED),
        (OutcomeKind.LATE, AccountKind.AIRED),
        (OutcomeKind.CUT, AccountKind.AIRED),
        (OutcomeKind.TAKEN_DOWN, AccountKind.AIRED),
        (OutcomeKind.REPLACED, AccountKind.MAKEGOOD),
        (OutcomeKind.MISSED, AccountKind.MAKEGOOD),
    ],
)
def test_a_right_whose_slot_is_over_is_aired_or_owed(
    database, settings, now, janet, right, outcome, account
):
    with database.writing() as session:
        silence = using.dedicate(session, settings, right.id, janet.account_id, "rain", [], now)
        session.add(
            Outcome(
                channel=0,
                slot_number=1,
                week=WEEK,
                request_id=silence.id,
                kind=outcome,
                decided_at=now,
            )
        )
        session.flush()
        assert closing.settle_aired(session, now) == 1
        assert closing.settle_aired(session, now) == 0
        assert held(session, station_account(session, account)) == [
            session.get_one(Right, right.id)
        ]
        assert books.verify(session) == []


def test_a_recording_that_still_waits_never_takes_a_silences_place(
    database, settings, now, janet, right
):
    with database.writing() as session:
        recording = received(session, settings, right, upload(janet), now)
        silence = using.dedicate(session, settings, right.id, janet.account_id, "rain", [], now)
        made = keep_master(session, master())
        assert not conclude(session, recording.id, codes=[], sentences=[], master=made, now=now)
        assert rights.open_request(session, right.id) is silence


def test_whose_recording_could_not_be_checked_is_told(database, settings, now, janet, right):
    with database.writing() as session:
        recording = received(session, settings, right, upload(janet), now)
        assert closing.tell_unchecked(session, now) == 0
        newest(session, JobKind.INGEST, recording.id).state = JobState.FAILED
        session.flush()
        assert closing.tell_unchecked(session, now) == 1
        session.refresh(recording)
        assert (recording.state, recording.sentences) == ("rejected", [closing.UNCHECKED])


def test_a_right_planned_twice_is_settled_once_and_aired_if_it_did_once(
    database, settings, now, janet, right
):
    with database.writing() as session:
        silence = using.dedicate(session, settings, right.id, janet.account_id, "rain", [], now)
        for slot_number, kind in ((1, OutcomeKind.AIRED), (2, OutcomeKind.MISSED)):
            said = {"channel": 0, "week": WEEK, "kind": kind, "decided_at": now}
            session.add(Outcome(slot_number=slot_number, request_id=silence.id, **said))
        session.flush()
        assert closing.settle_aired(session, now) == 1
        aired = station_account(session, AccountKind.AIRED)
        assert [one.id for one in held(session, aired)] == [right.id]
