"""The command that plays a year of a station, without a database."""

import time
from collections.abc import Callable
from dataclasses import asdict
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
    from scheduler.sim.report import Summary
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
    type=click.FloatRange(0, HUNDRED),
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
    default=0,
    show_default=True,
    help="Seconds to better each week's first grid.",
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
    wishes: float,
    wish_points: int,
    time_limit: float,
    out: Path,
) -> Answer:
    """Play a year of a station: what everybody got, and whether it was fair.

    Members give, sell, keep silent and miss deadlines; each week is built and checked as a
    station's is, and what everybody is owed is carried on. Exits 1 when a goal is missed: after
    a whole year with no wishes, everybody's airtime worth within 2 % of the mean; always, nobody
    sent to the night more than two weeks in a row.
    """
    import numpy as np

    from scheduler.sim import people, plot, report
    from scheduler.sim.year import Pace, play

    began = time.monotonic()
    settings = _settings(channels, wish_points)
    everybody = people.members(members, wishes / HUNDRED, np.random.default_rng(seed))
    first = Week.parse(FIRST_WEEK, settings.zone)
    pace = Pace(time_limit, seed, COMPARE_EVERY)
    played = play(settings, everybody, [first.plus(n) for n in range(weeks)], pace, _teller(weeks))
    lines = report.lines(everybody, played)
    found = report.summary(lines, played)
    title = f"{members} members on {channels} channels, {wishes:g} % with wishes"
    ahead = report.ahead(everybody, played)
    files = {
        out / "members.csv": report.table(lines),
        out / "fairness.svg": plot.picture(ahead, found.mean_worth or 1.0, title),
    }
    _write(files)
    missed = (wishes == 0 and found.is_level is False) or not found.spares_nights
    facts = {"seed": seed, "channels": channels, "wishes_percent": wishes, **asdict(found)}
    facts |= {"is_level": found.is_level, "spares_nights": found.spares_nights}
    facts |= {"seconds": round(time.monotonic() - began, 1), "files": [str(file) for file in files]}
    return Answer(facts, [*_told(found), *(f"Written: {file}" for file in files)], None, missed)


def _settings(channels: int, wish_points: int) -> Settings:
    """A station that differs from a new one in its channels and in what a wish is worth."""
    file = SettingsFile(
        station=StationSection(channels=tuple(f"{n + 1}" for n in range(channels))),
        solver=SolverSection(wish_points=wish_points),
    )
    return Settings(**msgspec.structs.asdict(file), home=Path(), secrets=Secrets.fresh())


def _teller(weeks: int) -> "Callable[[PlayedWeek], None]":
    def tell(week: "PlayedWeek") -> None:
        progress(
            f"{week.week} of {weeks} weeks: {len(week.aired)} on air, {len(week.bumped)} bumped"
        )

    return tell


def _told(found: "Summary") -> list[str]:
    """The year in sentences."""
    on_air = f"{found.weeks} weeks: {found.on_air} pieces on air, {found.bumped} bumped."
    worst = f"Nobody ended further than {found.worst_percent} % of the whole worth from the mean"
    most = f"{found.five_percent_are_below:+} and {found.five_percent_are_above:+} %"
    lines = [
        f"{on_air} A start was worth {found.mean_worth:.2f} points on average.",
        f"{worst}; 9 of 10 are between {most}.",
        f"Nobody had more than {found.longest_night_run} night weeks in a row unasked.",
    ]
    if found.wishes:
        lines.append(f"{found.wishes_met} of {found.wishes} wishes were met.")
        lines.append(
            f"Those with wishes ended {found.worth_with_wishes_percent:+} % from the mean on "
            f"average, those without {found.worth_without_wishes_percent:+} %."
        )
    if found.fairness_cost_percent is not None:
        lines.append(f"Fairness cost {found.fairness_cost_percent} % of the wishes.")
    return lines


def _write(files: dict[Path, str]) -> None:
    for file, text in files.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise Refusal("file-unwritable", file=file, problem=error.strerror) from None
