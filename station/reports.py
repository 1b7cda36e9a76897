"""A listener says what is wrong with what is heard, and an operator settles it, with an answer.

Nobody has to say who they are. An address that was left is used for the answer and then forgotten.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from station import attempts, letters
from station.airlog import AirLine
from station.attempts import Limit
from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.languages import marked, speaking
from station.members import Person, clean_email
from station.rights import Request, clean_text
from station.settings import Settings

LONGEST_WORDS = 1000
LONGEST_ANSWER = 1000
# Whoever heard something says so within days; what is to come can be shown before it airs.
HEARD_WITHIN = timedelta(days=7)
# A mobile network puts thousands of phones behind one address.
FROM_NETWORK = Limit("report-network", 30, "reported-often")
# Whoever floods one piece with reports leaves every other one its own.
OF_PIECE = Limit("report-piece", 100, "reported-often")
SHOWN = 20

ABOUT = marked("What you told us about “%(title)s”")
THANKS = marked("Thank you for telling us about “%(title)s”. We have listened to it.")
WAS_RIGHT = marked("You were right, and we have acted on it.")
WAS_NOT = marked("We found that it may stay on air.")


class ReportKind(StrEnum):
    """What is said to be wrong."""

    HURTFUL = "hurtful"
    ADULT = "adult"
    PRIVATE = "private"
    COPIED = "copied"
    SOUND = "sound"
    OTHER = "other"


class ReportState(StrEnum):
    """Whether somebody has looked at it, and what they found."""

    OPEN = "open"
    UPHELD = "upheld"
    UNFOUNDED = "unfounded"


class Report(Base):
    """What a listener says is wrong: with a slot of a channel, a member's request, or both.

    `email` is where they want an answer, in `language`; it is empty once the report is settled.
    """

    __tablename__ = "reports"
    __table_args__ = (sa.Index("ix_reports_state", "state"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    channel: Mapped[int | None]
    slot_number: Mapped[int | None]
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("requests.id"), index=True)
    title: Mapped[str]
    kind: Mapped[str]
    words: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default=ReportState.OPEN)
    answer: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Said:
    """What a listener typed; `language` is what they read the page in."""

    kind: str
    words: str = ""
    email: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Reported:
    """Every report of one thing that nobody has settled, oldest first, and whose piece it is."""

    reports: tuple[Report, ...]
    person: Person | None


def of_slot(
    session: Session,
    settings: Settings,
    place: tuple[int, int],
    said: Said,
    network: str,
    now: datetime,
) -> Report:
    """Take a report of what was heard in a slot, `place` being its channel and slot number.

    Raises WrongInput `report-empty`, `text-missing`, `text-long` or `email-wrong`, and Refusal
    `reported-often`.
    """
    channel, slot = place
    heard = range(settings.slots.number(now - HEARD_WITHIN), settings.slots.number(now) + 1)
    line = session.get(AirLine, place) if slot in heard else None
    if line is None:
        raise WrongInput("report-empty")
    about = {"channel": channel, "slot_number": slot, "request_id": line.request_id}
    return _take(session, settings, Report(**about, title=line.title), said, network, now)


def of_request(
    session: Session,
    settings: Settings,
    request_id: int,
    said: Said,
    network: str,
    now: datetime,
) -> Report:
    """Take a report of a member's piece. Raises what `of_slot` does."""
    request = session.get(Request, request_id)
    if request is None:
        raise WrongInput("report-empty")
    report = Report(request_id=request_id, title=request.title)
    return _take(session, settings, report, said, network, now)


def settle(
    session: Session,
    report_id: int,
    *,
    upheld: bool,
    answer: str,
    who: Person,
    now: datetime,
    until: int | None = None,
) -> list[Report]:
    """Say what was found about a report, and about all of the same thing up to the one `until`.

    Whoever left an address is written to. Raises Refusal `report-settled`, WrongInput `text-long`.
    """
    words = clean_text(answer, _("answer"), LONGEST_ANSWER) if answer.strip() else ""
    state = ReportState.UPHELD if upheld else ReportState.UNFOUNDED
    found = {"state": state, "answer": words, "account_id": who.account_id, "settled_at": now}
    first = aliased(Report)
    same = (
        sa.select(Report)
        .join(first, _same_thing(first))
        .where(first.id == report_id, Report.state == ReportState.OPEN)
        .where(Report.id.between(report_id, max(until or 0, report_id)))
        .order_by(Report.id)
    )
    asked = [(report, report.email) for report in session.scalars(same)]
    settled = [
        (report, email)
        for report, email in asked
        if compare_and_set(session, Report, *_open(report.id), email="", **found)
    ]
    if not settled or settled[0][0].id != report_id:
        raise Refusal("report-settled")
    for report, email in settled:
        session.refresh(report)
        if email:
            _answer(session, report, email, now)
    return [report for report, _email in settled]


