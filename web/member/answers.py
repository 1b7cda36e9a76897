"""The member's page answers first: when you are on air, and what to do by when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from station import lengths
from station.languages import gettext as _
from station.languages import marked
from station.moments import week_name
from station.settings import Settings
from web import words
from web.member.cards import Card
from web.member.stages import Stage

LATER = marked("You will have your time once the week is planned.")

# What waits for its holder comes before what only waits.
TO_SEND = (Stage.EMPTY, Stage.CHECKING)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the sentence to read, what to know about it, and whether to act."""

    sentence: str
    detail: str
    act: bool = False


def answers(cards: Sequence[Card], settings: Settings, now: datetime) -> list[Answer]:
    """What a member wants to know now: the next time on air, what is to do, then the rest.

    Says something about each week up to the first that is still open, and of later ones only what
    can't air: the rest can wait. What is true of several rights is said once.
    """
    coming = [card for card in cards if now < card.week.span.end]
    first_open = min((card.week.monday for card in coming if card.open), default=None)
    near = [card for card in coming if first_open is None or card.week.monday <= first_open]
    by_time = sorted(near, key=lambda card: card.air.start if card.air else card.week.span.end)
    aired = [found for card in by_time for found in _on_air(card, settings, now)]
    refused = [card for card in coming if card not in near and _is_refused(card)]
    told = sorted([*near, *refused], key=lambda card: not _is_refused(card))
    asked = [found for card in told for found in _asked(card, _slots(card, cards), settings, now)]
    to_do, done = ([one for one in asked if one.act is act] for act in (True, False))
    found = [*aired[:1], *to_do, *aired[1:], *done]
    return list(dict.fromkeys(found)) or [_nothing(settings)]


def to_unfold(cards: Sequence[Card]) -> list[Card]:
    """What can't air, or the one card that matters now: what is to be sent first, or airs next."""
    if refused := [one for one in cards if _is_refused(one)]:
        return refused
    to_send = [one for stage in TO_SEND for one in cards if one.open and one.stage is stage]
    airs = [one for one in cards if one.stage in (Stage.ON_AIR, Stage.PLACED)]
    return [*to_send, *airs, *cards][:1]


def _is_refused(card: Card) -> bool:
    return card.open and card.stage is Stage.REJECTED


def _on_air(card: Card, settings: Settings, now: datetime) -> Iterator[Answer]:
    if card.air is None or card.line.channel is None or now >= card.air.end:
        return
    channel = settings.channel_name(card.line.channel)
    said = _("Silence for %(cause)s", cause=card.line.title) if card.silent else card.line.title
    if card.stage is Stage.ON_AIR:
        ends = words.clock(card.air.end, settings.zone)
        detail = _("%(title)s. Until %(ends)s.", title=said, ends=ends)
        yield Answer(_("You are on air now, channel %(channel)s.", channel=channel), detail)
        return
    at = words.moment(card.air.start, settings.zone, now)
    begins = words.until(card.air.start, now)
    yield Answer(
        _("You are on air %(at)s, channel %(channel)s.", at=at, channel=channel),
        _("%(title)s. It begins %(begins)s.", title=said, begins=begins),
    )


def _slots(card: Card, cards: Sequence[Card]) -> int:
    """How many slots air as one piece with a card's own."""
    run = card.request.run if card.request else None
    return sum(one.request is not None and one.request.run == run for one in cards) if run else 1


def _asked(card: Card, slots: int, settings: Settings, now: datetime) -> Iterator[Answer]:
    length = lengths.length(settings.station.slot_seconds * slots)
    closes = words.deadline(card.closes, settings.zone, now)
    by = {"closes": closes, "until": words.until(card.closes, now)}
    week = week_name(card.week, now)
    change = _("You can change it until %(closes)s (%(until)s).", **by) if card.open else _(LATER)
    match card.stage:
        case Stage.EMPTY if card.open:
            send = _("Send your %(length)s before %(closes)s (%(until)s).", length=length, **by)
            yield Answer(send, _("They are for %(week)s.", week=week), act=True)
        case Stage.REJECTED:
            again = _("Send another before %(closes)s (%(until)s).", **by)
            detail = again if card.open else _("The week is closed.")
            refused = _("Your recording for %(week)s can't air.", week=week)
            yield Answer(refused, detail, act=card.open)
        case Stage.CHECKING:
            found = _("What we find is written below.")
            yield Answer(_("We are checking your recording."), found)
        case Stage.READY:
            ready = _("Your %(length)s for %(week)s are ready.", length=length, week=week)
            yield Answer(ready, change)
        case Stage.SILENCE:
            facts = {"length": length, "week": week, "cause": card.line.title}
            yield Answer(_("Your %(length)s %(week)s are silence for %(cause)s.", **facts), change)
        case Stage.AWAITING:
            waits = _(
                "Your %(length)s for %(week)s wait for the station's operators.",
                length=length,
                week=week,
            )
            yield Answer(waits, _("They air once they are approved."))
        case Stage.BUMPED:
            nowhere = _("There was no place for you %(week)s.", week=week)
            yield Answer(nowhere, card.line.reason)


def _nothing(settings: Settings) -> Answer:
    length = lengths.length(settings.station.slot_seconds)
    return Answer(
        _("You hold no airtime in these weeks."),
        _("Look at the market: %(length)s at a time.", length=length),
    )
