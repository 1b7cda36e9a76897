"""A clock that is set is followed by the next boundary, and no finished piece is heard again."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from playout.clock import was_set_back
from playout.events import EngineEvent, EventKind
from station.settings import load, write_new
from tests.playout.engines import Rig, rig, wait_until
from tests.playout.listening import Stalls

SLOT_SECONDS = 3
SLOTS_AN_HOUR = 1200
LAID = 60
FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")))


@dataclass(slots=True)
class Clock:
    """The wall clock as one engine sees it: the real one and an offset."""

    file: Path
    stalls: Stalls
    offset: float = 0.0

    def environment(self) -> dict[str, str]:
        """What lets an engine see this clock."""
        return {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
        }

    def set(self, offset: float) -> None:
        """Set it to so many seconds after the real one."""
        part = self.file.with_suffix(".part")
        part.write_text(f"{offset:+.3f}")
        part.replace(self.file)
        self.offset = offset

    def slot(self) -> int:
        """The slot that is on air by this clock."""
        return int((time.time() + self.offset) // SLOT_SECONDS)

    def is_on_time(self, event: EngineEvent) -> bool:
        """Whether a slot began when this clock says, as exactly as this machine let it."""
        planned = event.slot * SLOT_SECONDS
        allowed: bool = self.stalls.allowed(planned - self.offset, event.at_ms / 1000 - planned)
        return allowed


@pytest.fixture(scope="module")
def on_air(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rig, Clock]]:
    """One engine with masters for now and for an hour later, and a clock to set."""
    folder = tmp_path_factory.mktemp("clock")
    write_new(folder / "station", f'[station]\nslot_seconds = {SLOT_SECONDS}\nchannels = ["One"]\n')
    clock = Clock(folder / "offset", Stalls())
    clock.set(0)
    with rig(load(folder / "station", environment={}), folder) as one:
        for first in (clock.slot(), clock.slot() + SLOTS_AN_HOUR):
            one.lay(range(first, first + LAID))
        one.start(**clock.environment())
        yield one, clock
    clock.stalls.stop()


def begun(one: Rig, slot: int) -> EngineEvent:
    """The event of a slot's start, once it is there."""

    def found() -> list[EngineEvent]:
        return [event for event in one.events(EventKind.SLOT) if event.slot == slot]

    wait_until(found, seconds=30)
    (only,) = found()
    return only


def middle_of_a_slot(clock: Clock) -> int:
    """Wait until a slot has played for a second; its number."""
    slot = clock.slot() + 1
    time.sleep(slot * SLOT_SECONDS + 1 - clock.offset - time.time())
    return slot


@pytest.mark.parametrize("step", [2, -0.3])
def test_a_clock_that_is_set_by_little_is_followed_by_the_boundary_after_next(on_air, step):
    one, clock = on_air
    slot = middle_of_a_slot(clock)
    clock.set(clock.offset + step)
    assert clock.is_on_time(begun(one, slot + 2))


def test_an_hour_forwards_is_joined_in_the_right_slot_and_followed_by_the_next_boundaries(on_air):
    one, clock = on_air
    middle_of_a_slot(clock)
    clock.set(clock.offset + 3600)
    slot = clock.slot()
    assert clock.is_on_time(begun(one, slot + 4))
    joined = next(event for event in one.events(EventKind.SLOT) if event.slot >= slot)
    assert joined.slot < slot + 4
    meant_ms = joined.at_ms - joined.behind_ms - joined.offset_ms
    assert meant_ms == pytest.approx(joined.slot * SLOT_SECONDS * 1000, abs=250)


def test_a_finished_piece_is_not_heard_again_when_the_clock_is_set_back(on_air):
    one, clock = on_air
    slot = middle_of_a_slot(clock)
    finished = {event.slot for event in one.events(EventKind.SLOT)} - {slot}
    assert slot - 1 in finished
    one.folder.events("channel-0").unlink()
    clock.set(clock.offset - 5 * SLOT_SECONDS)
    one.engine.kill()  # as a supervisor does: this one would wait for the old time
    one.start(**clock.environment())
    assert clock.is_on_time(begun(one, max(slot, clock.slot()) + 2))
    assert not finished & {event.slot for event in one.events(EventKind.SLOT)}


def test_every_slot_that_was_told_of_is_a_slot(on_air):
    one, _ = on_air
    assert all(event.slot >= 0 for event in one.events(EventKind.SLOT))


def test_a_clock_is_set_back_when_it_loses_more_than_a_second_against_the_steady_one():
    assert was_set_back(1000.0, 998.9)
    assert not was_set_back(1000.0, 999.1)
    assert not was_set_back(1000.0, 4600.0)
