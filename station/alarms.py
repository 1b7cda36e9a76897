"""An alarm is raised once for each trouble on air, acknowledged by a person, ended by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base, compare_and_set
from station.errors import Refusal
from station.members import Person
from station.webhooks import HappeningKind, happened

SHOWN = 50


class AlarmKind(StrEnum):
    """What is wrong: no sound, nothing at all, or an alarm that doesn't arrive. Or a test."""

    QUIET = "quiet"
    GONE = "gone"
    UNTOLD = "untold"
    TEST = "test"


class Alarm(Base):
    """One trouble: since when, where it was heard, and who has taken it on.

    `channel` and `quality` name the mount, where it is one's; of `untold`, `quality` is the way
    that alarms were to go.
    """

    __tablename__ = "alarms"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    channel: Mapped[int | None]
    quality: Mapped[str] = mapped_column(default="")
    began_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm as who watches the mounts tells it; what it is and when it began make it one."""

    kind: str
    channel: int | None
    quality: str
    began_at: datetime
    raised_at: datetime
    ended_at: datetime | None
    detail: dict[str, Any]


def keep(session: Session, raised: Raised) -> Alarm:
    """Keep an alarm, or what has become of it: it may be told again and again."""
    same = sa.select(Alarm).where(
        Alarm.kind == raised.kind,
        Alarm.channel.is_not_distinct_from(raised.channel),
        Alarm.quality == raised.quality,
        Alarm.began_at == raised.began_at,
    )
    alarm = session.scalars(same).first()
    if alarm is None:
        alarm = Alarm(
            kind=raised.kind,
            channel=raised.channel,
            quality=raised.quality,
            began_at=raised.began_at,
            raised_at=raised.raised_at,
        )
        session.add(alarm)
        session.flush()
        _tell(session, alarm, HappeningKind.DEAD_AIR_BEGAN, raised.began_at)
    if raised.ended_at is not None and alarm.ended_at is None:
        _tell(session, alarm, HappeningKind.DEAD_AIR_ENDED, raised.ended_at)
    alarm.ended_at, alarm.detail = raised.ended_at, raised.detail
    session.flush()
    return alarm


def acknowledge(session: Session, alarm_id: int, person: Person, now: datetime) -> Alarm:
    """Say that somebody has taken an alarm on.

    Raises Refusal `alarm-unknown`, or `alarm-acknowledged` when somebody has already.
    """
    alarm = session.get(Alarm, alarm_id)
    if alarm is None:
        raise Refusal("alarm-unknown", number=alarm_id)
    if not compare_and_set(
        session,
        Alarm,
        Alarm.id == alarm_id,
        Alarm.acknowledged_at.is_(None),
        acknowledged_at=now,
        acknowledged_by=person.account_id,
    ):
        raise Refusal("alarm-acknowledged", number=alarm_id)
    session.refresh(alarm)
    return alarm


def end(session: Session, alarm_ids: Sequence[int], now: datetime) -> None:
    """End alarms that whoever watches knows nothing of any more."""
    for alarm in session.scalars(
        sa.select(Alarm).where(Alarm.id.in_(alarm_ids), Alarm.ended_at.is_(None))
    ):
        alarm.ended_at = now
        _tell(session, alarm, HappeningKind.DEAD_AIR_ENDED, now)
    session.flush()


def going_on(session: Session) -> list[Alarm]:
    """The troubles that have not ended, oldest first; a test is none."""
    query = sa.select(Alarm).where(Alarm.ended_at.is_(None), Alarm.kind != AlarmKind.TEST)
    return list(session.scalars(query.order_by(Alarm.began_at, Alarm.id)))


def over(session: Session) -> list[Alarm]:
    """The latest troubles that have ended, newest first."""
    query = sa.select(Alarm).where(Alarm.ended_at.is_not(None), Alarm.kind != AlarmKind.TEST)
    return list(session.scalars(query.order_by(Alarm.began_at.desc(), Alarm.id).limit(SHOWN)))


def newest_test(session: Session) -> Alarm | None:
    """The last time that the alarms tested themselves; it has not ended before all were reached."""
    query = sa.select(Alarm).where(Alarm.kind == AlarmKind.TEST)
    return session.scalars(query.order_by(Alarm.began_at.desc(), Alarm.id.desc())).first()


def _tell(session: Session, alarm: Alarm, what: HappeningKind, at: datetime) -> None:
    """Tell webhooks of dead air; alarms of alarms are the operators' own."""
    if alarm.kind in (AlarmKind.QUIET, AlarmKind.GONE):
        happened(session, what, at, alarm=alarm.id)
