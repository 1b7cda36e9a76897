"""Whoever has sent nothing that can air is reminded by letter, at most once a day."""

from datetime import timedelta

import pytest

from station import jobs, readiness, reminders, standing, using
from station.airtime import Week
from station.errors import Refusal
from station.letters import Letter
from station.readiness import Readiness
from station.recordings import Recording, conclude
from station.rights import cutoff
from station.standing import StandingKind

WEEK = "2026-W49"
LOUD = "It was too loud."


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


@pytest.fixture
def people(database, settings, now, admit_member, right_of):
    """Ada sent nothing, Ben neither, by choice; Cleo's piece can't air, Dan's is being checked."""
    found = {name: admit_member(name) for name in ("Ada", "Ben", "Cleo", "Dan", "Eve")}
    with database.writing() as session:
        ben, eve = found["Ben"].account_id, found["Eve"].account_id
        standing.choose(session, ben, StandingKind.SILENCE, now, "the miners")
        for name in ("Cleo", "Dan"):
            piece = sent(found[name])
            right = right_of(found[name], WEEK).id
            using.receive(session, settings, right, piece, [], now)
            if name == "Cleo":
                said = {"codes": ["loud"], "sentences": [LOUD], "master": None, "now": now}
                conclude(session, piece.id, **said)
        using.dedicate(session, settings, right_of(found["Eve"], WEEK).id, eve, "peace", [], now)
    return found


def sent(person):
    return Recording(
        account_id=person.account_id,
        title=f"{person.name}'s piece",
        language="en",
        permission=True,
        file_name="note.opus",
        upload_sha256="ab" * 32,
        upload_bytes=1000,
    )


@pytest.mark.usefixtures("people")
def test_each_right_is_as_far_as_what_was_sent_for_it(database, week):
    with database.reading() as session:
        assert readiness.counts(session, week) == {
            Readiness.REJECTED: 1,
            Readiness.MISSING: 2,
            Readiness.CHECKING: 2,
            Readiness.HELD: 0,
            Readiness.READY: 0,
        }
        (cleo,) = readiness.holders(session, week, Readiness.REJECTED, 0, 9)
        assert (cleo.name, cleo.title, cleo.sentences) == ("Cleo", "Cleo's piece", (LOUD,))
        missing = readiness.holders(session, week, Readiness.MISSING, 0, 9)
        assert [(one.name, one.arranged) for one in missing] == [("Ada", False), ("Ben", True)]
        assert readiness.holders(session, week, Readiness.MISSING, 1, 9) == missing[1:]


def test_whoever_is_missing_gets_one_letter_a_day_and_whoever_chose_beforehand_none(
    database, settings, week, now, people
):
    def remind(at):
        with database.writing() as session:
            found = reminders.promise_letters(session, settings, week, Readiness.MISSING, at)
        duty = {jobs.JobKind.REMIND: reminders.writer(database, settings)}
        assert jobs.work_once(database, duty, lambda: at)
        return found

    assert remind(now) == reminders.ToRemind(people=1, lately=0, arranged=1)
    with pytest.raises(Refusal, match="Nobody is to be reminded"):
        remind(now + timedelta(hours=23))
    remind(now + timedelta(days=1, seconds=1))
    with database.reading() as session:
        letters = session.query(Letter).order_by(Letter.id).all()
        assert [letter.person_id for letter in letters] == [people["Ada"].id] * 2
        assert "sent nothing for it" in letters[0].body
        assert "Friday 27 November 2026, 24:00" in letters[0].body


def test_nobody_is_reminded_of_a_week_that_closed(database, settings, week, now, people):
    closed = cutoff(week, settings)
    with database.writing() as session:
        reminders.promise_letters(session, settings, week, Readiness.REJECTED, now)
        with pytest.raises(Refusal, match="closed on"):
            reminders.promise_letters(session, settings, week, Readiness.REJECTED, closed)
    duty = {jobs.JobKind.REMIND: reminders.writer(database, settings)}
    assert jobs.work_once(database, duty, lambda: closed)
    with database.reading() as session:
        assert session.query(Letter).filter_by(person_id=people["Cleo"].id).count() == 0
