"""What is on air now, what is next and what is later, by the air log and by what is heard."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from playout import heard
from playout.heard import LIVE, Heard, heading
from station import audience, rights
from station.airlog import AirLine, LineKind, shown_between
from station.airtime import Slots
from station.languages import gettext as _
from station.settings import Settings

# How far the page looks ahead, and how much of it is shown.
SLOTS_AHEAD = 36
SHOWN_LATER = 3
SETTLING_SECONDS = 3
LONGEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing on air, which may last several slots; `channel` counts from 0.

    A reserved block is `live` while its presenter is heard.
    """

    channel: int
    start: datetime
    end: datetime
    kind: LineKind
    title: str
    speaker: str
    request_id: int | None
    live: bool = False

    @property
    def seconds(self) -> int:
        """How long it lasts."""
        return round((self.end - self.start).total_seconds())

    @property
    def heading(self) -> str:
        """What it is, in words: its title, or the silence and its cause."""
        return heading(self.kind, self.title, self.seconds) or _("The station's own sound")

    @property
    def by(self) -> str:
        """Whose it is, in words; empty for the station's own."""
        member = self.kind in (LineKind.SEGMENT, LineKind.SILENCE)
        if not self.speaker or not (member or self.live):
            return ""
        if self.kind is LineKind.SILENCE:
            return _("dedicated by %(name)s", name=self.speaker)
        return self.speaker


@dataclass(frozen=True, slots=True)
class OnAir:
    """One channel: what is on now (None when nothing is planned), and what follows.

    `listeners` is how many players were tuned in when they were counted last, if they were.
    """

    channel: int
    now: Piece | None
    next: Piece | None
    later: tuple[Piece, ...]
    listeners: int | None = None

    @property
    def tuned_in(self) -> str:
        """How many listen, in a sentence; empty where nobody counted."""
        return "" if self.listeners is None else audience.now_sentence(self.listeners)


def on_air(session: Session, settings: Settings, now: datetime) -> list[OnAir]:
    """Every channel's programme from this moment on, and now what is really heard."""
    slots, first = settings.slots, settings.slots.number(now)
    lines, runs = planned(session, first, first + SLOTS_AHEAD)
    told, listeners = heard.read(settings, now), audience.lately(session, first)
    found = (
        as_heard(channel_from(channel, lines, slots, now, runs), told.get(channel), slots, now)
        for channel in range(settings.channels)
    )
    return [replace(one, listeners=listeners.get(one.channel)) for one in found]


def planned(session: Session, first: int, last: int) -> tuple[list[AirLine], dict[int, str]]:
    """The lines of slots `first` to `last`, half-open, that anybody may see, and their runs."""
    lines = shown_between(session, first, last)
    asked = [line.request_id for line in lines if line.request_id is not None]
    return lines, rights.runs_among(session, asked)


def as_heard(planned: OnAir, told: Heard | None, slots: Slots, now: datetime) -> OnAir:
    """What is really heard in place of what is planned, when playout says so of this slot."""
    number = slots.number(now)
    if told is None or told.slot_number != number:
        return planned
    if told.event == LIVE and planned.now is not None:
        return replace(planned, now=replace(planned.now, speaker=told.speaker, live=True))
    if not told.instead:
        return planned
    span = slots.span(number)
    own = Piece(planned.channel, span.start, span.end, LineKind.FILL, "", "", None)
    return replace(planned, now=own)


def channel_from(
    channel: int,
    lines: Iterable[AirLine],
    slots: Slots,
    now: datetime,
    runs: Mapping[int, str] = MappingProxyType({}),
) -> OnAir:
    """One channel's programme: people come before the station's own sound in what is later."""
    pieces = list(joined((line for line in lines if line.channel == channel), slots, runs))
    current = pieces[0] if pieces and pieces[0].start <= now else None
    coming = pieces[1:] if current else pieces
    later = [piece for piece in coming[1:] if piece.by][:SHOWN_LATER]
    return OnAir(channel, current, coming[0] if coming else None, tuple(later))


def joined(
    lines: Iterable[AirLine], slots: Slots, runs: Mapping[int, str] = MappingProxyType({})
) -> Iterator[Piece]:
    """One channel's lines in order as pieces: neighbours that belong together are one.

    `runs` has the run of each request that is in one.
    """
    piece: Piece | None = None
    for line in lines:
        span = slots.span(line.slot_number)
        if piece is not None and piece.end == span.start and _continues(piece, line, runs):
            piece = replace(piece, end=span.end)
            continue
        if piece is not None:
            yield piece
        piece = Piece(
            channel=line.channel,
            start=span.start,
            end=span.end,
            kind=LineKind(line.kind),
            title=line.title,
            speaker=line.speaker,
            request_id=line.request_id,
        )
    if piece is not None:
        yield piece


def seconds_to_change(channels: Sequence[OnAir], now: datetime, slots: Slots) -> int:
    """How long what is shown stays true: until the first piece ends, or the slot does.

    Sooner at first, as engines may still say what they sent before; and after a minute anyway,
    since a piece may be taken down.
    """
    span = slots.span(slots.number(now))
    if (now - span.start).total_seconds() < SETTLING_SECONDS:
        return SETTLING_SECONDS
    ends = [channel.now.end for channel in channels if channel.now]
    seconds = (min([*ends, span.end]) - now).total_seconds()
    return max(1, min(round(seconds) + 1, LONGEST_SECONDS))


def _continues(piece: Piece, line: AirLine, runs: Mapping[int, str]) -> bool:
    run = runs.get(piece.request_id or 0)
    if run is not None and run == runs.get(line.request_id or 0):
        return True
    same_kind = piece.kind == line.kind and piece.title == line.title
    return same_kind and piece.request_id == line.request_id
