"""A membership is a year of 52 weeks, begun by a fee; it is renewed, cancelled early, or ends."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.airtime import Week
from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal
from station.issuance import issue_years
from station.ledger import WEEKS_IN_A_YEAR, lock
from station.members import Account, AccountKind, Person
from station.membership.invoices import Invoice, cancel_due, share
from station.membership.tell import News, tell
from station.membership.voiding import void_year
from station.moments import deadline_text
from station.money import MoneyKind, record, shown
from station.rights import next_open_week
from station.settings import Settings


class MembershipState(StrEnum):
    """Whether the year counts; `ended` years were not renewed in time."""

    ACTIVE = "active"
    RENEWED = "renewed"
    CANCELLED = "cancelled"
    ENDED = "ended"


class Membership(Base):
    """One year of one member, from `first_week` to `last_week`, both included.

    `invoice_id` is the fee that began it (none when it was settled outside the station, as for
    a member file), `renewal_invoice_id` the fee that would begin the next.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        sa.Index(
            "uq_memberships_active_person",
            "person_id",
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        ),
        sa.UniqueConstraint("person_id", "first_week", "began_at"),
        sa.Index("ix_memberships_state_last_week", "state", "last_week"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    first_week: Mapped[str]
    last_week: Mapped[str]
    invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"))
    renewal_invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"))
    state: Mapped[str] = mapped_column(default=MembershipState.ACTIVE)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined")
    invoice: Mapped[Invoice | None] = relationship(foreign_keys=[invoice_id], lazy="joined")
    renewal_invoice: Mapped[Invoice | None] = relationship(foreign_keys=[renewal_invoice_id])


@dataclass(frozen=True, slots=True)
class NewYear:
    """A year that a person is about to begin; without a fee of the station's own, no invoice."""

    person: Person
    first: Week
    invoice: Invoice | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """How many rights were voided, and what of the fee goes back."""

    voided: int
    refund_cents: int


def begin(
    session: Session, years: Sequence[NewYear], now: datetime, weeks: int = WEEKS_IN_A_YEAR
) -> list[Membership]:
    """Begin years: their people are members, with one right for each week.

    The caller has seen to their places.
    """
    account_ids = [year.person.account_id for year in years]
    session.execute(
        sa.update(Account).where(Account.id.in_(account_ids)).values(kind=AccountKind.MEMBER)
    )
    memberships = [
        Membership(
            person_id=year.person.id,
            first_week=str(year.first),
            last_week=str(year.first.plus(weeks - 1)),
            invoice_id=None if year.invoice is None else year.invoice.id,
            began_at=now,
        )
        for year in years
    ]
    session.add_all(memberships)
    session.flush()
    together: dict[Week, list[int]] = defaultdict(list)
    for year in years:
        together[year.first].append(year.person.account_id)
    for first, holders in together.items():
        issue_years(session, holders, first, now, weeks)
    return memberships


def current(session: Session, person_id: int) -> Membership | None:
    """The year that counts for a person now; a renewed one counts from its payment on."""
    query = sa.select(Membership).where(
        Membership.person_id == person_id, Membership.state == MembershipState.ACTIVE
    )
    return session.scalars(query).one_or_none()


def renew(session: Session, settings: Settings, invoice: Invoice, now: datetime) -> NewYear | None:
    """The year that a paid invoice renews a membership by; None when it is for no renewal.

    It follows the old one without a gap. When the next week has closed already, because the fee
    came in the last days, the year begins with the first open week instead: nobody pays for
    a week that can't be used.
    """
    query = sa.select(Membership).where(
        Membership.renewal_invoice_id == invoice.id, Membership.state == MembershipState.ACTIVE
    )
    membership = session.scalars(query).one_or_none()
    if membership is None or not change(
        session, membership, MembershipState.ACTIVE, MembershipState.RENEWED, ended_at=now
    ):
        return None
    following = Week.parse(membership.last_week, settings.zone).plus(1)
    first = max(following, next_open_week(settings, now), key=str)
    return NewYear(membership.person, first, invoice)


def change(
    session: Session,
    membership: Membership,
    before: MembershipState,
    after: MembershipState,
    ended_at: datetime | None,
) -> bool:
    """Change a membership's state, once. False when somebody was quicker."""
    return compare_and_set(
        session,
        Membership,
        Membership.id == membership.id,
        Membership.state == before,
        state=after,
        ended_at=ended_at,
    )


def can_cancel_until(membership: Membership, settings: Settings) -> datetime:
    """Until when its member may step back from it."""
    return membership.began_at + timedelta(days=settings.membership.cancel_days)


def cancel(session: Session, settings: Settings, person: Person, now: datetime) -> Cancelled:
    """Let a member step back in time: what is left of the year is voided, its fee refunded.

    Who steps back from a renewal stays a member for the rest of the year before. Raises Refusal
    `membership-none`, `cancel-late`, or `cancel-sale` while a sale of theirs is under way.
    """
    lock(session)
    person = session.get_one(Person, person.id, populate_existing=True)
    membership = current(session, person.id)
    if membership is None:
        raise Refusal("membership-none", email=person.email)
    until = can_cancel_until(membership, settings)
    if now >= until:
        raise Refusal("cancel-late", until=deadline_text(until, settings))
    change(session, membership, MembershipState.ACTIVE, MembershipState.CANCELLED, ended_at=now)
    cancel_due(session, membership.renewal_invoice_id)
    voided = void_year(session, settings, person, membership.began_at, now)
    if not _go_back(session, settings, membership, now):
        person.account.kind = AccountKind.BUYER
    session.flush()
    refund_cents = _refund(session, person, membership.invoice, voided, now)
    refund = shown(refund_cents, settings.station.currency)
    tell(session, person, News.CANCELLED, now, voided=voided, refund=refund)
    return Cancelled(voided, refund_cents)


def _go_back(session: Session, settings: Settings, membership: Membership, now: datetime) -> bool:
    """Let the year that a cancelled one had renewed count again, if it still lasts."""
    this_week = str(Week.of(now, settings.zone))
    return compare_and_set(
        session,
        Membership,
        Membership.renewal_invoice_id == membership.invoice_id,
        Membership.state == MembershipState.RENEWED,
        Membership.last_week >= this_week,
        state=MembershipState.ACTIVE,
        ended_at=None,
    )


def _refund(
    session: Session, person: Person, invoice: Invoice | None, voided: int, now: datetime
) -> int:
    """Record what is owed for weeks that were given back, in cents: so many 52nds of the fee."""
    if invoice is None:
        return 0
    cents = share(invoice.cents, voided, WEEKS_IN_A_YEAR)
    if cents > 0:
        vat_cents = share(invoice.vat_cents, voided, WEEKS_IN_A_YEAR)
        record(
            session,
            MoneyKind.REFUND_DUE,
            person.account_id,
            cents,
            invoice.currency,
            invoice.reference,
            now,
            vat_cents=vat_cents,
        )
    return cents
