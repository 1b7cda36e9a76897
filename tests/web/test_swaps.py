"""Two people exchange published times on their pages."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from station import grid, rights, using
from station.airtime import Week
from station.grid import Place
from station.market.swaps import Swap, SwapState
from station.recordings import Master, MasterKind

WEEK = "2026-W48"
STARTS = {"Ada": 80, "Ben": 700, "Cleo": 1500}


@pytest.fixture
def people(admit_member):
    return {name: admit_member(name) for name in STARTS}


@pytest.fixture
def asked(people, right_of, database, settings, now):
    """What each of them asks for in a published week."""
    week = Week.parse(WEEK, settings.zone)
    with database.writing() as session:
        for name, person in people.items():
            right = right_of(person, WEEK)
            # It was sent before the week closed.
            early = week.span.start.replace(day=1)
            holder = (right.id, person.account_id)
            one = using.dedicate(session, settings, *holder, "rain", [], early)
            master = Master(
                sha256=name.lower().ljust(64, "0"),
                kind=MasterKind.SILENCE,
                duration_ms=settings.station.slot_seconds * 1000,
                facts={},
                made_at=early,
            )
            session.add(master)
            session.flush()
            one.master_sha256 = master.sha256
        requests = rights.requests_of(session, week)
        names = {person.account_id: name for name, person in people.items()}
        found = {names[one.account_id]: one.id for one in requests}
        places = [Place(found[name], 0, start) for name, start in STARTS.items()]
        version = grid.draft(session, week, places, [], {}, now)
        grid.put_on_air(session, version, "0" * 64, now)
    return found


@pytest.fixture
def ada(people, asked, signed_in):
    return signed_in(people["Ada"])


@pytest.fixture
def ben(people, asked, signed_in):
    return signed_in(people["Ben"])


@pytest.fixture
def page(ada, asked):
    """Where Ada asks for somebody's time: on Wednesday, when Ben has his."""
    path = f"/member/requests/{asked['Ada']}/swap"
    ada.open(f"{path}?day=3&part=morning")
    return next(action for action in ada.forms if action.startswith(path) and "part" in action)


@pytest.fixture
def proposed(ada, page, asked, database):
    ada.send(page, wanted=asked["Ben"])
    with database.reading() as session:
        return session.scalars(sa.select(Swap)).one()


def start_of(database, settings, request_id):
    with database.reading() as session:
        shown = grid.published(session, Week.parse(WEEK, settings.zone))
        return grid.places(shown)[request_id].start


def state(database):
    with database.reading() as session:
        return session.scalars(sa.select(Swap.state)).one()


def test_a_card_with_a_place_leads_to_the_times_of_others(ada, asked):
    ada.open("/member/")
    assert f'href="/member/requests/{asked["Ada"]}/swap"' in ada.page
    ada.open(f"/member/requests/{asked['Ada']}/swap")
    assert "You have Monday 23 November, 06:40, channel One." in ada.page
    assert "Nobody has a time here" in ada.page
    ada.open(f"/member/requests/{asked['Ada']}/swap?day=3&part=morning")
    assert "10:20</b>, channel One" in ada.page
    assert "Ben: silence for rain" in ada.page


def test_a_time_that_is_over_is_told_as_such_and_not_exchanged(ada, asked, clock):
    clock.now = datetime(2026, 11, 23, 4, 45, tzinfo=UTC)
    ada.open("/member/")
    assert (
        "“Silence for rain” was to air today, 06:40, channel One. We are looking whether it did."
        in ada.page
    )
    path = f"/member/requests/{asked['Ada']}/swap"
    assert path not in ada.page
    assert ada.open(path).status_code == 409
    assert "It is too late for this swap" in ada.page


@pytest.mark.usefixtures("proposed")
def test_an_accepted_swap_exchanges_the_two(ada, ben, asked, database, settings):
    assert "You asked <b>Ben</b> for Wednesday 25 November, 10:20" in ada.page
    ben.open("/member/")
    assert "Ada</b> offers you Monday 23 November, 06:40" in ben.page
    action = next(one for one in ben.forms if one.endswith("/accept"))
    ben.send(action)
    assert "Exchanged. Your new time is written below." in ben.page
    assert start_of(database, settings, asked["Ada"]) == STARTS["Ben"]
    assert start_of(database, settings, asked["Ben"]) == STARTS["Ada"]


def test_a_swap_is_refused(proposed, ben, database):
    ben.open("/member/")
    ben.send(f"/member/swaps/{proposed.id}/refuse")
    assert "Refused. You keep your time." in ben.page
    assert state(database) == SwapState.REFUSED


def test_a_swap_is_taken_back(proposed, ada, ben, database):
    ada.send(f"/member/swaps/{proposed.id}/withdraw")
    assert state(database) == SwapState.WITHDRAWN
    ben.open("/member/")
    assert "offers you" not in ben.page


def test_nobody_answers_a_swap_for_others(proposed, ada, signed_in, people, database):
    cleo = signed_in(people["Cleo"])
    form = next(iter(cleo.forms.values()))
    for verb in ("accept", "refuse", "withdraw"):
        answer = cleo.client.post(f"/member/swaps/{proposed.id}/{verb}", data=form)
        assert answer.status_code == 409
        assert "There is no such swap for you." in answer.text
    assert state(database) == SwapState.OPEN


def test_a_swap_asked_twice_with_one_form_is_asked_once(ada, page, asked, database):
    form = {**ada.forms[page], "wanted": asked["Ben"]}
    assert [ada.client.post(page, data=form).status_code for _ in "12"] == [303, 303]
    assert state(database) == SwapState.OPEN


@pytest.mark.parametrize("wanted", ["", "x", "-1", "9" * 30])
def test_a_time_must_be_chosen(wanted, ada, page):
    assert ada.send(page, wanted=wanted).status_code == 422
    assert "Please fill in the time that you would like." in ada.page


def test_ones_own_time_and_no_time_are_refused_on_the_page(ada, page, asked):
    for wanted in (asked["Ada"], 4711):
        assert ada.send(page, wanted=wanted).status_code == 409
        assert "Whose time would you like?" in ada.page


def test_who_has_no_place_has_nothing_to_exchange(ada, asked):
    assert ada.open("/member/requests/4711/swap").status_code == 409
    assert ada.open(f"/member/requests/{asked['Ben']}/swap").status_code == 403
