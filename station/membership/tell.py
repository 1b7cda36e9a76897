"""Applicants and members are told by letter where they stand and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from station import letters
from station.languages import gettext as _
from station.languages import marked, speaking
from station.members import Person
from station.membership.invoices import Invoice
from station.moments import deadline_text
from station.money import shown
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
        marked("There is a place for you"),
        marked(
            "There is a place for you. It is yours once your fee has come; until %(due)s we keep "
            "it for you.\n\n%(how_to_pay)s"
        ),
    ),
    News.WAITING: Wording(
        marked("You are in line for a place"),
        marked(
            "Thank you for your introduction. All places are taken: you are number %(place)s in "
            "line. As soon as there is a place for you we write again, and nothing is due before."
        ),
    ),
    News.DECLINED: Wording(
        marked("About your application"),
        marked(
            "We can't make you a member now. The reason: %(reason)s\n\nIf you have sent money "
            "already, it goes back to you."
        ),
    ),
    News.LAPSED: Wording(
        marked("Your place was passed on"),
        marked(
            "Your fee did not come by %(due)s, and your place has gone to the next in line. You "
            "can apply again at any time. If you have paid meanwhile, please answer this letter."
        ),
    ),
    News.ADMITTED: Wording(
        marked("Welcome: you are a member"),
        marked(
            "Your fee has come, and you are a member: five minutes of each week from "
            "%(first_day)s to %(last_day)s are yours.\n\n%(page)s\n\n%(receipt)s"
        ),
    ),
    News.RENEWAL: Wording(
        marked("Another year of airtime"),
        marked(
            "Your year ends on %(last_day)s. To stay a member for another, pay your fee before "
            "%(due)s. If you would rather leave, do nothing.\n\n%(how_to_pay)s"
        ),
    ),
    News.RENEWED: Wording(
        marked("Another year of airtime is yours"),
        marked(
            "Your fee has come: five minutes of each week from %(first_day)s to %(last_day)s are "
            "yours.\n\n%(page)s\n\n%(receipt)s"
        ),
    ),
    News.ENDED: Wording(
        marked("Your year has ended"),
        marked(
            "Your year ended on %(last_day)s, and no fee for another has come, so your place is "
            "free for others. Thank you for your voice. You can apply again at any time."
        ),
    ),
    News.CANCELLED: Wording(
        marked("Your membership is cancelled"),
        marked(
            "Your membership is cancelled: %(voided)s weeks were given back, and %(refund)s of "
            "your fee go back to you."
        ),
    ),
    News.REFUNDED: Wording(
        marked("Your refund is on its way"),
        marked("%(station)s has sent %(refund)s of your fee back to you."),
    ),
}


def tell(session: Session, person: Person, news: News, now: datetime, **facts: object) -> None:
    """Write a person the letter that some news asks for, filled with its facts."""
    wording = LETTERS[news]
    with speaking(person.language):
        body = letters.greeting(person.name, _(wording.body, **facts))
        letters.write(session, person, _(wording.subject), body, now)


def how_to_pay(invoice: Invoice, settings: Settings) -> str:
    """What somebody must know to pay an invoice by EFT, a line each."""
    lines = [
        _("Amount: %(sum)s", sum=shown(invoice.cents, invoice.currency)),
        _("Reference: %(reference)s (please write exactly this)", reference=invoice.reference),
        settings.membership.bank_details,
    ]
    return "\n".join(filter(None, lines))


def due_text(invoice: Invoice, settings: Settings) -> str:
    """When an invoice is due, in the station's own time."""
    return deadline_text(invoice.due_at, settings)


def page(settings: Settings) -> str:
    """Where members find what is theirs."""
    return f"{settings.web_url}/member/"
