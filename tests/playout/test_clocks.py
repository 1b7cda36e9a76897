"""Both nights on which the clocks change are hours like any other to a channel."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner

from playout import plan, record
from playout.cli import asrun
from playout.events import EngineEvent, EventKind
from playout.moves import Forget, Observed, Place, Remove, SlotFile
from playout.moves import due as moves_due
from playout.report import slots_of
from station import grid
from station.airtime import Slots, Week
from station.ledger import held
from station.members import Applicant, admit
from station.membership import years
from station.recordings import Master, MasterKind
from station.rights import Request, RequestKind

SLOT = timedelta(minutes=15)
NIGHT = 16  # slots: from an hour before the change until three hours after it


@dataclass(frozen=True)
class Change:
    """A night: its week, the local time an hour before the change, and what the clocks show."""

    zone: str
    week: str
    begins: str
    shown: tuple[str, ...]  # at each full hour of the night
    hours: int  # that the week has


CHANGES = [
    Change("Europe/London", "2026-W13", "2026-03-29T00:00", ("00", "02", "03", "04"), 167),
    Change("Europe/London", "2026-W43", "2026-10-25T01:00", ("01", "01", "02", "03"), 169),
    Change("America/New_York", "2026-W10", "2026-03-08T01:00", ("01", "03", "04", "05"), 167),
    Change("America/New_York", "2026-W44", "2026-11-01T01:00", ("01", "01", "02", "03"), 169),
]


@pytest.fixture(params=CHANGES, ids=lambda change: f"{change.zone} {change.week}")
def change(request):
    return request.param


@pytest.fixture
def settings(make_settings, change):
    return make_settings(
        f'[station]\nslot_seconds = {SLOT.seconds}\nzone = "{change.zone}"\nchannels = ["One"]\n'
    )


@pytest.fixture
def week(settings, change):
    return Week.parse(change.week, settings.zone)


@pytest.fixture
def begins(settings, change):
    return datetime.fromisoformat(change.begins).replace(tzinfo=settings.zone).astimezone(UTC)


@pytest.fixture
def night(database, settings, week, begins):
    """The slots of a night with a member's piece in each of them, as they were published."""
    first = settings.slots.number(begins)
    with database.writing() as session:
        requests = [_ask(session, settings, week, number, begins) for number in range(NIGHT)]
        start = first - week.first_slot(settings.slots)
        places = [grid.Place(one, 0, start + n) for n, one in enumerate(requests)]
        drawn = grid.draft(session, week, places, [], {}, begins)
        grid.put_on_air(session, drawn, "0" * 64, begins)
        following = grid.draft(session, week.plus(1), [], [], {}, begins)
        grid.put_on_air(session, following, "0" * 64, begins)
        plan.write_air_log(session, settings, begins)
    return list(range(first, first + NIGHT))


def _ask(session, settings, week, number, now):
    person = admit(session, Applicant(f"M{number}", f"m{number}@example.org"), now)
    years.begin(session, [years.NewYear(person, week)], now, 1)
    sha256 = f"{number:064x}"
    length_ms = settings.station.slot_seconds * 1000
    named = {"sha256": sha256, "kind": MasterKind.SEGMENT, "made_at": now}
    session.add(Master(**named, duration_ms=length_ms, facts={}))
    request = Request(
        right_id=held(session, person.account_id, str(week))[0].id,
        account_id=person.account_id,
        week=str(week),
        kind=RequestKind.SEGMENT,
        title=f"Piece {number}",
        master_sha256=sha256,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    return request.id


def test_the_week_has_an_hour_less_or_more(week, change):
    assert week.starts(Slots(300)) == change.hours * 12


def test_every_slot_has_one_line_through_the_night_and_into_the_next_week(
    database, settings, week, begins, night
):
    with database.reading() as session:
        programme = plan.programme(session, settings, begins)
    numbers = [line.slot_number for line in programme.lines]
    assert numbers == list(range(night[0], night[0] + len(numbers)))
    assert numbers[-1] > week.plus(1).first_slot(settings.slots) + 100
    assert [line.title for line in programme.lines[:NIGHT]] == [f"Piece {n}" for n in range(NIGHT)]


def test_each_slot_lies_on_disk_at_its_time_and_is_cleared_once(database, settings, begins, night):
    with database.reading() as session:
        due = plan.due(session, settings, begins)
    masters = frozenset(file.sha256 for file in due.files)
    files: set[SlotFile] = set()
    cleared: list[SlotFile] = []
    for slot in range(night[0], night[-1] + 4):
        moves = moves_due(due.files, (), Observed(frozenset(files), masters, frozenset(), slot))
        placed = {move.file for move in moves if isinstance(move, Place)}
        gone = [move.file for move in moves if isinstance(move, Remove)]
        files, cleared = (files | placed) - set(gone), cleared + gone
        masters -= {move.sha256 for move in moves if isinstance(move, Forget)}
        if slot in night:
            on_air = next(file for file in files if file.slot == slot)
            assert on_air.sha256 == f"{slot - night[0]:064x}"
    assert [file.slot for file in cleared] == night


def test_the_report_tells_each_slot_once_at_the_time_the_clocks_showed(
    database, settings, week, begins, change, night
):
    over = begins + timedelta(days=1)
    events = [EngineEvent(EventKind.SLOT, _start_ms(settings, slot), slot, 0) for slot in night]
    ended = EngineEvent(EventKind.FILL, _start_ms(settings, night[-1] + 1), night[-1] + 1, 0)
    with database.writing() as session:
        record.append_events(session, 0, [*events, ended])
        record.conclude(session, settings, over)
        told = slots_of(session, settings, week, over)
    assert [(slot.outcome, slot.start_error_ms) for slot in told] == [("aired", 0)] * NIGHT
    assert {after.planned_at - before.planned_at for before, after in pairwise(told)} == {SLOT}
    shown = [f"{slot.planned_at.astimezone(settings.zone):%H}" for slot in told]
    assert shown == [hour for hour in change.shown for _ in range(4)]


@pytest.mark.usefixtures("database", "night")
def test_no_two_slots_are_told_by_the_same_time(settings, week):
    environment = {"MWEYA_HOME": str(settings.home)}
    said = CliRunner().invoke(asrun, [str(week)], env=environment).output.splitlines()
    times = [line.partition("  ")[0] for line in said[:NIGHT]]
    assert len(set(times)) == NIGHT


def _start_ms(settings, slot):
    return round(settings.slots.start(slot).timestamp() * 1000)
