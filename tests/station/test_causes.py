"""Members propose causes for silence, and operators decide what is on the list."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from station import causes
from station.errors import Refusal, WrongInput


@pytest.fixture
def session(database, janet, peter):
    with database.writing() as opened:
        yield opened


def words(found):
    return [cause.words for cause in found]


def test_a_proposed_cause_waits_for_the_operators(session, now, janet):
    proposed = causes.propose(session, janet, "  The miners \n of Marikana ", now)
    assert (proposed.words, proposed.proposer_id) == ("The miners of Marikana", janet.id)
    assert words(causes.waiting(session)) == ["The miners of Marikana"]
    assert causes.listed(session) == []


def test_a_listed_cause_can_be_chosen_and_taken_off_again(session, now, janet):
    proposed = causes.propose(session, janet, "rain", now)
    causes.decide(session, proposed.id, listed=True, now=now)
    assert words(causes.listed(session)) == ["rain"]
    causes.decide(session, proposed.id, listed=False, now=now)
    assert causes.listed(session) == causes.waiting(session) == []


def test_operators_list_causes_of_their_own_or_what_waits(session, now, janet):
    causes.add(session, "George Floyd", now)
    causes.propose(session, janet, "rain", now)
    causes.add(session, "Rain", now)
    assert words(causes.listed(session)) == ["George Floyd", "rain"]
    with pytest.raises(Refusal, match="“rain” is on the list already"):
        causes.add(session, "RAIN", now)


@pytest.mark.parametrize("typed", ["rain", "RAIN", " rain "])
def test_the_same_cause_is_proposed_once(session, now, janet, peter, typed):
    causes.propose(session, janet, "rain", now)
    with pytest.raises(Refusal, match="“rain” is on the list already, or waits"):
        causes.propose(session, peter, typed, now)


def test_a_declined_cause_is_not_proposed_again(session, now, janet):
    declined = causes.propose(session, janet, "Ñandú", now)
    causes.decide(session, declined.id, listed=False, now=now)
    with pytest.raises(Refusal, match="in your own words"):
        causes.propose(session, janet, "ÑANDÚ", now)


def test_a_decision_is_made_once(session, now, janet):
    proposed = causes.propose(session, janet, "rain", now)
    causes.decide(session, proposed.id, listed=True, now=now)
    with pytest.raises(Refusal, match="“rain” is listed already"):
        causes.decide(session, proposed.id, listed=True, now=now)
    with pytest.raises(Refusal, match="no such cause"):
        causes.decide(session, 99, listed=True, now=now)


def test_of_two_who_propose_the_same_at_once_one_is_told(database, now, janet, peter):
    def propose(person):
        try:
            with database.writing() as session:
                return causes.propose(session, person, "rain", now).words
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(propose, (janet, peter))) == ["cause-known", "rain"]


@pytest.mark.parametrize(("typed", "sentence"), [(" \n", "fill in the cause"), ("x" * 201, "200")])
def test_a_cause_needs_words_that_fit(session, now, janet, typed, sentence):
    with pytest.raises(WrongInput, match=sentence):
        causes.propose(session, janet, typed, now)
