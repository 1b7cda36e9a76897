"""The command that plays a year of a station, without a database."""

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from station.airtime import Week
from station.command import Answer, answers, progress
from station.errors import Refusal
from station.sections import SettingsFile, SolverSection, StationSection
from station.settings import Secrets, Settings

if TYPE_CHECKING:
    from scheduler.sim.year import PlayedWeek

# A year that has 52 ISO weeks, and in Johannesburg no change of clocks.
FIRST_WEEK = "2027-W01"
# In each quarter one week is built both ways, to see what fairness costs.
COMPARE_EVERY = 13
HUNDRED = 100


@click.command()
@click.option("--weeks", type=click.IntRange(1, 520), default=52, show_default=True)
@click.option("--members", type=click.IntRange(1, 100_000), default=6000, show_default=True)
@click.option("--channels", type=click.IntRange(1, 100), default=3, show_default=True)
@click.option("--seed", type=click.IntRange(0, 1_000_000), default=1, show_default=True)
@click.option(
    "--wishes",
    type=click.IntRange(0, HUNDRED),
    default=0,
    show_default=True,
    help="How many percent of the members wish for a daypart, each for the same all year.",
)
@click.option(
    "--wish-points",
    type=click.IntRange(0, 100_000),
    default=SolverSection().wish_points,
    show_default=True,
    help="What a wish is worth when it is met.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0),
    default=10,
    show_default=True,
    help="Seconds to better a week's first grid, when it is over 0.1 % below what is proven.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("sim"),
    show_default=True,
    help="The folder for the table and the picture.",
)
@answers
def sim(
    weeks: int,
    members: int,
    channels: int,
    seed: int,
    wishes: int,
    wish_points: int,
    time_limit: float,
    out: Path,
) -> Answer:
    """Play a year of a station: what everybody got, and whether it was fair.

    Members give, sell, keep silent and miss deadlines; each week is built and checked as a
    station's is, and what everybody is owed is carried on. Ctrl-C tells of the weeks that were
    played by then. Exits 1 when a goal is missed: after a whole year with no wishes, everybody's
    airtime worth within 2 % of the mean; always, nobody sent to the night more than two weeks in
    a row.
    """
    import numpy as np

    from scheduler.sim import people, plot, report, tell
    from scheduler.sim.year import Pace, play

    began = time.monotonic()
    table, picture = out / "members.csv", out / "fairness.svg"
    # A year takes minutes: that it can't be written is said first.
    for file in (table, picture):
        _write(file, "", "a")
    settings = _settings(channels, wish_points)
    everybody = people.members(members, wishes / HUNDRED, np.random.default_rng(seed))
    first = Week.parse(FIRST_WEEK, settings.zone)
    pace = Pace(time_limit, seed, min(COMPARE_EVERY, weeks))
    played = play(settings, everybody, [first.plus(n) for n in range(weeks)], pace, _teller(weeks))
    if not played:
        raise Refusal("sim-unplayed")
    lines = report.lines(everybody, played)
    found = report.summary(lines, played)
    title = f"Weeks: {len(played)}, members: {members}, channels: {channels}, wishing: {wishes} %"
    ahead = report.ahead(everybody, played)
    _write(table, report.table(lines))
    _write(picture, plot.picture(ahead, found.mean_worth or 1.0, title))
    missed = not found.spares_nights or (wishes == 0 and found.is_level is False)
    facts: dict[str, object] = {
        "seed": seed,
        "channels": channels,
        "wishes_percent": wishes,
        "weeks_asked": weeks,
    }
    facts |= tell.facts(found)
    facts |= {"seconds": round(time.monotonic() - began, 1), "files": [str(table), str(picture)]}
    written = f"Everybody's year is in {table}, and its picture in {picture}."
    return Answer(facts, [*tell.sentences(found, weeks), written], None, missed)


def _settings(channels: int, wish_points: int) -> Settings:
    """A station that differs from a new one in its channels and in what a wish is worth."""
    file = SettingsFile(
        station=StationSection(channels=tuple(f"{n + 1}" for n in range(channels))),
        solver=SolverSection(wish_points=wish_points),
    )
    return Settings(**msgspec.structs.asdict(file), home=Path(), secrets=Secrets.fresh())


def _teller(weeks: int) -> "Callable[[PlayedWeek], None]":
    numbers = count(1)

    def tell(week: "PlayedWeek") -> None:
        sums = f"{len(week.aired)} on air, {len(week.bumped)} bumped"
        progress(f"{next(numbers)} of {weeks} weeks: {sums}.")

    return tell


def _write(file: Path, text: str, mode: str = "w") -> None:
    """Write a file. Raises Refusal `file-unwritable`."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open(mode, encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise Refusal("file-unwritable", file=file, problem=error.strerror) from None
