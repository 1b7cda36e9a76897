"""What a start is worth may be said hour by hour, in `value.csv` in the station's folder.

Its columns are channel (a channel's name; empty: all), weekday (1 is Monday), hour (local, 0 to
23) and worth (points). Whatever it leaves out is worth what its daypart says.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from station.airtime import HOUR_SECONDS, Week
from station.errors import WrongInput
from station.settings import Settings

FILE: Final = "value.csv"
COLUMNS: Final = ("channel", "weekday", "hour", "worth")
MOST_WORTH: Final = 1000
DAYS, HOURS = 7, 24

# By channel (from 0), ISO weekday and local hour.
Worths = Mapping[tuple[int, int, int], int]


def worth_file(settings: Settings) -> Path:
    """Where it is, when there is one."""
    return settings.home / FILE


def read(settings: Settings) -> Worths:
    """What the station's file says; nothing when there is none.

    Raises WrongInput `value-wrong`, which names the line, or `file-unreadable`.
    """
    file = worth_file(settings)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise WrongInput("file-unreadable", file=file, problem=problem) from None
    return dict(_read(settings, file, text))


def by_daypart(settings: Settings, week: Week) -> tuple[float, ...]:
    """What a start in each clock hour is worth: the dearest daypart that the hour begins in."""
    bands = [
        (span, section.value)
        for name, section in settings.dayparts.items()
        for span in settings.daypart(name).spans(week)
    ]
    return tuple(
        float(max((value for span, value in bands if at in span), default=0))
        for at in _clock_hours(week)
    )


def by_channel(settings: Settings, week: Week, worths: Worths) -> tuple[tuple[float, ...], ...]:
    """What a start is worth in each clock hour, channel by channel: the file's word comes first."""
    begins = [at.astimezone(settings.zone) for at in _clock_hours(week)]
    dayparts = by_daypart(settings, week)
    return tuple(
        tuple(
            float(worths.get((channel, at.isoweekday(), at.hour), worth))
            for at, worth in zip(begins, dayparts, strict=True)
        )
        for channel in range(settings.channels)
    )


def text_of(settings: Settings, worths: Worths) -> str:
    """The file that says so much."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (channel, weekday, hour), worth in sorted(worths.items()):
        writer.writerow((settings.channel_name(channel), weekday, hour, worth))
    return text.getvalue()


def _clock_hours(week: Week) -> list[datetime]:
    """When each clock hour of a week begins; the last may be a part."""
    hours = -(-int(week.span.seconds) // HOUR_SECONDS)
    return [week.span.start + timedelta(hours=hour) for hour in range(hours)]


def _read(settings: Settings, file: Path, text: str) -> Iterator[tuple[tuple[int, int, int], int]]:
    table = csv.reader(io.StringIO(text))
    if tuple(cell.strip().lower() for cell in next(table, [])) != COLUMNS:
        problem = f"the columns are not {', '.join(COLUMNS)}"
        raise WrongInput("value-wrong", file=file, line=1, problem=problem)
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            name, weekday, hour, worth = (cell.strip() for cell in cells)
            when = _number(weekday, 1, DAYS), _number(hour, 0, HOURS - 1)
            points = _number(worth, 0, MOST_WORTH)
            channels = _channels(settings, name)
        except ValueError as problem:
            line = table.line_num
            raise WrongInput("value-wrong", file=file, line=line, problem=problem) from None
        yield from (((channel, *when), points) for channel in channels)


def _channels(settings: Settings, name: str) -> range | list[int]:
    if not name:
        return range(settings.channels)
    if name not in settings.station.channels:
        raise ValueError(f"“{name}” is no channel")
    return [settings.station.channels.index(name)]


def _number(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ValueError(f"“{text}” is not a number from {least} to {most}")
    return int(text)
