"""In a week that a person sent nothing for, their airtime becomes what they chose beforehand."""

from datetime import timedelta

import msgspec
import pytest

from station import closing, rights, standing, using
from station.airtime import Week
from station.errors import Refusal, WrongInput
from station.jobs import JobKind, newest
from station.ledger import held
from station.members import AccountKind, station_account
from station.recordings import Master, MasterKind, Recording, conclude, keep_master
from station.rights import RequestKind
from station.standing import StandingKind

WEEK, NEXT = "2026-W49", "2026-W50"


@pytest.fixture
def closes(settings):
    return rights.cutoff(Week.parse(WEEK, settings.zone), settings)


@pytest.fixture
def record(database, settings, now, right_of):
    """Lets a person's recording of an earlier week be accepted or rejected."""

    def recorded(person, title, *, accepted=True, duration_ms=300_000, adult=False):
        recording = Recording(
            account_id=person.account_id,
            title=title,
            language="zu",
            adult=adult,
            permission=True,
            file_name="note.opus",
            upload_sha256="ab" * 32,
            upload_bytes=1000,
        )
        with database.writing() as session:
            then = now - timedelta(days=2)
            using.receive(session, settings, right_of(person, "2026-W48").id, recording, [], then)
            master = Master(
                sha256=f"{recording.id:064}",
                kind=MasterKind.SEGMENT,
                duration_ms=duration_ms,
                preview_sha256=None,
                facts={},
                made_at=now,
            )
            made = keep_master(session, master) if accepted else None
            conclude(session, recording.id, codes=[], sentences=[], master=made, now=now)
            return recording.id

    return recorded


@pytest.fixture
def choose(database, now):
    def chosen(person, kind, **more):
        with database.writing() as session:
            return standing.choose(session, person.account_id, kind, now, **more)

    return chosen


@pytest.fixture
def asked(database, settings, right_of):
    """What a person's right of a week asks for after the weeks until then have closed."""

    def found(person, label=WEEK):
        right = right_of(person, label)
        with database.writing() as session:
            closing.close_weeks(
                session, settings, rights.cutoff(Week.parse(label, settings.zone), settings)
            )
            return rights.open_request(session, right.id)

    return found


def pooled(database, label=WEEK):
    with database.reading() as session:
        return len(held(session, station_account(session, AccountKind.POOL), label))


def test_the_last_accepted_recording_airs_again(database, janet, record, choose, asked):
    record(janet, "First")
    last = record(janet, "Second", adult=True)
    record(janet, "Hum", accepted=False)
    choose(janet, StandingKind.LAST)
    request = asked(janet)
    assert (request.recording_id, request.title, request.language) == (last, "Second", "zu")
    assert (request.kind, request.adult) == (RequestKind.SEGMENT, True)
    assert request.master_sha256 is not None
    assert pooled(database) == 0


def test_a_chosen_recording_airs_again_in_every_week(janet, record, choose, asked):
    first = record(janet, "First")
    record(janet, "Second")
    choose(janet, StandingKind.EVERGREEN, recording_id=first)
    assert [asked(janet, label).recording_id for label in (WEEK, NEXT)] == [first, first]


def test_silence_for_a_cause_is_kept_and_its_announcement_promised(database, janet, choose, asked):
    choose(janet, StandingKind.SILENCE, cause=" George \n Floyd ")
    request = asked(janet)
    assert (request.kind, request.cause) == (RequestKind.SILENCE, "George Floyd")
    with database.reading() as session:
        assert newest(session, JobKind.SILENCE, request.id) is not None


def test_without_a_choice_or_with_the_pool_airtime_goes_to_the_pool(
    database, janet, peter, choose, asked
):
    choose(peter, StandingKind.POOL)
    assert asked(janet) is None
    assert pooled(database) == 2


def test_whoever_has_no_accepted_recording_gives_to_the_pool(
    database, janet, peter, record, choose, asked
):
    record(janet, "Hum", accepted=False)
    record(peter, "Of other slots", duration_ms=6000)
    for person in (janet, peter):
        choose(person, StandingKind.LAST)
    assert asked(janet) is None
    assert pooled(database) == 2


def test_what_was_sent_counts_and_not_the_choice(
    database, settings, now, janet, right_of, choose, asked
):
    choose(janet, StandingKind.SILENCE, cause="rain")
    with database.writing() as session:
        right = right_of(janet, WEEK)
        using.dedicate(session, settings, right.id, janet.account_id, "George Floyd", [], now)
    assert asked(janet).cause == "George Floyd"


def test_a_choice_is_applied_once_and_not_before_the_cutoff(
    database, settings, janet, right_of, choose, closes
):
    choose(janet, StandingKind.SILENCE, cause="rain")
    right = right_of(janet, WEEK)
    with database.writing() as session:
        closing.close_weeks(session, settings, closes - timedelta(seconds=1))
        assert rights.open_request(session, right.id) is None
        closing.close_weeks(session, settings, closes)
        request = rights.open_request(session, right.id)
        closing.close_weeks(session, settings, closes + timedelta(minutes=1))
        assert rights.open_request(session, right.id) is request


def test_a_newer_choice_takes_the_place_of_an_older_one(database, janet, record, choose):
    piece = record(janet, "First")
    choose(janet, StandingKind.EVERGREEN, recording_id=piece)
    choose(janet, StandingKind.SILENCE, cause="rain")
    with database.reading() as session:
        choice = standing.choice_of(session, janet.account_id)
        assert (choice.kind, choice.cause, choice.recording_id) == ("silence", "rain", None)


def test_a_recording_of_another_person_is_refused(janet, peter, record, choose):
    theirs = record(peter, "Mine")
    for recording_id in (theirs, None, 99):
        with pytest.raises(Refusal, match="no such recording of yours"):
            choose(janet, StandingKind.EVERGREEN, recording_id=recording_id)


def test_only_an_accepted_recording_can_be_chosen(janet, record, choose):
    rejected = record(janet, "Hum", accepted=False)
    with pytest.raises(Refusal, match="“Hum” can't air"):
        choose(janet, StandingKind.EVERGREEN, recording_id=rejected)


def test_a_silence_needs_a_cause(janet, choose):
    with pytest.raises(WrongInput, match="fill in the cause"):
        choose(janet, StandingKind.SILENCE, cause="  ")


def test_recordings_that_can_air_again_are_listed_newest_first(database, settings, janet, record):
    pieces = [record(janet, title) for title in ("First", "Second")]
    record(janet, "Hum", accepted=False)
    with database.reading() as session:
        found = standing.accepted_recordings(session, settings, janet.account_id)
        assert [one.id for one in found] == pieces[::-1]
        longer = msgspec.structs.replace(settings.station, slot_seconds=900)
        other = msgspec.structs.replace(settings, station=longer)
        assert standing.accepted_recordings(session, other, janet.account_id) == []
