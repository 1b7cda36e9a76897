"""An accepted swap is published as a new version, and only when the checker finds nothing."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from playout import plan
from scheduler import load
from scheduler.build import build
from scheduler.by_hand import SENT_SINCE
from scheduler.publish import publish
from scheduler.swap import accept
from station import airlog, grid
from station.airtime import Week
from station.errors import Refusal
from station.grid import GridState, Pin
from station.issuance import issue_one
from station.ledger import EntryKind
from station.letters import Letter
from station.makegoods import Makegood
from station.market import swaps
from station.market.swaps import SwapState
from station.rights import Request, RequestState

EARLY, LATE, NIGHT = 80, 700, 1500


@pytest.fixture
def week(settings):
    return Week.parse("2026-W48", settings.zone)


@pytest.fixture
def people(admit_member):
    return {name: admit_member(name) for name in ("Ada", "Ben", "Cleo")}


@pytest.fixture
def asked(ask, people):
    return {name: ask(person) for name, person in people.items()}


@pytest.fixture
def shown(database, settings, week, now, asked):
    """Publishes each at the start that is given; the pins that put them there are gone then."""

    def at(**starts):
        with database.writing() as session:
            for channel, (name, start) in enumerate(starts.items()):
                session.add(Pin(request_id=asked[name], channel=channel, start=start))
        build(database, settings, week, now)
        with database.writing() as session:
            publish(session, settings, week, now)
            session.execute(sa.delete(Pin))

    return at


@pytest.fixture
def propose(database, settings, now, people, asked):
    def proposed(mine, wanted):
        with database.writing() as session:
            asker = people[mine].account_id
            return swaps.propose(session, settings, asked[mine], asked[wanted], asker, now).id

    return proposed


@pytest.fixture
def take(database, settings, now, people):
    def taken(swap_id, name="Ben", at=now):
        with database.writing() as session:
            return accept(session, settings, swap_id, people[name], at)

    return taken


def starts_of(database, week, asked):
    names = {number: name for name, number in asked.items()}
    with database.reading() as session:
        places = grid.places(grid.published(session, week))
    return {names[number]: (place.channel, place.start) for number, place in places.items()}


def test_an_accepted_swap_exchanges_two_places_in_a_new_version(
    database, week, asked, people, shown, propose, take
):
    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    swap = take(propose("Ada", "Ben"))
    assert swap.state == SwapState.ACCEPTED
    assert starts_of(database, week, asked) == {
        "Ada": (1, LATE),
        "Ben": (0, EARLY),
        "Cleo": (2, NIGHT),
    }
    with database.reading() as session:
        first, second = grid.versions(session, week)
        assert (first.state, second.state) == (GridState.SUPERSEDED, GridState.PUBLISHED)
        assert second.certificate == {"status": "swap", "swap": swap.id, "violations": []}
        assert grid.places(first)[asked["Ada"]].start == EARLY
        # What each is worth goes with the place: breakfast on Monday, morning on Wednesday.
        worths = {key: place.worth for key, place in grid.places(second).items()}
        assert (worths[asked["Ben"]], worths[asked["Ada"]]) == (20, 14)
        written = session.scalars(sa.select(Letter).order_by(Letter.id)).all()
    told = [(one.person_id, one.subject) for one in written]
    assert told[1:] == [
        (people["Ada"].id, "You exchanged times"),
        (people["Ben"].id, "You exchanged times"),
    ]
    assert "with Ben: in the week of 23 November you are on air Wednesday" in written[1].body


def test_the_air_log_follows_a_swap(database, settings, week, now, asked, shown, propose, take):
    def logged():
        with database.writing() as session:
            plan.write_air_log(session, settings, now)
            lines = airlog.lines_of_week(session, str(week))
        first = week.first_slot(settings.slots)
        return {line.request_id: line.slot_number - first for line in lines if line.request_id}

    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    assert logged() == {asked["Ada"]: EARLY, asked["Ben"]: LATE, asked["Cleo"]: NIGHT}
    take(propose("Ada", "Ben"))
    assert logged() == {asked["Ada"]: LATE, asked["Ben"]: EARLY, asked["Cleo"]: NIGHT}


def test_only_who_was_asked_accepts_and_only_once(shown, propose, take):
    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    swap = propose("Ada", "Ben")
    with pytest.raises(Refusal, match="no such swap for you"):
        take(swap, "Ada")
    take(swap)
    with pytest.raises(Refusal, match="This swap is over"):
        take(swap)


def test_it_can_be_accepted_until_one_of_the_places_comes_too_near(
    shown, propose, take, settings, week
):
    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    swap = propose("Ada", "Ben")
    deadline = week.instant(EARLY, settings.slots) - timedelta(seconds=600)
    with pytest.raises(Refusal, match="This swap is over"):
        take(swap, at=deadline)
    take(swap, at=deadline - timedelta(seconds=1))


def test_a_swap_whose_places_changed_meanwhile_is_refused(database, shown, propose, take):
    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    swap = propose("Ada", "Ben")
    shown(Ada=EARLY + 1, Ben=LATE, Cleo=NIGHT)
    with pytest.raises(Refusal, match="has changed since"):
        take(swap)


def test_a_swap_of_what_was_withdrawn_meanwhile_is_refused(database, asked, shown, propose, take):
    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    swap = propose("Ada", "Ben")
    with database.writing() as session:
        session.get_one(Request, asked["Ada"]).state = RequestState.WITHDRAWN
    with pytest.raises(Refusal, match="has changed since"):
        take(swap)


def test_other_open_swaps_of_a_moved_request_end(database, shown, propose, take):
    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    swap, others = propose("Ada", "Ben"), [propose("Cleo", "Ada"), propose("Ben", "Cleo")]
    take(swap)
    with database.reading() as session:
        states = [session.get_one(swaps.Swap, number).state for number in others]
    assert states == [SwapState.LAPSED, SwapState.LAPSED]


def test_a_swap_that_breaks_a_limit_is_refused_with_the_checkers_words(
    database, week, asked, shown, propose, take
):
    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    before = starts_of(database, week, asked)
    swap = propose("Ada", "Ben")
    with database.writing() as session:
        # What Ada has to say is for adults now: Wednesday morning is not allowed to it.
        session.get_one(Request, asked["Ada"]).adult = True
    with pytest.raises(Refusal, match=f"slot {LATE} is not allowed to it") as refused:
        take(swap)
    assert refused.value.code == "swap-unfit"
    assert starts_of(database, week, asked) == before
    with database.reading() as session:
        assert session.get_one(swaps.Swap, swap).state == SwapState.OPEN
        assert len(grid.versions(session, week)) == 1


def test_whoever_asked_since_the_build_waits_for_the_next_one(
    database, week, ask, asked, admit_member, shown, propose, take
):
    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    late = ask(admit_member("Dora"))
    take(propose("Ada", "Ben"))
    with database.reading() as session:
        bumps = grid.published(session, week).bumps
        assert [(bump.request_id, bump.reason) for bump in bumps] == [(late, SENT_SINCE)]


@pytest.fixture
def owe(database, week, now):
    """Lets the right that a request is of be a makegood that is owed a start worth so much."""

    def owed(request_id, least_worth):
        with database.writing() as session:
            request = session.get_one(Request, request_id)
            before = week.plus(-1)
            missed = issue_one(session, request.account_id, before, EntryKind.ISSUE, now)
            session.add(
                Makegood(
                    right_id=request.right_id,
                    for_right_id=missed.id,
                    least_worth=least_worth,
                    last_week=str(week.plus(8)),
                    made_at=now,
                )
            )

    return owed


def test_a_makegood_is_not_swapped_below_what_is_owed(asked, owe, shown, propose, take):
    owe(asked["Ada"], 20)
    shown(Ada=EARLY, Ben=LATE, Cleo=NIGHT)
    with pytest.raises(Refusal, match=f"slot {LATE} is not allowed to it"):
        take(propose("Ada", "Ben"))


def test_a_makegood_airs_only_where_it_is_worth_as_much(database, settings, week, now, asked, owe):
    owe(asked["Ada"], 18)
    with database.reading() as session:
        request = load.load(session, settings, week, now).problem.requests[0]
    # Each day's breakfast (20) and drive (18), from 06:00 and 15:00.
    assert [(one.start, one.end) for one in request.allowed[:3]] == [
        (72, 108),
        (180, 216),
        (360, 396),
    ]
    assert len(request.allowed) == 14


@pytest.mark.parametrize(("adult", "first"), [(False, (72, 108)), (True, (252, 288))])
def test_where_no_start_is_worth_as_much_a_makegood_gets_the_best_there_is(
    database, settings, week, now, asked, owe, adult, first
):
    owe(asked["Ada"], 99)
    with database.writing() as session:
        session.get_one(Request, asked["Ada"]).adult = adult
    with database.reading() as session:
        request = load.load(session, settings, week, now).problem.requests[0]
    # Within its other limits: after the watershed nothing is worth more than the late hours.
    assert (request.allowed[0].start, request.allowed[0].end) == first
    assert len(request.allowed) == 7
