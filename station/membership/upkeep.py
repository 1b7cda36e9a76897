"""Once a minute places that nobody paid for pass on, the line moves up, and years end or renew."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.languages import speaking
from station.ledger import lock
from station.members import AccountKind
from station.membership.applications import (
    Application,
    ApplicationState,
    close,
    offer_place,
    waiting,
)
from station.membership.invoices import Invoice, ask, cancel_due
from station.membership.places import places
from station.membership.tell import News, due_text, how_to_pay, tell
from station.membership.years import Membership, MembershipState, change
from station.moments import last_day
from station.settings import Settings

# Of each kind at once: thousands of letters wait a few minutes, and no press of a button does.
MOST_AT_ONCE = 200


def look_after(session: Session, settings: Settings, now: datetime) -> int:
    """Do what is due for applications and memberships; returns how many were concerned."""
    lock(session)
    return sum(
        chore(session, settings, now) for chore in (_lapse, _end_years, _move_up, _ask_again)
    )


def _lapse(session: Session, settings: Settings, now: datetime) -> int:
    """Pass on the places whose fee did not come in time; forget whom no letter ever reached."""
    query = (
        sa.select(Application, Invoice)
        .join(Invoice, Invoice.id == Application.invoice_id)
        .where(Application.state == ApplicationState.PAYABLE, Invoice.due_at <= now)
    )
    late = session.execute(query.order_by(Application.id).limit(MOST_AT_ONCE)).all()
    for application, invoice in late:
        close(session, application, ApplicationState.LAPSED, now)
        with speaking(application.person.language):
            tell(session, application.person, News.LAPSED, now, due=due_text(invoice, settings))
    forgotten = sa.select(Application).where(
        Application.state == ApplicationState.UNPROVEN,
        Application.applied_at <= now - timedelta(days=settings.membership.payment_days),
    )
    unproven = list(session.scalars(forgotten.order_by(Application.id).limit(MOST_AT_ONCE)))
    for application in unproven:
        close(session, application, ApplicationState.LAPSED, now)
    return len(late) + len(unproven)


def _end_years(session: Session, settings: Settings, now: datetime) -> int:
    """End the years that are over and were not renewed: their people are members no more."""
    over = _active(session, str(Week.of(now, settings.zone)))
    for membership in over:
        change(session, membership, MembershipState.ACTIVE, MembershipState.ENDED, ended_at=now)
        cancel_due(session, membership.renewal_invoice_id)
        membership.person.account.kind = AccountKind.BUYER
        session.flush()
        with speaking(membership.person.language):
            ended = last_day(Week.parse(membership.last_week, settings.zone))
            tell(session, membership.person, News.ENDED, now, last_day=ended)
    return len(over)


def _move_up(session: Session, settings: Settings, now: datetime) -> int:
    """Offer every free place to the next in line."""
    if not waiting(session, 1):
        return 0
    left = places(session, settings, now).left
    moved = waiting(session, min(left, MOST_AT_ONCE))
    for application in moved:
        offer_place(session, settings, application, now)
    return len(moved)


def _ask_again(session: Session, settings: Settings, now: datetime) -> int:
    """Ask for the next year's fee some weeks before this one ends, until when it is due."""
    soon = Week.of(now, settings.zone).plus(settings.membership.renewal_weeks)
    ending = _active(session, str(soon), Membership.renewal_invoice_id.is_(None))
    for membership in ending:
        last_week = Week.parse(membership.last_week, settings.zone)
        invoice = ask(session, settings, membership.person, last_week.span.end, now)
        membership.renewal_invoice_id = invoice.id
        with speaking(membership.person.language):
            due, how = due_text(invoice, settings), how_to_pay(invoice, settings)
            facts = {"last_day": last_day(last_week), "due": due, "how_to_pay": how}
            tell(session, membership.person, News.RENEWAL, now, **facts)
    session.flush()
    return len(ending)


def _active(session: Session, before: str, *which: sa.ColumnElement[bool]) -> list[Membership]:
    """Some of the years that count and end before a week."""
    query = sa.select(Membership).where(
        Membership.state == MembershipState.ACTIVE, Membership.last_week < before, *which
    )
    return list(session.scalars(query.order_by(Membership.id).limit(MOST_AT_ONCE)))
