"""What an operator moves, exchanges, pins or bans keeps every rule, and edits no version."""

import json
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from scheduler import by_hand_cli
from scheduler.build import build, repair
from scheduler.by_hand import SENT_SINCE, exchange, keep, pin, propose
from scheduler.load import SHUT_OUT, load
from scheduler.problem import Place
from scheduler.publish import publish
from station import bans, blackouts, grid, jobs, pins
from station.airtime import Week
from station.bans import Ban
from station.errors import Refusal
from station.grid import GridState, ReservedBlock
from station.jobs import JobKind
from station.rights import Request, withdraw
from station.trail import Deed

WEEK = "2026-W48"
EARLY, LATE, NIGHT = 80, 700, 1500


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


@pytest.fixture
def asked(ask, admit_member):
    return {name: ask(admit_member(name)) for name in ("Ada", "Ben", "Cleo")}


@pytest.fixture
def built(database, settings, week, now, asked):
    """Builds a draft that has Ada early on channel 0, Ben late on 1 and Cleo by night on 2."""
    starts = {"Ada": EARLY, "Ben": LATE, "Cleo": NIGHT}
    with database.writing() as session:
        for channel, (name, start) in enumerate(starts.items()):
            pin(session, settings, week, asked[name], Place(channel, start), now)
    build(database, settings, week, now)
    with database.writing() as session:
        for number in asked.values():
            assert pins.take_out(session, pins.piece_of(session, week, number))


@pytest.fixture
def proposed(database, settings, week, now, asked, built):
    def see(name, channel, start, **more):
        with database.reading() as session:
            wanted = {asked[name]: Place(channel, start)}
            return propose(session, settings, week, wanted, now, **more)

    return see


def spots(database, week, asked):
    with database.reading() as session:
        places = grid.places(grid.require_version(session, week))
    return {name: (places[one].channel, places[one].start) for name, one in asked.items()}


def test_a_piece_is_moved_in_a_new_draft(database, week, now, asked, proposed, ask, admit_member):
    ask(admit_member("Dan"))
    found = proposed("Ada", 2, LATE)
    assert (found.broken, found.already, len(found.moves)) == ((), (), 1)
    with database.writing() as session:
        version = keep(session, week, found, now)
        assert version.certificate["edits"] == 1
        # What would place Dan is looked for.
        assert [bump.reason for bump in version.bumps] == [SENT_SINCE]
        assert jobs.newest(session, JobKind.EXPLAIN, version.id)
        before, after = grid.versions(session, week)
        assert (before.state, after.state) == (GridState.WITHDRAWN, GridState.DRAFT)
        # Monday's breakfast is worth more than Wednesday's morning.
        worth = [grid.places(one)[asked["Ada"]].worth for one in (before, after)]
        assert worth == [20, 14]
    assert spots(database, week, asked) == {"Ada": (2, LATE), "Ben": (1, LATE), "Cleo": (2, NIGHT)}


def test_whoever_can_be_in_no_new_draft_is_named_beside_what_is_moved(
    database, settings, week, now, asked, built
):
    with database.writing() as session:
        withdraw(session, session.get_one(Request, asked["Cleo"]))
        found = propose(session, settings, week, {asked["Ada"]: Place(2, LATE)}, now)
    gone = [(one.request_id, one.before.start) for one in found.moves if one.after is None]
    assert (gone, len(found.moves)) == ([(asked["Cleo"], NIGHT)], 2)


def test_two_pieces_exchange_their_places(database, settings, week, now, asked, built):
    with database.writing() as session:
        found = exchange(session, settings, week, asked["Ada"], asked["Cleo"], now)
        assert len(found.moves) == 2
        keep(session, week, found, now)
    assert spots(database, week, asked)["Cleo"] == (0, EARLY)
    assert spots(database, week, asked)["Ada"] == (2, NIGHT)


def test_what_would_break_a_rule_is_said_by_name_and_kept_nowhere(
    database, week, now, asked, proposed
):
    with database.writing() as session:
        block = ReservedBlock(week=str(week), channel=0, start=400, length=12, label="Ident")
        session.add(block)
        session.flush()
        # Cleo is hit as well, but not by what is moved.
        session.add(Ban(request_id=asked["Cleo"], start=NIGHT, length=1, made_at=now))
    found = proposed("Ada", 1, LATE)
    assert found.broken == ("“Ada speaks” (Ada), “Ben speaks” (Ben) would be in one slot.",)
    [other] = found.already
    assert other == "“Cleo speaks” (Cleo) is banned there. Lift the ban first."
    with pytest.raises(Refusal, match="would be in one slot"), database.writing() as session:
        keep(session, week, found, now)
    assert "starts that the station keeps" in proposed("Ada", 0, 405).broken[0]
    assert len(spots(database, week, asked)) == 3


def test_what_can_not_be_meant_is_refused(settings, proposed, asked):
    with pytest.raises(Refusal, match="changes nothing"):
        proposed("Ada", 0, EARLY)
    with pytest.raises(Refusal, match="is no place of week 2026-W48"):
        proposed("Ada", 0, 5000)
    with pytest.raises(Refusal, match="A newer draft"):
        proposed("Ada", 0, 81, version=7)
    asked["Dora"] = 999
    with pytest.raises(Refusal, match="no piece 999"):
        proposed("Dora", 0, 81)


