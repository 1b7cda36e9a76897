"""Both sides of an offer are told by letter what the other one did and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from station import letters
from station.market.offers import Offer
from station.members import with_account
from station.rights import local_text
from station.settings import Settings


class News(StrEnum):
    """What happened to an offer."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    RESERVED = "reserved"
    PAID = "paid"
    SETTLED = "settled"
    RETURNED = "returned"
    DISPUTED = "disputed"
    EXPIRED = "expired"


class Side(StrEnum):
    """Who is told: the one whose rights they were, or the one they are for."""

    GIVER = "giver"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter to one side, to be filled with an offer's facts."""

    side: Side
    subject: str
    sentence: str


LETTERS: dict[News, tuple[Wording, ...]] = {
    News.OFFERED: (
        Wording(
            Side.RECEIVER,
            "{giver} gives you airtime",
            "{giver} gives you {what}. Accept or refuse before {until}:\n\n{page}",
        ),
    ),
    News.ACCEPTED: (Wording(Side.GIVER, "Your gift was accepted", "{receiver} accepted {what}."),),
    News.REFUSED: (
        Wording(
            Side.GIVER,
            "Your gift was refused",
            "{receiver} refused {what}. They are in your hands again:\n\n{page}",
        ),
    ),
    News.LAPSED: (
        Wording(
            Side.GIVER,
            "Nobody took your airtime",
            "Nobody took {what} in time. They are in your hands again:\n\n{page}",
        ),
    ),
    News.RESERVED: (
        Wording(
            Side.GIVER,
            "Your airtime is reserved",
            "{receiver} reserved {what} and pays you {price} with the reference {reference} "
            "before {until}. Once the money came, say so on your page:\n\n{page}",
        ),
        Wording(
            Side.RECEIVER,
            "How to pay for your airtime",
            "You reserved {what}. Pay {price} to {giver} <{email}> with the reference "
            "{reference} before {until}, and say so on your page:\n\n{page}",
        ),
    ),
    News.PAID: (
        Wording(
            Side.GIVER,
            "Your buyer has paid",
            "{receiver} says that {price} for {what} were paid with the reference {reference}. "
            "Once the money came, say so before {until}; after that the station's operators "
            "decide:\n\n{page}",
        ),
    ),
    News.SETTLED: (
        Wording(
            Side.RECEIVER,
            "The airtime is yours",
            "{giver} has the money: {what} are yours.\n\n{page}",
        ),
        Wording(Side.GIVER, "Your airtime is sold", "{what} belong to {receiver} now."),
    ),
    News.RETURNED: (
        Wording(
            Side.GIVER,
            "Your sale did not come about",
            "{what} were not sold to {receiver}. They are in your hands again:\n\n{page}",
        ),
        Wording(
            Side.RECEIVER,
            "Your reservation is over",
            "{what} are no longer reserved for you. They are back with {giver}.",
        ),
    ),
    News.DISPUTED: tuple(
        Wording(
            side,
            "A payment is disputed",
            "The payment of {price} for {what} with the reference {reference} is disputed: {why} "
            "The station's operators will ask you both, and decide.",
        )
        for side in Side
    ),
    News.EXPIRED: tuple(
        Wording(
            side,
            "Disputed airtime ran out",
            "The payment of {price} with the reference {reference} is still disputed, and week "
            "{week} has closed: its minutes can no longer air. Please settle this between you.",
        )
        for side in Side
    ),
}


def tell(
    session: Session,
    settings: Settings,
    offer: Offer,
    news: News,
    now: datetime,
    week: str = "",
) -> None:
    """Write the letters that some news of an offer asks for; `week` is one that closed."""
    facts = _facts(session, settings, offer) | {"week": week}
    for wording in LETTERS[news]:
        to_giver = wording.side is Side.GIVER
        account_id = offer.giver_id if to_giver else offer.receiver_id
        if account_id is None:
            continue
        person = with_account(session, account_id)
        body = f"Hello {person.name},\n\n{wording.sentence.format(**facts)}\n"
        letters.write(session, person, wording.subject.format(**facts), body, now)


def tell_friend(session: Session, settings: Settings, offer: Offer, email: str, link: str) -> None:
    """Write to a friend who is not here yet about a gift, with its link."""
    facts = _facts(session, settings, offer)
    body = (
        "Hello {receiver},\n\n{giver} gives you {what} on {station}. Accept or refuse before "
        "{until}; the link works once:\n\n{link}\n"
    ).format(**facts, station=settings.station.name, link=link)
    subject = f"{facts['giver']} gives you airtime"
    letters.write_to(session, offer.friend, email, subject, body, offer.made_at)


def what(offer: Offer, settings: Settings) -> str:
    """An offer's rights in words: 5 minutes of week 2026-W50, or of each of several weeks."""
    labels = sorted({right.week for right in offer.rights})
    minutes, rest = divmod(settings.station.slot_seconds, 60)
    length = f"{settings.station.slot_seconds} seconds" if rest else f"{minutes} minutes"
    times = f"{len(offer.rights)} times " if len(offer.rights) > len(labels) else ""
    if len(labels) == 1:
        return f"{times}{length} of week {labels[0]}"
    return f"{times}{length} of {len(labels)} weeks from {labels[0]} to {labels[-1]}"


def _facts(session: Session, settings: Settings, offer: Offer) -> dict[str, str]:
    giver = with_account(session, offer.giver_id)
    receiver = with_account(session, offer.receiver_id) if offer.receiver_id else None
    cents = offer.price_cents or 0
    return {
        "giver": giver.name,
        "email": giver.email,
        "receiver": receiver.name if receiver else offer.friend,
        "what": what(offer, settings),
        "price": f"{offer.currency} {cents // 100}.{cents % 100:02}",
        "reference": offer.reference,
        "until": local_text(offer.deadline, settings),
        "why": offer.dispute,
        "page": f"{settings.web_url}/member/",
    }
