"""The member's page answers first: when you are on air, and what to do by when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from station import lengths
from station.settings import Settings
from web import words
from web.member.cards import Card, Stage

LATER = "You will have your time once the week is planned."


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the sentence to read, what to know about it, and whether to act."""

    sentence: str
    detail: str
    act: bool = False


def answers(cards: Sequence[Card], settings: Settings, now: datetime) -> list[Answer]:
    """What a member wants to know now: the next time on air, what is to do, then the rest.

    Says something about each week up to the first that is still open, and nothing about later
    ones: they can wait. What is true of several rights is said once.
    """
    coming = [card for card in cards if now < card.week.span.end]
    first_open = min((card.week.monday for card in coming if card.open), default=None)
    near = [card for card in coming if first_open is None or card.week.monday <= first_open]
    by_time = sorted(near, key=lambda card: card.air.start if card.air else card.week.span.end)
    aired = [found for card in by_time for found in _on_air(card, settings, now)]
    asked = [found for card in near for found in _asked(card, _slots(card, cards), settings, now)]
    to_do, done = ([one for one in asked if one.act is act] for act in (True, False))
    found = [*aired[:1], *to_do, *aired[1:], *done]
    return list(dict.fromkeys(found)) or [_nothing(settings)]


def _on_air(card: Card, settings: Settings, now: datetime) -> Iterator[Answer]:
    if card.air is None or card.line.channel is None or now >= card.air.end:
        return
    channel = f"channel {settings.channel_name(card.line.channel)}"
    if card.stage is Stage.ON_AIR:
        ends = words.clock(card.air.end, settings.zone)
        yield Answer(f"You are on air now, {channel}.", f"{card.line.title}. Until {ends}.")
        return
    at = words.moment(card.air.start, settings.zone, now)
    kind = f"Silence for {card.line.title}" if card.silent else card.line.title
    starts = words.until(card.air.start, now)
    yield Answer(f"You are on air {at}, {channel}.", f"{kind}. It begins {starts}.")


def _slots(card: Card, cards: Sequence[Card]) -> int:
    """How many slots air as one piece with a card's own."""
    run = card.request.run if card.request else None
    return sum(one.request is not None and one.request.run == run for one in cards) if run else 1


def _asked(card: Card, slots: int, settings: Settings, now: datetime) -> Iterator[Answer]:
    length = lengths.length(settings.station.slot_seconds * slots)
    closes = words.moment(card.closes, settings.zone, now)
    by = f"before {closes} ({words.until(card.closes, now)})"
    week = words.week_name(card.week, now)
    change = f"You can change it until {closes}." if card.open else LATER
    match card.stage:
        case Stage.EMPTY if card.open:
            yield Answer(f"Send your {length} {by}.", f"They are for {week}.", act=True)
        case Stage.REJECTED if card.open:
            said = f"Your recording for {week} can't air."
            yield Answer(said, f"Send another {by}.", act=True)
        case Stage.REJECTED:
            yield Answer(f"Your recording for {week} can't air.", "The week is closed.")
        case Stage.CHECKING:
            yield Answer("We are checking your recording.", "What we find is written below.")
        case Stage.READY:
            yield Answer(f"Your {length} for {week} are ready.", change)
        case Stage.SILENCE:
            yield Answer(f"Your {length} {week} are silence for {card.line.title}.", change)
        case Stage.BUMPED:
            yield Answer(f"There was no place for you {week}.", card.line.reason)


def _nothing(settings: Settings) -> Answer:
    length = lengths.length(settings.station.slot_seconds)
    return Answer("You hold no airtime in these weeks.", f"Look at the market: {length} at a time.")
