"""People as the desk needs them: found by a part of their name or address, with what they have."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from station import receipt_codes
from station.languages import marked
from station.ledger import Right
from station.members import AccountKind, Person
from station.membership.applications import OPEN_STATES, Application, ApplicationState
from station.membership.invitations import Invitation
from station.membership.invoices import Invoice
from station.membership.years import Membership
from station.recordings import Recording
from web.membership.standing import Standing, standing

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a search found: the first of them, and how many there are."""

    people: tuple[Person, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the station knows of one person; the newest of each first."""

    person: Person
    standing: Standing
    held: int
    years: tuple[Membership, ...]
    invoices: tuple[Invoice, ...]

    @property
    def role(self) -> str:
        """What they are to the station, in words to be translated."""
        member = self.person.account.kind == AccountKind.MEMBER
        if self.person.operator:
            return marked("Operator and member.") if member else marked("Operator, not a member.")
        return marked("Member.") if member else marked("Not a member.")


def search(session: Session, words: str) -> Found:
    """The people whose name or address holds some words, by name; all of them for none.

    A recording's receipt finds who sent that.
    """
    fits = [
        sa.or_(
            Person.name.icontains(word, autoescape=True),
            Person.email.icontains(word, autoescape=True),
        )
        for word in words.split()
    ]
    receipt = sa.select(Recording.account_id).where(Recording.receipt == receipt_codes.read(words))
    found = sa.or_(sa.and_(sa.true(), *fits), Person.account_id.in_(receipt))
    count = sa.select(sa.func.count()).select_from(Person).where(found)
    query = sa.select(Person).where(found).order_by(Person.name, Person.id).limit(SHOWN)
    return Found(tuple(session.scalars(query)), session.scalars(count).one())


@dataclass(frozen=True, slots=True)
class Applicants:
    """The first of those who apply, and how many wait in line or are here to pay."""

    first: tuple[Application, ...]
    waiting: int
    payable: int


def applicants(session: Session) -> Applicants:
    """Who wants to be a member, in order."""
    query = (
        sa.select(Application)
        .options(
            joinedload(Application.person),
            joinedload(Application.invoice),
            joinedload(Application.invitation).joinedload(Invitation.inviter),
        )
        .where(Application.state.in_(OPEN_STATES))
        .order_by(Application.id)
        .limit(SHOWN)
    )
    counts = sa.select(Application.state, sa.func.count()).group_by(Application.state)
    counted = dict(session.execute(counts).all())
    return Applicants(
        tuple(session.scalars(query)),
        counted.get(ApplicationState.WAITING, 0),
        counted.get(ApplicationState.PAYABLE, 0),
    )


def known(session: Session, person: Person, now: datetime) -> Known:
    """What the station knows of one person."""
    held = sa.select(sa.func.count()).where(Right.account_id == person.account_id)
    years = sa.select(Membership).where(Membership.person_id == person.id)
    invoices = sa.select(Invoice).where(Invoice.person_id == person.id)
    return Known(
        person=person,
        standing=standing(session, person, now),
        held=session.scalars(held).one(),
        years=tuple(session.scalars(years.order_by(Membership.id.desc()))),
        invoices=tuple(session.scalars(invoices.order_by(Invoice.id.desc()))),
    )
