"""Who wants to be a member says who they are; a place is theirs to pay for, or they wait for one.

An applicant is a person of the station from the first day, with an account that holds nothing
yet: they sign in and see where they stand.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from unicodedata import category

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.languages import speaking
from station.ledger import lock
from station.members import AccountKind, Applicant, Person, admit
from station.membership import years
from station.membership.invitations import Invitation, use
from station.membership.invoices import Invoice, ask, cancel_due
from station.membership.places import places
from station.membership.tell import News, due_text, how_to_pay, tell
from station.rights import clean_text
from station.settings import Settings

SHORTEST_INTRODUCTION = 20
LONGEST_INTRODUCTION = 2000
LONGEST_REASON = 500


class ApplicationState(StrEnum):
    """Where an application stands; the first three are open, the others final.

    An `unproven` one came from an address that nobody has yet shown to be theirs.
    """

    UNPROVEN = "unproven"
    WAITING = "waiting"
    PAYABLE = "payable"
    ADMITTED = "admitted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


IN_TURN = (ApplicationState.WAITING, ApplicationState.PAYABLE)
OPEN_STATES = (ApplicationState.UNPROVEN, *IN_TURN)


class Application(Base):
    """One person's wish to be a member, in the order of `id`; payable ones have an invoice."""

    __tablename__ = "applications"
    __table_args__ = (
        sa.Index(
            "uq_applications_open_person",
            "person_id",
            unique=True,
            sqlite_where=sa.text("state IN ('unproven', 'waiting', 'payable')"),
            postgresql_where=sa.text("state IN ('unproven', 'waiting', 'payable')"),
        ),
        sa.Index("ix_applications_state", "state", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    introduction: Mapped[str]
    invitation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitations.id"))
    invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"))
    state: Mapped[str] = mapped_column(default=ApplicationState.WAITING)
    reason: Mapped[str] = mapped_column(default="")
    applied_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined")
    invoice: Mapped[Invoice | None] = relationship(lazy="joined")
    invitation: Mapped[Invitation | None] = relationship()


def apply(
    session: Session,
    settings: Settings,
    who: Person | Applicant,
    introduction: str,
    token: str | None,
    now: datetime,
    *,
    proven: bool = True,
) -> Application:
    """Apply for a place, by an invitation's token or without one.

    Whoever is not here yet becomes a person with an account. When a place is free it is theirs
    to pay for, else they wait in line; without an invitation, and not `proven` to own their
    address, they take no place before they are. Raises WrongInput `introduction-length`, Refusal
    `email-taken`, `member-already`, `application-open`, `invitation-needed` or
    `invitation-over`.
    """
    introduction = _introduction(introduction)
    lock(session)
    # Before it matters who applies: a page must be able to refuse known and new people alike.
    if token is None and settings.membership.invitation_needed:
        raise Refusal("invitation-needed")
    invitation_id = None if token is None else use(session, token, now)
    if isinstance(who, Applicant):
        who = admit(session, who, now, AccountKind.BUYER)
    else:
        who = session.get_one(Person, who.id)
    _require_may_apply(session, who)
    application = Application(
        person=who,
        introduction=introduction,
        invitation_id=invitation_id,
        state=ApplicationState.WAITING if proven or token else ApplicationState.UNPROVEN,
        applied_at=now,
    )
    session.add(application)
    session.flush()
    if application.state == ApplicationState.UNPROVEN:
        return application
    return _stand_in_line(session, settings, application, now)


def prove(
    session: Session, settings: Settings, person: Person, now: datetime
) -> Application | None:
    """Let a person's application count, now that their address is shown to be theirs."""
    lock(session)
    application = current(session, person.id)
    if application is None or application.state != ApplicationState.UNPROVEN:
        return None
    change(session, application, ApplicationState.UNPROVEN, ApplicationState.WAITING)
    return _stand_in_line(session, settings, application, now)


def _stand_in_line(
    session: Session, settings: Settings, application: Application, now: datetime
) -> Application:
    place = place_in_line(session, application)
    # Whoever came before goes first, even when a place is free just now.
    if place == 1 and places(session, settings, now).left:
        return offer_place(session, settings, application, now)
    session.refresh(application)
    tell(session, application.person, News.WAITING, now, place=place)
    return application


def offer_place(
    session: Session, settings: Settings, application: Application, now: datetime
) -> Application:
    """Keep a place for an applicant until its fee is due. Raises Refusal `application-over`."""
    due_at = now + timedelta(days=settings.membership.payment_days)
    invoice = ask(session, settings, application.person, due_at, now)
    waiting, payable = ApplicationState.WAITING, ApplicationState.PAYABLE
    change(session, application, waiting, payable, invoice_id=invoice.id)
    with speaking(application.person.language):
        facts = {"due": due_text(invoice, settings), "how_to_pay": how_to_pay(invoice, settings)}
        tell(session, application.person, News.PLACE, now, **facts)
    return application


def decline(session: Session, application_id: int, reason: str, now: datetime) -> Application:
    """Decline an open application, and say why.

    Raises WrongInput `text-missing` or `text-long`, Refusal `application-over`.
    """
    reason = clean_text(reason, _("reason"), LONGEST_REASON)
    lock(session)
    application = session.get(Application, application_id)
    if application is None:
        raise Refusal("application-over")
    close(session, application, ApplicationState.DECLINED, now, reason=reason)
    tell(session, application.person, News.DECLINED, now, reason=reason)
    return application


def withdraw(session: Session, person: Person, now: datetime) -> Application:
    """Step back from one's own application. Raises Refusal `application-over`."""
    lock(session)
    application = current(session, person.id)
    if application is None:
        raise Refusal("application-over")
    close(session, application, ApplicationState.WITHDRAWN, now)
    return application


def current(session: Session, person_id: int) -> Application | None:
    """A person's open application."""
    query = sa.select(Application).where(Application.person_id == person_id, _is_open())
    return session.scalars(query).one_or_none()


def open_applications(session: Session) -> list[Application]:
    """Everybody who waits for a place or has one to pay for, in the order they came."""
    query = sa.select(Application).where(Application.state.in_(IN_TURN))
    return list(session.scalars(query.order_by(Application.id)))


def waiting(session: Session, most: int | None = None) -> list[Application]:
    """Who waits for a place, in the order they came, or the first of them."""
    query = sa.select(Application).where(Application.state == ApplicationState.WAITING)
    return list(session.scalars(query.order_by(Application.id).limit(most)))


def count_waiting(session: Session) -> int:
    """How many are in line."""
    query = sa.select(sa.func.count()).where(Application.state == ApplicationState.WAITING)
    return session.scalars(query).one()


def place_in_line(session: Session, application: Application) -> int:
    """An application's place in line, from 1; 0 when it does not wait."""
    if application.state != ApplicationState.WAITING:
        return 0
    query = sa.select(sa.func.count()).where(
        Application.state == ApplicationState.WAITING, Application.id <= application.id
    )
    return session.scalars(query).one()


def change(
    session: Session,
    application: Application,
    before: ApplicationState,
    after: ApplicationState,
    **values: Any,
) -> None:
    """Change an application's state, once. Raises Refusal `application-over`."""
    if not compare_and_set(
        session,
        Application,
        Application.id == application.id,
        Application.state == before,
        state=after,
        **values,
    ):
        raise Refusal("application-over")
    session.refresh(application)


def close(
    session: Session,
    application: Application,
    after: ApplicationState,
    now: datetime,
    reason: str = "",
) -> None:
    """End an open application, and ask for its fee no longer. Raises Refusal `application-over`."""
    before = ApplicationState(application.state)
    if before not in OPEN_STATES:
        raise Refusal("application-over")
    change(session, application, before, after, ended_at=now, reason=reason)
    cancel_due(session, application.invoice_id)


def _require_may_apply(session: Session, who: Person) -> None:
    if years.current(session, who.id) is not None:
        raise Refusal("member-already", email=who.email)
    if current(session, who.id) is not None:
        raise Refusal("application-open", email=who.email)


def _introduction(text: str) -> str:
    """An introduction without control characters; its lines stay."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    said = "\n".join("".join(c for c in line if category(c) != "Cc") for line in lines).strip()
    if not SHORTEST_INTRODUCTION <= len(said) <= LONGEST_INTRODUCTION:
        least, most = SHORTEST_INTRODUCTION, LONGEST_INTRODUCTION
        raise WrongInput("introduction-length", least=least, most=most, length=len(said))
    return said


def _is_open() -> sa.ColumnElement[bool]:
    return Application.state.in_(OPEN_STATES)
