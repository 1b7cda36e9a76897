"""Who has sent nothing, or nothing that can air, is reminded by letter, at most once a day."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station import letters
from station.airtime import Week
from station.db import Base, Database
from station.errors import Refusal
from station.jobs import Duty, JobKind, promise
from station.languages import gettext as _
from station.languages import ngettext, speaking
from station.lengths import figures
from station.members import Person
from station.moments import deadline_text, first_day
from station.readiness import Readiness, arranged_for, how_far, of_week
from station.rights import cutoff
from station.settings import Settings

NOT_AGAIN_FOR = timedelta(days=1)
MOST_AT_ONCE = 100
# Of these something is wanted.
REMINDED = (Readiness.MISSING, Readiness.REJECTED)


class Reminder(Base):
    """One letter that reminded a person of a week."""

    __tablename__ = "reminders"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    week: Mapped[str] = mapped_column(primary_key=True)
    written_at: Mapped[datetime] = mapped_column(primary_key=True)


@dataclass(frozen=True, slots=True)
class ToRemind:
    """How many people are to be reminded, how many of them lately were, and who has no need.

    `arranged` people made a standing choice for what they send nothing for.
    """

    people: int
    lately: int
    arranged: int


NOBODY = ToRemind(0, 0, 0)


def to_remind(session: Session, week: Week, now: datetime) -> dict[Readiness, ToRemind]:
    """Who would be reminded of a week, by how far they are."""
    people = sa.func.count(sa.distinct(Person.id))
    # Whoever tried to send something is told in any case.
    needless = sa.and_(arranged_for, how_far == Readiness.MISSING)
    lately = _lately(week, now)
    columns = (
        people.filter(~needless, ~lately),
        people.filter(~needless, lately),
        people.filter(needless),
    )
    query = of_week(week, how_far.label("so_far"), *columns)
    query = query.where(how_far.in_(REMINDED)).group_by("so_far")
    found = {Readiness(state): ToRemind(*counts) for state, *counts in session.execute(query)}
    return {state: found.get(state, NOBODY) for state in REMINDED}


def last(session: Session, week: Week, person_ids: Collection[int]) -> dict[int, datetime]:
    """When some people were reminded of a week last; those who never were are left out."""
    query = (
        sa.select(Reminder.person_id, sa.func.max(Reminder.written_at))
        .where(Reminder.week == str(week), Reminder.person_id.in_(person_ids))
        .group_by(Reminder.person_id)
    )
    return dict(session.execute(query).all())


def promise_letters(
    session: Session, settings: Settings, week: Week, state: Readiness, now: datetime
) -> ToRemind:
    """Promise a letter to everybody who is so far and was not reminded within a day.

    Raises Refusal `week-closed` when nothing can be sent any more, `nobody-to-remind`.
    """
    closes = cutoff(week, settings)
    if now >= closes:
        raise Refusal("week-closed", week=week, closed=deadline_text(closes, settings))
    found = to_remind(session, week, now)[state]
    if not found.people:
        raise Refusal("nobody-to-remind", week=week)
    promise(session, JobKind.REMIND, f"{week} {state}", now)
    return found


def sentence(found: ToRemind) -> str:
    """Who gets a letter, and who gets none."""
    said = [
        ngettext(
            "A letter to %(num)s person is promised.",
            "Letters to %(num)s people are promised.",
            found.people,
            num=figures(found.people),
        )
    ]
    if found.lately:
        said.append(
            ngettext(
                "%(num)s more had one within a day.",
                "%(num)s more had one within a day.",
                found.lately,
                num=figures(found.lately),
            )
        )
    return " ".join(said)


def writer(database: Database, settings: Settings) -> Duty:
    """What is done about promised reminders: letters are written, so many in a transaction."""

    def write_all(subject: str, now: datetime) -> str:
        label, state = subject.split()
        week, written = Week.parse(label, settings.zone), 0
        while some := database.do(_some(settings, week, Readiness(state), now)):
            written += some
        return ngettext("%(num)s letter was written.", "%(num)s letters were written.", written)

    return write_all


def _some(
    settings: Settings, week: Week, state: Readiness, now: datetime
) -> Callable[[Session], int]:
    def write(session: Session) -> int:
        query = of_week(week, Person).where(how_far == state, ~_lately(week, now))
        if state == Readiness.MISSING:
            query = query.where(~arranged_for)
        query = query.distinct().order_by(Person.id).limit(MOST_AT_ONCE)
        # Once a week is closed there is nothing left to remind of.
        found = session.scalars(query).all() if now < cutoff(week, settings) else []
        for person in found:
            session.add(Reminder(person_id=person.id, week=str(week), written_at=now))
            _write(session, settings, person, week, state, now)
        return len(found)

    return write


def _write(
    session: Session,
    settings: Settings,
    person: Person,
    week: Week,
    state: Readiness,
    now: datetime,
) -> None:
    with speaking(person.language):
        day, until = first_day(week), deadline_text(cutoff(week, settings), settings)
        if state == Readiness.REJECTED:
            said = _(
                "What you sent for the week of %(day)s can't air as it is. Your page says why.",
                day=day,
            )
        else:
            said = _("You have airtime in the week of %(day)s and sent nothing for it.", day=day)
        next_step = _(
            "Until %(until)s you can send a recording, dedicate your time to silence, or give it "
            "to somebody:",
            until=until,
        )
        body = letters.greeting(person.name, f"{said}\n\n{next_step}\n{settings.web_url}/member/")
        subject = _("Your airtime in the week of %(day)s", day=day)
        letters.write(session, person, subject, body, now)


def _lately(week: Week, now: datetime) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Reminder.person_id == Person.id,
        Reminder.week == str(week),
        Reminder.written_at > now - NOT_AGAIN_FOR,
    )