def waiting(session: Session) -> int:
    """How many reports nobody has settled."""
    query = sa.select(sa.func.count(Report.id)).where(Report.state == ReportState.OPEN)
    return session.scalars(query).one()


def open_ones(session: Session) -> list[Reported]:
    """What the oldest reports are about that nobody has settled, and whose piece each is."""
    alone = Report.request_id.is_(None)
    about = (
        Report.request_id,
        *(sa.case((alone, one)) for one in (Report.channel, Report.slot_number)),
        # A message to a member was never on air: each is a thing of its own.
        sa.case((sa.and_(alone, Report.channel.is_(None)), Report.id)),
    )
    oldest = sa.func.min(Report.id)
    firsts = sa.select(oldest).where(Report.state == ReportState.OPEN).group_by(*about)
    first = aliased(Report)
    query = (
        sa.select(first.id, Report, Person)
        .join(Report, _same_thing(first))
        .outerjoin(Request, Request.id == Report.request_id)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(first.id.in_(firsts.order_by(oldest).limit(SHOWN)))
        .where(Report.state == ReportState.OPEN)
        .order_by(first.id, Report.id)
    )
    pieces: dict[int, list[Report]] = defaultdict(list)
    holders: dict[int, Person | None] = {}
    for first_id, report, person in session.execute(query):
        pieces[first_id].append(report)
        holders[first_id] = person
    return [Reported(tuple(pieces[one]), holders[one]) for one in pieces]


def of_piece(session: Session, request_id: int) -> list[Report]:
    """Everything that was said about a request's piece, newest first."""
    query = sa.select(Report).where(Report.request_id == request_id)
    return list(session.scalars(query.order_by(Report.id.desc()).limit(SHOWN)))


def _take(
    session: Session, settings: Settings, report: Report, said: Said, network: str, now: datetime
) -> Report:
    if said.kind not in list(ReportKind):
        raise WrongInput("report-empty")
    if said.words.strip() or said.kind == ReportKind.OTHER:
        report.words = clean_text(said.words, _("words about what is wrong"), LONGEST_WORDS)
    else:
        report.words = ""
    report.email = clean_email(said.email) if said.email.strip() else ""
    report.kind, report.language, report.at = said.kind, said.language, now
    if (before := _sent_before(session, report)) is not None:
        return before
    attempts.count(session, FROM_NETWORK, network, settings, now)
    attempts.count(session, OF_PIECE, _about(report), settings, now)
    session.add(report)
    session.flush()
    return report


def _about(report: Report) -> str:
    """What a report is about, the same for all slots of a member's piece."""
    if report.request_id is not None:
        return f"request {report.request_id}"
    return f"slot {report.channel} {report.slot_number}"


def _same_thing(first: type[Report]) -> sa.ColumnElement[bool]:
    """Whether a report is about the same as another: a member's piece, or else a slot."""
    slot = Report.channel == first.channel, Report.slot_number == first.slot_number
    alone = Report.request_id.is_(None), first.request_id.is_(None)
    of_piece_or_slot = sa.or_(Report.request_id == first.request_id, sa.and_(*alone, *slot))
    return sa.or_(Report.id == first.id, of_piece_or_slot)


def _open(report_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Report.id == report_id, Report.state == ReportState.OPEN


def _sent_before(session: Session, report: Report) -> Report | None:
    """The same words about the same thing, still open: its button was pressed twice."""
    same = ("channel", "slot_number", "request_id", "kind", "words", "email")
    query = sa.select(Report).where(Report.state == ReportState.OPEN)
    query = query.where(*(getattr(Report, name) == getattr(report, name) for name in same))
    return session.scalars(query).first()


def _answer(session: Session, report: Report, email: str, now: datetime) -> None:
    with speaking(report.language):
        found = _(WAS_RIGHT) if report.state == ReportState.UPHELD else _(WAS_NOT)
        told = [_(THANKS, title=report.title), found, *filter(None, [report.answer])]
        subject = _(ABOUT, title=report.title)
        letters.write_to(session, "", email, subject, "\n\n".join(told) + "\n", now)
