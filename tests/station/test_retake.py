from datetime import timedelta

import pytest

from station import rights, too_long, using
from station.errors import Refusal
from station.jobs import JobKind, newest
from station.ledger import Right, held
from station.recordings import Master, MasterKind, Recording, conclude, other_part
from station.retake import retake
from station.treatment import Ident, Treatment
from station.wishes import Wish


@pytest.fixture
def recording(database, settings, janet, now):
    """A recording of Janet's that waits for its check."""
    with database.writing() as session:
        right = held(session, janet.account_id, "2026-W49")[0]
        sent = Recording(
            account_id=janet.account_id,
            title="The river",
            language="sn",
            adult=True,
            permission=True,
            treatment={"ident": "spoken", "ident_words": "Hello"},
            file_name="note.opus",
            upload_sha256="ab" * 32,
            upload_bytes=9,
        )
        wishes = [Wish(daypart="drive")]
        return using.receive(session, settings, right.id, sent, wishes, now)


@pytest.fixture
def accepted(database, recording, now):
    with database.writing() as session:
        master = Master(
            sha256="ef" * 32, kind=MasterKind.SEGMENT, duration_ms=300_000, facts={}, made_at=now
        )
        session.add(master)
        session.flush()
        conclude(session, recording.id, codes=[], sentences=[], master=master, now=now)
        using.air(session, session.get_one(Recording, recording.id), now)
        return recording


def test_a_retake_is_the_same_upload_treated_otherwise(database, settings, accepted, janet, now):
    with database.writing() as session:
        who = janet.account_id
        (take,) = retake(session, settings, accepted.id, who, level=True, clean=False, now=now)
        same = ("right_id", "title", "language", "adult", "upload_sha256", "wishes", "file_name")
        assert [getattr(take, name) for name in same] == [getattr(accepted, name) for name in same]
        treated = Treatment(ident=Ident.SPOKEN, ident_words="Hello", level=True)
        assert take.chosen == treated
        assert newest(session, JobKind.INGEST, take.id) is not None


def test_until_a_retake_is_accepted_the_piece_stays_as_it_was(
    database, settings, accepted, janet, now
):
    with database.writing() as session:
        who = janet.account_id
        (take,) = retake(session, settings, accepted.id, who, level=True, clean=True, now=now)
        assert rights.open_request(session, take.right_id).recording_id == accepted.id
        conclude(session, take.id, codes=["too-quiet"], sentences=["No."], master=None, now=now)
        assert rights.open_request(session, take.right_id).recording_id == accepted.id


def test_only_ones_own_accepted_recordings_are_taken_again(
    database, settings, recording, janet, peter, now
):
    for who, said in ((peter, "no such recording"), (janet, "can't air")):
        with database.writing() as session, pytest.raises(Refusal, match=said):
            retake(session, settings, recording.id, who.account_id, level=True, clean=True, now=now)


@pytest.fixture
def parts(database, settings, recording, janet, now):
    """The recording spread over two weeks, both parts of it accepted and asked for."""
    with database.writing() as session:
        said = {"codes": ["too-long"], "sentences": ["Too long."], "master": None, "now": now}
        conclude(session, recording.id, **said)
        later = held(session, janet.account_id, "2026-W50")[0]
        parts = too_long.spread(session, settings, recording.id, later.id, janet.account_id, now)
        for number, part in enumerate(parts):
            facts = {"kind": MasterKind.SEGMENT, "duration_ms": 300_000, "facts": {}}
            master = Master(sha256=f"{number:02}" * 32, made_at=now, **facts)
            session.add(master)
            session.flush()
            conclude(session, part.id, codes=[], sentences=[], master=master, now=now)
            using.air(session, session.get_one(Recording, part.id, populate_existing=True), now)
        return parts


def test_a_recording_in_two_parts_is_taken_again_in_both(database, settings, parts, janet, now):
    with database.writing() as session:
        soon, who = now + timedelta(minutes=1), janet.account_id
        takes = retake(session, settings, parts[1].id, who, level=False, clean=True, now=soon)
        places = [(take.chosen.part, take.right_id) for take in takes]
        assert places == [(1, parts[0].right_id), (2, parts[1].right_id)]
        assert all(take.chosen.clean for take in takes)
        assert other_part(session, takes[0]).id == takes[1].id


def test_of_parts_taken_again_twice_at_one_instant_each_is_with_the_part_of_the_other_right(
    database, settings, parts, janet, now
):
    with database.writing() as session:
        soon, who = now + timedelta(minutes=1), janet.account_id
        for clean in (True, False):
            takes = retake(session, settings, parts[1].id, who, level=True, clean=clean, now=soon)
            for take in takes:
                assert other_part(session, take).right_id != take.right_id


def test_a_retake_of_one_part_replaces_nothing_that_was_chosen_for_the_other_since(
    database, settings, parts, janet, now
):
    with database.writing() as session:
        who = janet.account_id
        using.dedicate(session, settings, parts[0].right_id, who, "rain", [], now)
        with pytest.raises(Refusal, match="Something was sent"):
            retake(session, settings, parts[1].id, who, level=True, clean=False, now=now)


def test_a_silence_that_was_chosen_since_is_not_replaced_by_a_retake(
    database, settings, accepted, janet, now
):
    with database.writing() as session:
        who = janet.account_id
        using.dedicate(session, settings, accepted.right_id, who, "rain", [], now)
        with pytest.raises(Refusal, match="Something was sent"):
            retake(session, settings, accepted.id, who, level=True, clean=False, now=now)


def test_a_closed_week_takes_no_retake(database, settings, accepted, janet, now):
    with database.writing() as session:
        right = session.get_one(Right, accepted.right_id)
        late = right.parsed_week(settings.zone).span.start
        with pytest.raises(Refusal, match="closed"):
            retake(
                session, settings, accepted.id, janet.account_id, level=True, clean=True, now=late
            )
