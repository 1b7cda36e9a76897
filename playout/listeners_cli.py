"""The command that learns what a start is worth from who listened."""

from calendar import day_name
from datetime import UTC, datetime
from pathlib import Path

import click

from playout.icecast import log_file
from playout.listeners import SHORTEST_SECONDS, learned, listened, visits
from playout.logs import old_file
from playout.mounts import channel_paths
from station import worth
from station.airtime import Week
from station.command import Answer, answers
from station.errors import Refusal, WrongInput
from station.settings import load


@click.group()
def listeners() -> None:
    """Listeners: learn from them what a start is worth."""


@listeners.command("learn")
@click.argument("logs", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@answers
def learn(logs: tuple[Path, ...]) -> Answer:
    """Write value.csv from Icecast's access LOGS, by default the station's own.

    Builds use it from then on. Without the file, dayparts say what a start is worth.
    """
    settings = load()
    lines = [line for log in logs or _own(log_file(settings)) for line in _lines(log)]
    found = list(visits(lines, channel_paths(settings)))
    if not found:
        raise Refusal("listeners-none", least=SHORTEST_SECONDS)
    table = worth.by_daypart(settings, Week.of(datetime.now(UTC), settings.zone))
    average = listened(found, settings.zone)
    worths = learned(average, sum(table) / len(table), settings.channels)
    file = worth.worth_file(settings)
    try:
        file.write_text(worth.text_of(settings, worths), encoding="utf-8")
    except OSError as problem:
        raise Refusal("file-unwritable", file=file, problem=problem.strerror) from None
    best = max(worths, key=lambda hour: worths[hour])
    most = {"channel": best[0], "weekday": best[1], "hour": best[2], "worth": worths[best]}
    where = f"{settings.channel_name(best[0])}, {day_name[best[1] - 1]} {best[2]:02}:00"
    return Answer(
        {"visits": len(found), "file": str(file), "dearest": most},
        [f"{len(found)} visits; the dearest hour is {where}.", f"Written: {file}"],
        "mweya week build WEEK",
    )


def _own(log: Path) -> tuple[Path, ...]:
    before = old_file(log)
    return (before, log) if before.exists() else (log,)


def _lines(log: Path) -> list[str]:
    try:
        return log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        raise WrongInput("file-missing", file=log) from None
    except OSError as problem:
        raise WrongInput("file-unreadable", file=log, problem=problem.strerror) from None
