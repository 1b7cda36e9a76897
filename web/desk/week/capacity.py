"""What is wished for stands against the starts that there are, by channel and daypart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler.allowed import channels_of
from station.airtime import Span, Week
from station.grid import reserved_blocks
from station.rights import Request, RequestState
from station.settings import Settings
from station.wishes import Wish

HUNDRED, FULL_PERCENT = 100, 95
WHOLE_WEEK = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """How many starts a channel has in a daypart, less reserved ones, and how many are wanted.

    Who may be on several channels, or wishes for several dayparts, counts for a part in each.
    """

    starts: int
    wanted: float

    @property
    def percent(self) -> int | None:
        """How much of the starts is wanted; None where there is none."""
        return round(HUNDRED * self.wanted / self.starts) if self.starts else None

    @property
    def full(self) -> bool:
        """Whether next to nothing is left."""
        return self.wanted * HUNDRED >= FULL_PERCENT * self.starts and self.wanted > 0


@dataclass(frozen=True, slots=True)
class Band:
    """A daypart, or with no name the whole week; its demand on each channel."""

    daypart: str
    channels: tuple[Demand, ...]


def capacity(session: Session, settings: Settings, week: Week) -> list[Band]:
    """The whole week first, then every daypart, in the order of the settings."""
    spans = {name: settings.daypart(name).spans(week) for name in settings.dayparts}
    wanted = _wanted(session, settings, week, spans)
    blocks = [
        (block.channel, block.start, block.start + block.length)
        for block in reserved_blocks(session, week)
    ]
    return [
        Band(
            name,
            tuple(
                Demand(
                    _starts(
                        settings,
                        week,
                        stretches,
                        [(start, end) for at, start, end in blocks if at == channel],
                    ),
                    wanted[name, channel],
                )
                for channel in range(settings.channels)
            ),
        )
        for name, stretches in {WHOLE_WEEK: [week.span], **spans}.items()
    ]


def _starts(
    settings: Settings, week: Week, spans: Iterable[Span], reserved: Sequence[tuple[int, int]]
) -> int:
    """How many starts lie in some stretches of a week, and in no block of a channel."""
    free = 0
    for span in spans:
        first, last = (week.start_at(at, settings.slots) for at in (span.start, span.end))
        kept = sum(max(0, min(end, last) - max(start, first)) for start, end in reserved)
        free += last - first - kept
    return free


def _wanted(
    session: Session, settings: Settings, week: Week, spans: dict[str, list[Span]]
) -> dict[tuple[str, int], float]:
    """How many starts are wanted, by daypart and channel; alike requests are one row."""
    alike = (Request.wishes, Request.language, Request.kind)
    query = (
        sa.select(*alike, sa.func.count())
        .where(Request.week == str(week), Request.state == RequestState.OPEN)
        .group_by(*alike)
    )
    wanted: dict[tuple[str, int], float] = defaultdict(float)
    for wishes, language, kind, count in session.execute(query):
        limited = channels_of(settings, Request(language=language, kind=kind))
        channels = [one for one in limited if one is not None] or list(range(settings.channels))
        names = _dayparts(settings, week, spans, wishes)
        for channel in channels:
            wanted[WHOLE_WEEK, channel] += count / len(channels)
            for name in names:
                wanted[name, channel] += count / len(channels) / len(names)
    return wanted


def _dayparts(
    settings: Settings, week: Week, spans: dict[str, list[Span]], wishes: Sequence[dict[str, Any]]
) -> list[str]:
    """The dayparts that wishes lie in; a moment's is the first that it begins in."""
    names = []
    for wish in (msgspec.convert(one, Wish) for one in wishes):
        if wish.daypart is not None:
            names.append(wish.daypart)
            continue
        at = wish.spans(week, settings)[0].start
        names += [name for name, where in spans.items() if any(at in span for span in where)][:1]
    return names
