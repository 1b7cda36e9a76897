"""Whoever's piece went out is told when, and where to hear it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from station import audience, using, went_out
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.letters import Letter
from station.recordings import recording_at
from station.statement import Fate, sentence, statement

WEEK = "2026-W48"


@pytest.fixture
def ended(database, settings, now, janet, right_of):
    """Ends the slot of Janet's silence in some way, a minute ago."""
    slot = Week.parse(WEEK, settings.zone).first_slot(settings.slots) + 457  # Tuesday 14:05

    def end(kind, reason="", error_ms=12, decided_at=None):
        right = right_of(janet, WEEK)
        with database.writing() as session:
            asked = using.dedicate(
                session, settings, right.id, janet.account_id, "rain", [], now - timedelta(days=9)
            )
            session.add(
                Outcome(
                    channel=1,
                    slot_number=slot,
                    week=WEEK,
                    request_id=asked.id,
                    kind=kind,
                    start_error_ms=error_ms,
                    reason=reason,
                    decided_at=decided_at or now - timedelta(minutes=1),
                )
            )
        return right, slot

    return end


@pytest.fixture
def told(database, settings, now):
    """Tells, and gives every letter there is."""

    def tell():
        with database.writing() as session:
            went_out.tell(session, settings, now)
            return list(session.scalars(sa.select(Letter)))

    return tell


def test_a_member_is_told_when_it_went_out_with_what_was_heard(ended, told, settings, database):
    right, slot = ended(OutcomeKind.AIRED)
    kept = recording_at(settings.recordings_folder, 1, slot, "opus")
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"OggS")
    with database.writing() as session:
        audience.add(session, 1, slot, 12)
    (letter,) = told()
    said = "Your five minutes of silence went out Tuesday 14:05:00 on channel Two"
    assert letter.subject == said
    assert f"/member/rights/{right.id}/clip" in letter.body
    assert "It is kept for 30 days." in letter.body
    assert "12 players were tuned in." in letter.body
    assert len(told()) == 1


def test_nothing_is_offered_to_hear_that_is_not_kept(ended, told):
    ended(OutcomeKind.AIRED)
    (letter,) = told()
    assert "clip" not in letter.body


def test_a_late_start_is_told_to_the_second(ended, told):
    ended(OutcomeKind.LATE, reason="it began 72.4 s late", error_ms=72_400)
    (letter,) = told()
    assert "Tuesday 14:06:12" in letter.subject
    assert "It was not as planned: it began 72.4 s late." in letter.body


def test_what_was_taken_down_says_why(ended, told, database, settings, janet):
    ended(OutcomeKind.TAKEN_DOWN, reason="a court order")
    (letter,) = told()
    assert letter.subject.endswith("were taken off air")
    assert "a court order" in letter.body
    with database.reading() as session:
        (line,) = statement(session, settings, janet.account_id, {WEEK})
    assert line.fate is Fate.TAKEN_DOWN
    assert "a court order" in sentence(line, settings)


@pytest.mark.parametrize("kind", [OutcomeKind.MISSED, OutcomeKind.REPLACED])
def test_what_is_owed_is_told_with_the_makegood_and_not_here(kind, ended, told):
    ended(kind)
    assert told() == []


def test_a_worker_that_was_away_for_days_tells_what_went_out_meanwhile(ended, told, now):
    ended(OutcomeKind.AIRED, decided_at=now - timedelta(days=3))
    assert len(told()) == 1
