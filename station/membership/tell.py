"""Applicants and members are told by letter where they stand and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from station import letters
from station.members import Person
from station.membership.invoices import Invoice
from station.money import shown
from station.rights import local_text
from station.settings import Settings


class News(StrEnum):
    """What happened to an application or a membership."""

    PLACE = "place"
    WAITING = "waiting"
    DECLINED = "declined"
    LAPSED = "lapsed"
    ADMITTED = "admitted"
    RENEWAL = "renewal"
    RENEWED = "renewed"
    ENDED = "ended"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter, to be filled with the facts it was asked for with."""

    subject: str
    body: str


LETTERS = {
    News.PLACE: Wording(
        "There is a place for you",
        "There is a place for you. It is yours once your fee has come; until {due} we keep it "
        "for you.\n\n{how_to_pay}",
    ),
    News.WAITING: Wording(
        "You are in line for a place",
        "Thank you for your introduction. All places are taken: you are number {place} in line. "
        "As soon as there is a place for you we write again, and nothing is due before.",
    ),
    News.DECLINED: Wording(
        "About your application",
        "We can't make you a member now. The reason: {reason}\n\nIf you have sent money already, "
        "it goes back to you.",
    ),
    News.LAPSED: Wording(
        "Your place was passed on",
        "Your fee did not come by {due}, and your place has gone to the next in line. You can "
        "apply again at any time. If you have paid meanwhile, please answer this letter.",
    ),
    News.ADMITTED: Wording(
        "Welcome: you are a member",
        "Your fee has come, and you are a member: five minutes of each week from {first_week} to "
        "{last_week} are yours.\n\n{page}\n\n{receipt}",
    ),
    News.RENEWAL: Wording(
        "Another year of airtime",
        "Your year ends with week {last_week}. To stay a member for another, pay your fee before "
        "{due}. If you would rather leave, do nothing.\n\n{how_to_pay}",
    ),
    News.RENEWED: Wording(
        "Another year of airtime is yours",
        "Your fee has come: five minutes of each week from {first_week} to {last_week} are "
        "yours.\n\n{page}\n\n{receipt}",
    ),
    News.ENDED: Wording(
        "Your year has ended",
        "Your year ended with week {last_week}, and no fee for another has come, so your place is "
        "free for others. Thank you for your voice. You can apply again at any time.",
    ),
    News.CANCELLED: Wording(
        "Your membership is cancelled",
        "Your membership is cancelled: {voided} weeks were given back, and {refund} of your fee "
        "go back to you.",
    ),
    News.REFUNDED: Wording(
        "Your refund is on its way", "{station} has sent {refund} of your fee back to you."
    ),
}


def tell(session: Session, person: Person, news: News, now: datetime, **facts: object) -> None:
    """Write a person the letter that some news asks for, filled with its facts."""
    wording = LETTERS[news]
    body = f"Hello {person.name},\n\n{wording.body.format(**facts)}\n"
    letters.write(session, person, wording.subject, body, now)


def how_to_pay(invoice: Invoice, settings: Settings) -> str:
    """What somebody must know to pay an invoice by EFT, a line each."""
    lines = [
        f"Amount: {shown(invoice.cents, invoice.currency)}",
        f"Reference: {invoice.reference} (please write exactly this)",
        settings.membership.bank_details,
    ]
    return "\n".join(filter(None, lines))


def due_text(invoice: Invoice, settings: Settings) -> str:
    """When an invoice is due, in the station's own time."""
    return local_text(invoice.due_at, settings)


def page(settings: Settings) -> str:
    """Where members find what is theirs."""
    return f"{settings.web_url}/member/"
