"""A person's membership as they see it, said in one sentence first."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from station import lengths, moments, money
from station.airtime import Week
from station.languages import gettext as _
from station.languages import marked
from station.members import Person
from station.membership import applications, invitations, years
from station.membership.applications import Application, ApplicationState
from station.membership.invitations import Invitation
from station.membership.invoices import Invoice, InvoiceState
from station.membership.years import Membership
from station.settings import Settings
from web import words

JOIN = marked("You can apply at any time.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the station knows of a person's membership; `due` is what they are asked to pay.

    `application` is their newest one, and `place` its place in line.
    """

    membership: Membership | None
    application: Application | None
    place: int
    due: Invoice | None
    paid: tuple[Invoice, ...]
    running: tuple[Invitation, ...]

    @property
    def under_way(self) -> bool:
        """Whether a fee is to be paid, or a place is waited for."""
        waits = self.application is not None and self.application.state == ApplicationState.WAITING
        return self.due is not None or (self.membership is None and waits)


def standing(session: Session, person: Person, now: datetime) -> Standing:
    """Where a person stands now."""
    newest = (
        sa.select(Application)
        .options(joinedload(Application.invoice))
        .where(Application.person_id == person.id)
        .order_by(Application.id.desc())
        .limit(1)
    )
    application = session.scalars(newest).one_or_none()
    asked = sa.select(Invoice).where(Invoice.person_id == person.id).order_by(Invoice.id.desc())
    found = list(session.scalars(asked))
    return Standing(
        membership=years.current(session, person.id),
        application=application,
        place=0 if application is None else applications.place_in_line(session, application),
        due=next((one for one in found if one.state == InvoiceState.DUE), None),
        paid=tuple(one for one in found if one.state == InvoiceState.PAID),
        running=tuple(invitations.running(session, person.id, now)),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person reads first: a sentence, and what to know about it."""

    sentence: str
    detail: str


def answer(found: Standing, settings: Settings, now: datetime) -> Answer:
    """Say where a person stands."""
    if found.membership is not None:
        return _member(found, found.membership, settings, now)
    if found.application is not None:
        return _applied(found, found.application, settings, now)
    return Answer(_("You are not a member."), _(JOIN))


def _applied(
    found: Standing, application: Application, settings: Settings, now: datetime
) -> Answer:
    match application.state:
        case ApplicationState.PAYABLE if found.due is not None:
            said = _("There is a place for you.")
            detail = _(
                "It is yours once your fee of %(fee)s has come. We keep it until %(deadline)s.",
                fee=_fee(found.due),
                deadline=words.deadline(found.due.due_at, settings.zone, now),
            )
        case ApplicationState.WAITING:
            said = _("You are number %(place)s in line.", place=lengths.figures(found.place))
            detail = _("We write to you when there is a place; nothing is to be paid before.")
        case ApplicationState.DECLINED:
            said, detail = _("We can't make you a member now."), application.reason
        case ApplicationState.LAPSED:
            said = _("Your place was passed on.")
            detail = f"{_('Your fee did not come in time.')} {_(JOIN)}"
        case ApplicationState.WITHDRAWN:
            said, detail = _("You withdrew your application."), _(JOIN)
        case _:
            # They were a member, and their year has ended or was cancelled.
            said, detail = _("You are no longer a member."), _(JOIN)
    return Answer(said, detail)


def _member(found: Standing, membership: Membership, settings: Settings, now: datetime) -> Answer:
    last = Week.parse(membership.last_week, settings.zone)
    said = _("You are a member until %(date)s.", date=moments.last_day(last))
    if found.due is not None:
        detail = _(
            "Pay %(fee)s before %(deadline)s to stay for another year.",
            fee=_fee(found.due),
            deadline=words.deadline(found.due.due_at, settings.zone, now),
        )
        return Answer(said, detail)
    detail = _(
        "Your year is %(length)s of each week from %(first)s to %(last)s.",
        length=lengths.length(settings.station.slot_seconds),
        first=moments.first_day(Week.parse(membership.first_week, settings.zone)),
        last=moments.last_day(last),
    )
    return Answer(said, detail)


def _fee(invoice: Invoice) -> str:
    return money.price(invoice.cents, invoice.currency)
