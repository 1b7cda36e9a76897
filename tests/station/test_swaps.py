"""One holder asks another to exchange published times; until the answer nothing moves."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from station import grid, rights, using
from station.airtime import Week
from station.errors import Refusal
from station.grid import Place
from station.letters import Letter
from station.market import swaps
from station.market.swaps import SwapState

WEEK = "2026-W49"


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


@pytest.fixture
def shown(database, settings, now, week, janet, peter, admit_member, right_of):
    """Janet's and Peter's silences are published, Zoe's is not; each request's id by name."""
    people = {"janet": janet, "peter": peter, "zoe": admit_member("Zoe")}
    held = {name: right_of(person, WEEK) for name, person in people.items()}
    with database.writing() as session:
        asked = {
            name: using.dedicate(session, settings, held[name].id, one.account_id, "rain", [], now)
            for name, one in people.items()
        }
        places = [Place(asked["janet"].id, 0, 100, 20), Place(asked["peter"].id, 1, 300, 8)]
        bumped = [(asked["zoe"].id, "It is full.")]
        made = grid.draft(session, week, places, bumped, {}, now)
        grid.put_on_air(session, made, "0" * 64, now)
        return {name: request.id for name, request in asked.items()}


@pytest.fixture
def propose(database, settings, now, janet, shown):
    def proposed(mine="janet", wanted="peter", who=janet, at=now):
        with database.writing() as session:
            return swaps.propose(session, settings, shown[mine], shown[wanted], who.account_id, at)

    return proposed


def letters(database):
    with database.reading() as session:
        return [(one.person_id, one.subject) for one in session.scalars(sa.select(Letter))]


def test_a_proposal_waits_for_its_answer_and_a_letter_tells_of_it(
    database, settings, week, propose, janet, peter
):
    swap = propose()
    assert (swap.state, swap.asker_id, swap.asked_id) == (
        SwapState.OPEN,
        janet.account_id,
        peter.account_id,
    )
    # Until ten minutes before the earlier of the two places.
    assert swap.deadline == week.instant(100, settings.slots) - timedelta(seconds=600)
    with database.reading() as session:
        for person in (janet, peter):
            assert [one.id for one in swaps.swaps_of(session, person.account_id)] == [swap.id]
        found = swaps.places(session, swap, swap.grid_id)
        assert (found.mine.start, found.wanted.start) == (100, 300)
        (letter,) = session.scalars(sa.select(Letter)).all()
    assert letter.person_id == peter.id
    assert "You have: Tuesday 1 December 2026, 01:00, channel Two." in letter.body
    assert "Janet has: Monday 30 November 2026, 08:20, channel One." in letter.body


def test_nothing_is_asked_for_anothers_place_or_for_ones_own(propose, janet, peter):
    with pytest.raises(Refusal, match="not in your hands"):
        propose(who=peter)
    with pytest.raises(Refusal, match="both places yourself"):
        propose(wanted="janet")


def test_both_must_be_placed_in_the_published_week(database, propose, shown):
    with pytest.raises(Refusal, match="two places of one published week"):
        propose(wanted="zoe")
    with database.writing() as session:
        rights.release(session, session.get_one(rights.Request, shown["peter"]).right_id)
    with pytest.raises(Refusal, match="two places of one published week"):
        propose()


def test_the_same_is_asked_once(propose):
    propose()
    with pytest.raises(Refusal, match="asked for this swap already"):
        propose()


def test_it_is_too_late_from_the_deadline_on(propose, settings, week):
    first = week.instant(100, settings.slots) - timedelta(seconds=600)
    with pytest.raises(Refusal, match="too late"):
        propose(at=first)
    propose(at=first - timedelta(milliseconds=1))


def test_only_who_was_asked_refuses_and_only_once(database, now, propose, janet, peter):
    swap = propose()
    with database.writing() as session:
        with pytest.raises(Refusal, match="no such swap for you"):
            swaps.refuse(session, swap.id, janet, now)
        swaps.refuse(session, swap.id, peter, now)
        with pytest.raises(Refusal, match="This swap is over"):
            swaps.refuse(session, swap.id, peter, now)
    assert letters(database)[1:] == [(janet.id, "Your time stays as it is")]


def test_only_who_asked_withdraws_and_only_while_it_is_open(database, now, propose, janet, peter):
    swap = propose()
    with database.writing() as session:
        with pytest.raises(Refusal, match="no such swap for you"):
            swaps.withdraw(session, swap.id, peter, now)
        assert swaps.withdraw(session, swap.id, janet, now).state == SwapState.WITHDRAWN
        with pytest.raises(Refusal, match="This swap is over"):
            swaps.refuse(session, swap.id, peter, now)
        assert swaps.swaps_of(session, janet.account_id) == []


def test_a_proposal_lapses_at_its_deadline(database, propose, janet, peter):
    swap = propose()
    with database.writing() as session:
        assert swaps.lapse(session, swap.deadline - timedelta(seconds=1)) == 0
        with pytest.raises(Refusal, match="This swap is over"):
            swaps.refuse(session, swap.id, peter, swap.deadline)
        assert swaps.lapse(session, swap.deadline) == 1
        assert swaps.lapse(session, swap.deadline) == 0
    assert letters(database)[1:] == [(janet.id, "Your time stays as it is")]
