"""Both sides of an offer are told by letter what the other one did and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from station import letters
from station.airtime import Week
from station.languages import gettext as _
from station.languages import marked, speaking
from station.market.offers import Offer
from station.members import with_account
from station.moments import airtime, deadline_text, monday
from station.money import price
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
            marked("%(giver)s gives you airtime"),
            marked("%(giver)s gives you %(what)s. Accept or refuse before %(until)s:\n\n%(page)s"),
        ),
    ),
    News.ACCEPTED: (
        Wording(
            Side.GIVER, marked("Your gift was accepted"), marked("%(receiver)s accepted %(what)s.")
        ),
    ),
    News.REFUSED: (
        Wording(
            Side.GIVER,
            marked("Your gift was refused"),
            marked("%(receiver)s refused %(what)s. They are in your hands again:\n\n%(page)s"),
        ),
    ),
    News.LAPSED: (
        Wording(
            Side.GIVER,
            marked("Nobody took your airtime"),
            marked("Nobody took %(what)s in time. They are in your hands again:\n\n%(page)s"),
        ),
    ),
    News.RESERVED: (
        Wording(
            Side.GIVER,
            marked("Your airtime is reserved"),
            marked(
                "%(receiver)s reserved %(what)s and pays you %(price)s with the reference "
                "%(reference)s before %(until)s. Once the money came, say so on your "
                "page:\n\n%(page)s"
            ),
        ),
        Wording(
            Side.RECEIVER,
            marked("How to pay for your airtime"),
            marked(
                "You reserved %(what)s. Pay %(price)s to %(giver)s <%(email)s> with the reference "
                "%(reference)s before %(until)s, and say so on your page:\n\n%(page)s"
            ),
        ),
    ),
    News.PAID: (
        Wording(
            Side.GIVER,
            marked("Your buyer has paid"),
            marked(
                "%(receiver)s says that %(price)s for %(what)s were paid with the reference "
                "%(reference)s. Once the money came, say so before %(until)s; after that the "
                "station's operators decide:\n\n%(page)s"
            ),
        ),
    ),
    News.SETTLED: (
        Wording(
            Side.RECEIVER,
            marked("The airtime is yours"),
            marked("%(giver)s has the money: %(what)s are yours.\n\n%(page)s"),
        ),
        Wording(
            Side.GIVER,
            marked("Your airtime is sold"),
            marked("%(what)s belong to %(receiver)s now."),
        ),
    ),
    News.RETURNED: (
        Wording(
            Side.GIVER,
            marked("Your sale did not come about"),
            marked(
                "%(what)s were not sold to %(receiver)s. They are in your hands again:\n\n%(page)s"
            ),
        ),
        Wording(
            Side.RECEIVER,
            marked("Your reservation is over"),
            marked("%(what)s are no longer reserved for you. They are back with %(giver)s."),
        ),
    ),
    News.DISPUTED: tuple(
        Wording(
            side,
            marked("A payment is disputed"),
            marked(
                "The payment of %(price)s for %(what)s with the reference %(reference)s is "
                "disputed: %(why)s The station's operators will ask you both, and decide."
            ),
        )
        for side in Side
    ),
    News.EXPIRED: tuple(
        Wording(
            side,
            marked("Disputed airtime ran out"),
            marked(
                "The payment of %(price)s with the reference %(reference)s is still disputed, "
                "and the week of %(week)s has closed: its minutes can no longer air. Please settle "
                "this between you."
            ),
        )
        for side in Side
    ),
}


TO_A_FRIEND = marked(
    "%(giver)s gives you %(what)s on %(station)s. Accept or refuse before %(until)s; the link "
    "works once:\n\n%(link)s"
)


def tell(
    session: Session,
    settings: Settings,
    offer: Offer,
    news: News,
    now: datetime,
    week: str = "",
) -> None:
    """Write the letters that some news of an offer asks for; `week` is one that closed."""
    for wording in LETTERS[news]:
        to_giver = wording.side is Side.GIVER
        account_id = offer.giver_id if to_giver else offer.receiver_id
        if account_id is None:
            continue
        person = with_account(session, account_id)
        with speaking(person.language):
            facts = _facts(session, settings, offer)
            if week:
                facts["week"] = monday(Week.parse(week, settings.zone))
            body = letters.greeting(person.name, _(wording.sentence, **facts))
            letters.write(session, person, _(wording.subject, **facts), body, now)


def tell_friend(session: Session, settings: Settings, offer: Offer, email: str, link: str) -> None:
    """Write to a friend who is not here yet about a gift, with its link.

    It is said in the giver's language: nobody knows the friend's.
    """
    with speaking(with_account(session, offer.giver_id).language):
        facts = _facts(session, settings, offer) | {"station": settings.station.name, "link": link}
        body = letters.greeting(offer.friend, _(TO_A_FRIEND, **facts))
        subject = _("%(giver)s gives you airtime", **facts)
        letters.write_to(session, offer.friend, email, subject, body, offer.made_at)


def what(offer: Offer, settings: Settings) -> str:
    """An offer's rights in words: five minutes of the week of 7 December, or of several weeks."""
    weeks = sorted((right.parsed_week(settings.zone) for right in offer.rights), key=str)
    return airtime(settings.station.slot_seconds, weeks)


def _facts(session: Session, settings: Settings, offer: Offer) -> dict[str, str]:
    giver = with_account(session, offer.giver_id)
    receiver = with_account(session, offer.receiver_id) if offer.receiver_id else None
    return {
        "giver": giver.name,
        "email": giver.email,
        "receiver": receiver.name if receiver else offer.friend,
        "what": what(offer, settings),
        "price": price(offer.price_cents or 0, offer.currency or settings.station.currency),
        "reference": offer.reference,
        "until": deadline_text(offer.deadline, settings),
        "why": offer.dispute,
        "page": f"{settings.web_url}/member/",
    }