def test_what_has_begun_stays_and_the_past_is_closed(database, settings, week, asked, built, now):
    with database.writing() as session:
        publish(session, settings, week, now)
        later = week.instant(300, settings.slots)
        said = {"Ada": "has begun, or begins too soon to move.", "Ben": "would begin too soon."}
        for name, start in (("Ada", 900), ("Ben", 299)):
            wanted = {asked[name]: Place(2, start)}
            found = propose(session, settings, week, wanted, later)
            assert any(one.endswith(said[name]) for one in found.broken)
        fine = propose(session, settings, week, {asked["Ben"]: Place(2, 900)}, later)
        assert fine.broken == ()
        assert keep(session, week, fine, later).state == GridState.DRAFT
        assert grid.published(session, week).version == 1


def test_the_limit_that_is_against_a_place_is_named(database, settings, week, now, asked, built):
    spoken = msgspec.structs.replace(settings.station, channel_languages={"One": ("zu",)})
    settings = msgspec.structs.replace(settings, station=spoken)
    with database.writing() as session:
        ben, cleo = (session.get_one(Request, asked[name]) for name in ("Ben", "Cleo"))
        cleo.adult = True
        open_still = now - timedelta(days=5)
        blackouts.choose(session, settings, ben.account_id, 1, "06:00", "09:00", open_still)
        wanted = {"Ada": Place(0, 500), "Ben": Place(1, 100), "Cleo": Place(2, 120)}
        said = {
            name: propose(session, settings, week, {asked[name]: place}, now).broken
            for name, place in wanted.items()
        }
    assert said == {
        "Ada": ("“Ada speaks” (Ada) is in a language that this channel does not air.",),
        "Ben": ("“Ben speaks” (Ben) would air at a time that its holder ruled out.",),
        "Cleo": ("“Cleo speaks” (Cleo) is for adults, and may not air at that hour.",),
    }


def test_a_pin_needs_a_place_that_is_free_of_what_is_fixed(
    database, settings, week, now, asked, built
):
    with database.writing() as session:
        pin(session, settings, week, asked["Ada"], Place(0, 90), now)
    with pytest.raises(Refusal, match="would be in one slot"), database.writing() as session:
        pin(session, settings, week, asked["Ben"], Place(0, 90), now)
    build(database, settings, week, now)
    assert spots(database, week, asked)["Ada"] == (0, 90)
    with database.reading() as session:
        assert pins.of(session, pins.piece_of(session, week, asked["Ben"])) is None


def test_a_ban_keeps_a_request_out_until_it_is_lifted(database, settings, week, now, asked, built):
    with database.writing() as session:
        publish(session, settings, week, now)
        piece = pins.piece_of(session, week, asked["Ada"])
        with pytest.raises(Refusal, match="ends after it begins"):
            bans.make(session, piece, None, range(9, 9), now)
        both = [
            bans.make(session, piece, None, range(1200), now),
            bans.make(session, piece, 0, range(2016), now),
        ]
    repaired, version = repair(database, settings, week, now)
    channel, start = spots(database, week, asked)["Ada"]
    assert (version, repaired.least) == (2, True)
    assert channel > 0
    assert start >= 1200
    with database.writing() as session:
        assert bans.lift(session, week, both[0].id).request_id == asked["Ada"]
        assert len(bans.in_week(session, week)[asked["Ada"]]) == 1
    with pytest.raises(Refusal, match="no ban"), database.writing() as session:
        bans.lift(session, week, both[0].id)


def test_who_is_banned_from_all_of_a_week_is_told_so(database, settings, week, now, asked, built):
    with database.writing() as session:
        piece = pins.piece_of(session, week, asked["Ada"])
        for channel, span in ((0, range(2016)), (1, range(2016)), (2, range(1000))):
            bans.make(session, piece, channel, span, now)
        assert load(session, settings, week, now).left_out == {}
        bans.make(session, piece, None, range(1000, 2016), now)
        assert load(session, settings, week, now).left_out == {asked["Ada"]: SHUT_OUT}


def test_the_commands_do_the_same_and_go_on_record(
    database, settings, asked, built, run, monkeypatch
):
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))
    ada, ben = asked["Ada"], asked["Ben"]
    code, said = run(by_hand_cli.move, WEEK, ada, "Two", "2026-11-25T10:20", "--dry-run")
    assert (code, "would be in one slot" in said) == (1, True)
    code, said = run(by_hand_cli.move, WEEK, ada, "Three", "2026-11-25T10:20")
    assert (code, said.splitlines()[0]) == (0, f"Version 2 of {WEEK}.")
    assert "mweya week diff" in said
    code, said = run(by_hand_cli.swap, WEEK, ada, ben, "--dry-run", "--json")
    facts = json.loads(said)
    assert (code, facts["version"], len(facts["moves"])) == (0, None, 2)
    assert run(by_hand_cli.pin, WEEK, ada, "Three", "2026-11-25T10:20")[0] == 0
    assert "pinned no more" in run(by_hand_cli.unpin, WEEK, ada)[1]
    span = ("2026-11-23T06:00", "2026-11-23T09:00")
    code, said = run(by_hand_cli.ban, WEEK, ada, *span, "--channel", "One", "--json")
    assert (code, json.loads(said)["length"]) == (0, 36)
    assert run(by_hand_cli.unban, WEEK, 9)[0] == 3
    assert run(by_hand_cli.unban, WEEK, 1)[0] == 0
    with database.reading() as session:
        acts = session.scalars(sa.select(Deed.act).order_by(Deed.id)).all()
    assert acts == ["grid.move", "grid.pin", "grid.unpin", "grid.ban", "grid.unban"]
