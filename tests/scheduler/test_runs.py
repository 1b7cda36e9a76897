"""A run is one request of the problem and several of the station."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from playout import plan
from scheduler import by_hand, load
from scheduler.build import build, repair
from scheduler.problem import Place, Published, Window
from scheduler.publish import publish, rollback
from scheduler.runs import Runs
from scheduler.swap import accept
from scheduler.way_out import ways_out
from station import airlog, grid
from station.airtime import Week
from station.errors import Refusal
from station.grid import Pin, ReservedBlock
from station.issuance import issue_one
from station.ledger import EntryKind, Right
from station.letters import Letter
from station.makegoods import Makegood
from station.market import swaps
from station.market.offers import Offer, OfferedRight, OfferKind, OfferState
from station.rights import Request, RequestState, join, release
from station.worth import worth_file

SLOT = timedelta(minutes=5)
THREE = Runs(dict.fromkeys((4, 7, 5), (4, 7, 5)))


@pytest.fixture
def week(settings):
    return Week.parse("2026-W48", settings.zone)


@pytest.fixture
def ada(admit_member):
    return admit_member("Ada")


@pytest.fixture
def run(database, settings, week, now, ada, ask):
    """Ada's silence of three slots: its requests' ids, in order."""
    first = ask(ada, kind="silence", title="rain", cause="rain")
    with database.writing() as session:
        whole = [session.get_one(Request, first)]
        for _ in range(2):
            right = issue_one(session, ada.account_id, week, EntryKind.MAKEGOOD, now, "a test")
            said = {"kind": "silence", "title": "rain", "cause": "rain"}
            whole.append(
                Request(
                    right_id=right.id,
                    account_id=ada.account_id,
                    week=str(week),
                    master_sha256="f" * 64,
                    asked_at=now,
                    **said,
                )
            )
        session.add_all(whole)
        session.flush()
        join(session, whole)
        return [one.id for one in whole]


@pytest.fixture
def problem(database, settings, week):
    def loaded_at(now):
        with database.reading() as session:
            return load.load(session, settings, week, now)

    return loaded_at


@pytest.fixture
def pin(database):
    """Pins requests, by id, each to a place of its own."""

    def pinned(**places):
        with database.writing() as session:
            session.execute(sa.delete(Pin))
            for number, (channel, start) in places.items():
                session.add(Pin(request_id=int(number[1:]), channel=channel, start=start))

    return pinned


@pytest.fixture
def shown(database, settings, week, now, pin):
    """Builds and publishes the week; answers where each request is."""

    def show(at=now, **places):
        pin(**places)
        build(database, settings, week, now)
        with database.writing() as session:
            session.execute(sa.delete(Pin))
            return spots(publish(session, settings, week, at))

    return show


def spots(version):
    return {one.request_id: (one.channel, one.start) for one in version.placements}


def in_a_row(run, channel, start):
    return {number: (channel, start + offset) for offset, number in enumerate(run)}


def test_the_problem_has_one_request_of_as_many_slots(run, problem, now):
    (asked,) = problem(now).problem.requests
    assert (asked.id, asked.length, asked.allowed) == (f"r{run[0]}", 3, (Window(0, 2016),))


def test_it_is_placed_in_a_row_and_each_slot_is_worth_what_its_hour_is(
    run, shown, settings, database, week
):
    worth_file(settings).write_text("channel,weekday,hour,worth\nTwo,1,1,70\n")
    assert shown(**{f"r{run[0]}": (1, 11)}) == in_a_row(run, 1, 11)
    with database.reading() as session:
        worths = [placed.worth for placed in grid.published(session, week).placements]
        assert worths == [2, 70, 70]


def test_a_pin_of_one_slot_holds_the_whole_run(run, shown):
    assert shown(**{f"r{run[2]}": (2, 50)}) == in_a_row(run, 2, 48)


def test_it_waits_until_each_slot_has_its_master(run, problem, database, now):
    with database.writing() as session:
        session.get_one(Request, run[1]).master_sha256 = None
    loaded = problem(now)
    assert loaded.problem.requests == ()
    assert loaded.left_out == dict.fromkeys(run, load.NO_MASTER)


def test_it_airs_at_a_time_as_good_as_the_best_makegood_among_its_rights_is_owed(
    run, problem, database, ada, settings, now
):
    worth_file(settings).write_text("channel,weekday,hour,worth\nTwo,1,1,70\n")
    with database.writing() as session:
        for number, least_worth in ((run[1], 70), (run[2], 6)):
            right_id = session.get_one(Request, number).right_id
            session.add(
                Makegood(
                    right_id=right_id,
                    for_right_id=right_id,
                    least_worth=least_worth,
                    last_week="2026-W52",
                    made_at=now,
                )
            )
    (asked,) = problem(now).problem.requests
    assert asked.allowed == (Window(12, 24, 1),)


def test_the_air_log_has_a_line_for_each_of_its_slots(run, shown, database, settings, week, now):
    shown(**{f"r{run[0]}": (1, 60)})
    with database.writing() as session:
        plan.write_air_log(session, settings, now)
        lines = airlog.lines_of_week(session, str(week))
    first = week.first_slot(settings.slots)
    said = [(line.request_id, line.channel, line.slot_number - first) for line in lines]
    assert [one for one in said if one[0]] == [(run[n], 1, 60 + n) for n in range(3)]


def test_it_counts_as_sold_when_one_of_its_rights_was_bought(run, problem, database, ada, now):
    with database.writing() as session:
        sale = Offer(
            kind=OfferKind.SALE,
            giver_id=ada.account_id,
            price_cents=100,
            currency="ZAR",
            state=OfferState.ACCEPTED,
            deadline=now,
            made_at=now,
        )
        session.add(sale)
        session.flush()
        bought = session.get_one(Request, run[2]).right_id
        session.add(OfferedRight(offer_id=sale.id, right_id=bought, in_escrow=False))
    (asked,) = problem(now).problem.requests
    assert asked.sold


def test_it_is_bumped_as_one_with_its_reason_and_one_way_out(
    run, database, settings, week, now, pin
):
    with database.writing() as session:
        for channel in range(3):
            block = {"channel": channel, "start": 0, "length": 2014, "label": f"Block {channel}"}
            session.add(ReservedBlock(week=str(week), **block))
    _, built, version = build(database, settings, week, now)
    assert [bump.id for bump in built.bumped] == [f"r{run[0]}"]
    with database.writing() as session:
        said = {
            bump.request_id: bump.reason for bump in publish(session, settings, week, now).bumps
        }
        assert said == dict.fromkeys(run, "You allowed no place where 3 slots fit.")
    found = ways_out(database, settings, week, version, now, 20)
    (sentence,) = {found[number].sentence for number in run}
    assert "if the station gave the block" in sentence or "one more channel" in sentence


def test_a_repair_moves_it_as_one_and_tells_it_once(run, shown, database, settings, week, now):
    shown(**{f"r{run[0]}": (0, 100)})
    with database.writing() as session:
        block = {"channel": 0, "start": 102, "length": 1, "label": "Live"}
        session.add(ReservedBlock(week=str(week), **block))
    repaired, _ = repair(database, settings, week, now)
    assert repaired.moved == (f"r{run[0]}",)
    with database.writing() as session:
        places = spots(publish(session, settings, week, now))
        channel, start = places[run[0]]
        assert places == in_a_row(run, channel, start)
        assert not (channel == 0 and start <= 102 < start + 3)
        (letter,) = session.scalars(sa.select(Letter))
        assert letter.body.count("“rain” airs") == 1


def test_a_week_that_fits_needs_no_repair(run, shown, database, settings, week, now):
    shown()
    assert repair(database, settings, week, now)[1] is None


def test_once_it_has_begun_all_of_it_stays(run, shown, problem, database, settings, week):
    first = shown(**{f"r{run[0]}": (1, 6)})
    begun = week.span.start + 7 * SLOT
    loaded = problem(begun)
    (asked,) = loaded.problem.requests
    assert asked.allowed == (Window(6, 9, 1),)
    assert loaded.problem.published == (Published(f"r{run[0]}", 1, 6, frozen=True),)
    build(database, settings, week, begun)
    with database.writing() as session:
        assert spots(publish(session, settings, week, begun)) == first


def test_it_is_left_out_when_one_of_its_rights_is_on_air_already(
    run, shown, problem, database, ada, week, now
):
    shown(**{f"r{run[0]}": (1, 6)})
    begun = week.span.start + 7 * SLOT
    with database.writing() as session:
        old = session.get_one(Request, run[1])
        release(session, old.right_id)
        right = session.get_one(Right, old.right_id)
        same = {"kind": "silence", "title": "wind", "account_id": ada.account_id}
        late = [
            Request(right_id=one, week=str(week), asked_at=now, master_sha256="f" * 64, **same)
            for one in (right.id, session.get_one(Request, run[2]).right_id)
        ]
        session.add_all(late)
        session.flush()
        join(session, late)
        ids = [one.id for one in late]
    assert problem(begun).left_out == dict.fromkeys(ids, load.ON_AIR_ALREADY)


def test_a_rollback_brings_it_back_whole(run, shown, database, settings, week, now):
    first = shown(**{f"r{run[0]}": (1, 60)})
    shown(**{f"r{run[0]}": (2, 90)})
    with database.writing() as session:
        assert spots(rollback(session, settings, week, now)) == first


def test_a_version_that_tears_it_apart_is_not_published(run, shown, database, settings, week, now):
    shown(**{f"r{run[0]}": (1, 60)})
    torn = [grid.Place(number, 1, start) for number, start in zip(run, (60, 61, 70), strict=True)]
    with database.writing() as session:
        grid.draft(session, week, torn, [], {}, now)
        with pytest.raises(Refusal) as refused:
            publish(session, settings, week, now)
        assert refused.value.code == "draft-unfit"


def test_a_swap_of_others_leaves_it_where_it_is(
    run, shown, ask, admit_member, database, settings, week, now
):
    ben, cleo = admit_member("Ben"), admit_member("Cleo")
    one, other = ask(ben), ask(cleo)
    before = shown(**{f"r{run[0]}": (1, 60), f"r{one}": (0, 100), f"r{other}": (2, 300)})
    with database.writing() as session:
        swap = swaps.propose(session, settings, one, other, ben.account_id, now)
        accept(session, settings, swap.id, cleo, now)
        after = spots(grid.published(session, week))
        assert after == before | {one: (2, 300), other: (0, 100)}
        with pytest.raises(Refusal, match="“rain” is one piece of several slots"):
            swaps.propose(session, settings, one, run[1], ben.account_id, now)


def test_a_withdrawn_run_leaves_the_week(run, shown, database, settings, week, now):
    shown()
    with database.writing() as session:
        release(session, session.get_one(Request, run[1]).right_id)
        states = [session.get_one(Request, number).state for number in run]
        assert states == [RequestState.WITHDRAWN] * 3
    repair(database, settings, week, now)
    with database.writing() as session:
        assert spots(publish(session, settings, week, now)) == {}


def test_what_is_parted_is_joined_again():
    places = {4: Place(0, 10), 9: Place(1, 3)}
    parted = THREE.parted(places)
    assert parted == {4: Place(0, 10), 7: Place(0, 11), 5: Place(0, 12), 9: Place(1, 3)}
    assert THREE.joined(parted) == places


@pytest.mark.parametrize(
    "torn",
    [{4: Place(0, 10), 7: Place(0, 11)}, {7: Place(0, 11)}, {5: Place(0, 1), 4: Place(1, 0)}],
)
def test_what_is_not_in_a_row_stays_apart(torn):
    assert THREE.joined(torn) == torn


def test_a_run_is_moved_and_exchanged_by_hand_as_one(
    database, settings, week, now, run, ask, admit_member, shown
):
    ben, cleo = (ask(admit_member(name)) for name in ("Ben", "Cleo"))
    shown(**{f"r{run[0]}": (0, 100), f"r{ben}": (1, 500), f"r{cleo}": (1, 501)})
    with database.writing() as session:
        moved = by_hand.propose(session, settings, week, {run[1]: Place(2, 700)}, now)
        assert (moved.broken, len(moved.moves)) == ((), 3)
        assert (
            spots(by_hand.keep(session, week, moved, now)).items() >= in_a_row(run, 2, 700).items()
        )
        # Where Ben is there is room for one slot: Cleo has the next.
        small = by_hand.exchange(session, settings, week, run[2], ben, now)
        [said] = small.broken
        assert {"“rain” (Ada)", "“Cleo speaks” (Cleo)"} <= set(said.split(" would")[0].split(", "))
        by_hand.pin(session, settings, week, run[2], Place(0, 900), now)
    build(database, settings, week, now)
    with database.reading() as session:
        assert spots(grid.newest_draft(session, week)).items() >= in_a_row(run, 0, 900).items()
