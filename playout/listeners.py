"""What an hour is worth is learned from how many listened in it, as Icecast's log tells.

Each line of the log is one listener who has left, and how long they had been there.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playout.mounts import WATCH_AGENT
from station.airtime import HOUR_SECONDS
from station.worth import DAYS, HOURS, MOST_WORTH

# Whoever left sooner only tried; so do our own checks whether a mount sounds.
SHORTEST_SECONDS = 30
# As if one more had listened all week: an hour that nobody heard yet is worth little, not nothing.
ONE_MORE = 1.0
AN_HOUR = timedelta(seconds=HOUR_SECONDS)

_LINE = re.compile(
    r'\[(?P<left>[^\]]+)\] "GET (?P<path>\S+)[^"]*" 200 \d+ '
    r'"[^"]*" "(?P<agent>[^"]*)" (?P<seconds>\d+)\s*$'
)

Hour = tuple[int, int]  # ISO weekday and local hour


@dataclass(frozen=True, slots=True)
class Visit:
    """One listener of a channel, from when until when."""

    channel: int
    came: datetime
    left: datetime


def visits(lines: Iterable[str], mounts: Mapping[str, int]) -> Iterator[Visit]:
    """The visits in a log to mounts, whose channels are given by their paths.

    Lines that tell of none are passed over.
    """
    for line in lines:
        found = _LINE.search(line)
        channel = mounts.get(found["path"].partition("?")[0]) if found else None
        if found is None or channel is None or found["agent"] == WATCH_AGENT:
            continue
        if int(found["seconds"]) < SHORTEST_SECONDS:
            continue
        left = _instant(found["left"])
        if left is not None:
            yield Visit(channel, left - timedelta(seconds=int(found["seconds"])), left)


def listened(found: Iterable[Visit], zone: ZoneInfo) -> dict[tuple[int, int, int], float]:
    """How many listened on average, by channel, weekday and local hour.

    An hour counts as often as the log covers it, whether anybody was there or not.
    """
    everybody = list(found)
    if not everybody:
        return {}
    seconds: dict[tuple[int, int, int], float] = defaultdict(float)
    for one in everybody:
        for begins, spent in _hours(one.came, one.left):
            seconds[(one.channel, *_named(begins, zone))] += spent
    first, last = min(one.came for one in everybody), max(one.left for one in everybody)
    covered: dict[Hour, float] = defaultdict(float)
    for begins, spent in _hours(first, last):
        covered[_named(begins, zone)] += spent
    channels = 1 + max(one.channel for one in everybody)
    return {
        (channel, *hour): seconds[(channel, *hour)] / covered[hour]
        for channel in range(channels)
        for hour in sorted(covered)
    }


def learned(
    average: Mapping[tuple[int, int, int], float], mean_worth: float, channels: int
) -> dict[tuple[int, int, int], int]:
    """What each hour is worth: in proportion to its listeners, with the mean that is given.

    The mean stays, so that a wish weighs as much against worth as before.
    """
    hours = [
        (channel, day, hour)
        for channel in range(channels)
        for day in range(1, DAYS + 1)
        for hour in range(HOURS)
    ]
    heard = {hour: average.get(hour, 0.0) + ONE_MORE for hour in hours}
    unit = mean_worth * len(hours) / sum(heard.values())
    return {hour: min(MOST_WORTH, max(1, round(unit * heard[hour]))) for hour in hours}


def _hours(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """The clock hours of a stretch of time, and how many seconds of each it holds."""
    begins = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while begins < end:
        spent = min(end, begins + AN_HOUR) - max(start, begins)
        yield begins, spent.total_seconds()
        begins += AN_HOUR


def _named(begins: datetime, zone: ZoneInfo) -> Hour:
    local = begins.astimezone(zone)
    return local.isoweekday(), local.hour


def _instant(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z")
    except ValueError:
        return None
