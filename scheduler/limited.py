"""Which of its limits is against a piece at a place: the first of them is named.

The checker sees only where a piece is allowed; what allows it is asked here once more, for the few
that are told to people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduler.allowed import channels_of
from scheduler.clock import Clock, first_open
from scheduler.problem import Place
from station import bans, blackouts, pins
from station.airtime import Span, Week
from station.settings import Settings


class Limit(StrEnum):
    """What may be against a place."""

    SOON = "limits-soon"
    LANGUAGE = "limits-language"
    ADULT = "limits-adult"
    BAN = "limits-ban"
    RULED_OUT = "limits-ruled-out"
    WORTH = "limits-worth"


@dataclass(frozen=True, slots=True)
class Asked:
    """A week of a station as somebody asks about it, at an instant."""

    session: Session
    settings: Settings
    week: Week
    now: datetime


def limit_of(asked: Asked, request_id: int, place: Place) -> Limit:
    """The first limit of a piece that is against its first slot at a place.

    What none of the others forbids is worth too little for a makegood. Raises Refusal
    `piece-unknown`.
    """
    session, settings, week = asked.session, asked.settings, asked.week
    piece = pins.piece_of(session, week, request_id)
    clock = Clock(week, settings, first_open(settings, week, asked.now, None))
    if place.start < clock.first_open:
        return Limit.SOON
    channels = channels_of(settings, piece[0])
    if None not in channels and place.channel not in channels:
        return Limit.LANGUAGE
    slots = range(place.start, place.start + len(piece))
    if piece[0].adult and not _within(clock, settings.adult_hours.spans(week), slots):
        return Limit.ADULT
    for ban in bans.of(session, piece):
        if (
            ban.channel in {None, place.channel}
            and ban.start < slots.stop
            and slots.start < ban.end
        ):
            return Limit.BAN
    out = blackouts.in_week(session, settings, week, [piece[0].account_id])
    mine = blackouts.open_spans(week, out.get(piece[0].account_id, ()))
    return Limit.WORTH if _within(clock, mine, slots) else Limit.RULED_OUT


def _within(clock: Clock, spans: Iterable[Span], slots: range) -> bool:
    """Whether every slot lies wholly inside one of some spans."""
    windows = clock.within(spans)
    return all(any(start <= slot < end for start, end in windows) for slot in slots)
