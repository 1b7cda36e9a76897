"""A week of a station in which much breaks, lived through by a clock of its own."""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from playout import takedown
from playout.air import Air
from playout.control import Control
from playout.disk import AirFolder
from station import airlog, asrun, grid, takedowns
from station.airtime import Week
from station.db import connect
from station.grid import Place
from station.settings import load, write_new
from tests.playout.virtual import Heard, VirtualEngine

SEED = 6
SLOT_SECONDS = 900
CHANNELS = 3
BEFORE = timedelta(hours=3)
# How many of each there are in the week.
KILLS, HANGS, LATE_PLANS, TAKEN, LOST = 60, 30, 3, 8, 20
LONGEST_AWAY = 6 * 3600


@dataclass
class World:
    """A station, its playout host, and what is away at the moment."""

    home: Path
    week: Week
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))
    away: set[str] = field(default_factory=set)
    control: Control | None = None
    places: list[Place] = field(default_factory=list)
    engines: list[VirtualEngine] = field(default_factory=list)
    playable: set[str] = field(default_factory=set)
    troubled: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self):
        write_new(self.home, f'[station]\nslot_seconds = {SLOT_SECONDS}\nzone = "UTC"\n')
        self.settings = load(self.home, environment={})
        self.folder = AirFolder(self.settings.air_folder, CHANNELS, SLOT_SECONDS)
        self.folder.make()
        self.first = self.week.first_slot(self.settings.slots)
        self.starts = self.week.starts(self.settings.slots)
        self.engines = [VirtualEngine(self.folder, n, self.dice) for n in range(CHANNELS)]

    @property
    def file(self):
        return self.home / "station.db"

    def tell(self, write):
        """Write to the station's tables, as somebody else than playout does."""
        database = connect(self.settings.database_url)
        with database.writing() as session:
            write(session)
        database.close()

    def publish(self, now):
        """Publish the places as they are now."""
        at = datetime.fromtimestamp(now, UTC)

        def write(session):
            drafted = grid.draft(session, self.week, self.places, [], {}, at)
            grid.put_on_air(session, drafted, "0", at)

        self.tell(write)

    def go_on(self, now):
        """Let everybody who is there do what there is to do at an instant."""
        attended = not self.away & {"control", "host"}
        for engine in self.engines:
            if "host" not in self.away:
                engine.live_on(now, attended=attended)
        if attended:
            air = cast("Air", SimpleNamespace(channels=self.engines))
            self.control = self.control or Control(self.settings, self.folder, air)
            self.control.round(datetime.fromtimestamp(now, UTC))
        elif self.control is not None:
            self.control.close()
            self.control = None

    def lose_database(self):
        if self.control is not None:
            self.control.close()
        self.file.rename(self.file.with_suffix(".away"))
        self.away.add("database")

    def find_database(self):
        if self.control is not None:
            self.control.close()
        for made_meanwhile in self.home.glob("station.db*"):
            made_meanwhile.unlink()
        self.file.with_suffix(".away").rename(self.file)
        self.away.remove("database")

    def lose_host(self, now):
        self.away.add("host")
        for engine in self.engines:
            engine.die(now)

    def take_down(self, now):
        """Take off air what one of the channels carries, in the tables or else on the host."""
        place = self.dice.randrange(CHANNELS), int(now // SLOT_SECONDS)
        if "database" in self.away:
            takedown.mark(self.folder, place, takedown.Marker("it said too much", int(now * 1000)))
        else:
            at = datetime.fromtimestamp(now, UTC)
            self.tell(lambda session: takedowns.order(session, *place, "it said too much", at))

    def lose_master(self, now):
        """A master of the next hours goes from playout's disk, or ends in its middle there."""
        slot = int(now // SLOT_SECONDS) + self.dice.randrange(2, 40)
        link = self.folder.channel(self.dice.randrange(CHANNELS)) / f"{slot}.flac"
        if link.exists() and self.dice.random() < 0.5:
            link.resolve().unlink()
        elif link.exists():
            self.playable.discard(link.resolve().stem)
            link.resolve().write_bytes(b"fLaC")

    def change_plan(self, now):
        """Let two hundred pieces that are still to come change places."""
        soon = int(now // SLOT_SECONDS) - self.first + 3
        coming = [n for n, place in enumerate(self.places) if place.start >= soon]
        chosen = self.dice.sample(coming, min(200, len(coming)) // 2 * 2)
        for one, other in zip(chosen[::2], chosen[1::2], strict=True):
            a, b = self.places[one], self.places[other]
            self.places[one] = replace(a, channel=b.channel, start=b.start)
            self.places[other] = replace(b, channel=a.channel, start=a.start)
        self.publish(now)

    def troubles(self):
        """Everything that happens, as (Unix time, what to do then)."""
        dice, begins = self.dice, self.first * SLOT_SECONDS
        length = self.starts * SLOT_SECONDS
        moments = iter(lambda: begins + dice.uniform(60, length - LONGEST_AWAY), None)
        happens = []
        for count, do in ((TAKEN, self.take_down), (LOST, self.lose_master)):
            happens += [(next(moments), do) for _ in range(count)]
        for count, verb in ((KILLS, "die"), (HANGS, "stop")):
            engines = dice.choices(self.engines, k=count)
            happens += [(next(moments), getattr(engine, verb)) for engine in engines]
        # A day each, so that no two of a kind overlap.
        for day, what in enumerate(("control", "database", "host", "control", "database", "host")):
            at = begins + day * 86_400 + dice.uniform(0, 40_000)
            lasts = dice.uniform(60, LONGEST_AWAY)
            happens += [(at, partial(self._lose, what)), (at + lasts, partial(self._find, what))]
            self.troubled += [(at, at + lasts)] if what != "database" else []
        happens += [(begins + day * 86_400 + 80_000, self.change_plan) for day in range(LATE_PLANS)]
        self.troubled += [(at, at) for at, _ in happens]
        return sorted(happens, key=lambda each: each[0])

    def _lose(self, what, now):
        if what == "database":
            self.lose_database()
        elif what == "host":
            self.lose_host(now)
        else:
            self.away.add(what)

    def _find(self, what, now):
        if what == "database":
            self.find_database()
        else:
            self.away.remove(what)


@dataclass
class Told:
    """What is known of the week when it is over."""

    world: World
    lines: dict[tuple[int, int], airlog.AirLine]
    outcomes: dict[tuple[int, int], asrun.Outcome]
    heard: dict[tuple[int, int], list[Heard]]
    took_seconds: float


def live_through(world, before):
    happens = world.troubles()
    boundaries = [(world.first + n) * SLOT_SECONDS for n in range(world.starts + 1)]
    instants = {before + n for n in range(60)}
    instants |= {at + later for at in boundaries for later in (0, 3)}
    instants |= {at + later for at, _ in happens for later in (*range(14), 60)}
    for now in sorted(instants):
        while happens and happens[0][0] <= now:
            _, do = happens.pop(0)
            do(now)
        world.go_on(now)
    world.control.close()


def tell(world, took_seconds):
    database = connect(world.settings.database_url)
    with database.reading() as session:
        lines = airlog.lines_of_week(session, str(world.week))
        outcomes = asrun.outcomes_of(session, str(world.week))
    database.close()
    heard = defaultdict(list)
    for engine in world.engines:
        for one in engine.truth:
            heard[engine.channel, one.slot].append(one)
    return Told(
        world,
        {(line.channel, line.slot_number): line for line in lines},
        {(one.channel, one.slot_number): one for one in outcomes},
        heard,
        took_seconds,
    )
