"""An invitation is a link that shows who invites; it works so often, so long, and not after."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.ledger import lock
from station.members import Account, AccountKind, Person
from station.settings import Settings

MOST_USES = 1000


class Invitation(Base):
    """One link: used `uses` times of at most `most_uses`; only its token's hash is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint("uses >= 0 AND uses <= most_uses", name="uses_within_cap"),
        sa.Index("ix_invitations_inviter_id", "inviter_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    inviter_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    most_uses: Mapped[int] = mapped_column(default=1)
    uses: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    inviter: Mapped[Person] = relationship(lazy="joined")


def invite(
    session: Session, settings: Settings, inviter: Person, most_uses: int, now: datetime
) -> tuple[Invitation, str]:
    """Make an invitation and its token, which is told only here.

    Operators choose how often it works, up to `MOST_USES`; a member's works once, and only so
    many of theirs run at a time. Raises WrongInput `invitation-uses`, Refusal
    `invitation-for-members` or `invitations-many`.
    """
    most = MOST_USES if inviter.operator else 1
    if not 1 <= most_uses <= most:
        raise WrongInput("invitation-uses", most=most)
    if not inviter.operator:
        _require_may_invite(session, settings, inviter, now)
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        token_hash=_hash(token),
        inviter_id=inviter.id,
        most_uses=most_uses,
        uses=0,
        made_at=now,
        expires_at=now + timedelta(days=settings.membership.invitation_days),
    )
    session.add(invitation)
    session.flush()
    return invitation, token


def link(settings: Settings, token: str) -> str:
    """The address that an invitation's link leads to."""
    return f"{settings.web_url}/join/{token}"


def by_token(session: Session, token: str, now: datetime) -> Invitation:
    """The invitation that a link is for. Raises Refusal `invitation-over` when it works no more."""
    query = sa.select(Invitation).where(Invitation.token_hash == _hash(token), _runs(now))
    invitation = session.scalars(query).one_or_none()
    if invitation is None:
        raise Refusal("invitation-over")
    return invitation


def use(session: Session, token: str, now: datetime) -> int:
    """Count one use of an invitation; returns its id. Raises Refusal `invitation-over`."""
    used = session.scalars(
        sa.update(Invitation)
        .where(Invitation.token_hash == _hash(token), _runs(now))
        .values(uses=Invitation.uses + 1)
        .returning(Invitation.id)
    ).one_or_none()
    if used is None:
        raise Refusal("invitation-over")
    return used


def end(session: Session, invitation_id: int, inviter: Person, now: datetime) -> None:
    """Let an invitation work no more; operators may end anybody's.

    Raises Refusal `invitation-not-yours` or `invitation-over`.
    """
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or not (inviter.operator or invitation.inviter_id == inviter.id):
        raise Refusal("invitation-not-yours")
    if not compare_and_set(
        session,
        Invitation,
        Invitation.id == invitation_id,
        Invitation.ended_at.is_(None),
        ended_at=now,
    ):
        raise Refusal("invitation-over")


def of(session: Session, person_id: int) -> list[Invitation]:
    """Everything that a person ever invited with, newest first."""
    query = sa.select(Invitation).where(Invitation.inviter_id == person_id)
    return list(session.scalars(query.order_by(Invitation.id.desc())))


def running(session: Session, person_id: int, now: datetime) -> list[Invitation]:
    """Those of a person's invitations that still work, newest first."""
    query = sa.select(Invitation).where(Invitation.inviter_id == person_id, _runs(now))
    return list(session.scalars(query.order_by(Invitation.id.desc())))


def _require_may_invite(
    session: Session, settings: Settings, inviter: Person, now: datetime
) -> None:
    # Two invitations of one person are counted one after the other.
    lock(session)
    account = session.get_one(Account, inviter.account_id, populate_existing=True)
    if account.kind != AccountKind.MEMBER:
        raise Refusal("invitation-for-members")
    most = settings.membership.invitations_per_member
    if len(running(session, inviter.id, now)) >= most:
        raise Refusal("invitations-many", most=most)


def _runs(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Invitation.ended_at.is_(None),
        Invitation.expires_at > now,
        Invitation.uses < Invitation.most_uses,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
