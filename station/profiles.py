"""A person is shown to everybody only as far as they chose to be; by default not at all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station import shares
from station.airtime import Week
from station.asrun import Outcome
from station.db import Base
from station.grid import Grid, GridState, Placement
from station.languages import gettext as _
from station.members import Person, with_account
from station.moderation import let_through
from station.rights import Request, RequestKind, RequestState, clean_text
from station.settings import Settings
from station.takedowns import is_taken
from station.went_out import HEARD

LONGEST_WORDS = 500
MOST_TIMES = 12
VOICE = "voice"
SAID = (Request.id, Request.title, Request.kind, Person.name)


class Profile(Base):
    """What one account lets everybody see, and whether strangers may write.

    Only a `shown` person has a page, with their name on it; `again` lets what aired be heard again.
    """

    __tablename__ = "profiles"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    shown: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(default="")
    with_place: Mapped[bool] = mapped_column(default=False)
    with_coming: Mapped[bool] = mapped_column(default=False)
    with_past: Mapped[bool] = mapped_column(default=False)
    takes_postcards: Mapped[bool] = mapped_column(default=False)
    again: Mapped[bool] = mapped_column(default=False)
    chosen_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose on the form; all of it is a no until they say yes."""

    shown: bool = False
    words: str = ""
    with_place: bool = False
    with_coming: bool = False
    with_past: bool = False
    takes_postcards: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """One time on air that anybody may know; `channel` counts from 0."""

    request_id: int
    title: str
    silent: bool
    speaker: str
    channel: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Voice:
    """A person's page; what they did not choose to show is empty."""

    account_id: int
    name: str
    words: str
    place: str
    coming: Sequence[Time]
    past: Sequence[Time]
    takes_postcards: bool
    again: bool


def choose(session: Session, account_id: int, choice: Choice, now: datetime) -> Profile:
    """Choose anew what is shown. Raises WrongInput `text-long`."""
    words = clean_text(choice.words, _("words"), LONGEST_WORDS) if choice.words.strip() else ""
    chosen = of(session, account_id) or Profile(account_id=account_id)
    chosen.shown, chosen.words, chosen.with_place = choice.shown, words, choice.with_place
    chosen.with_coming, chosen.with_past = choice.with_coming, choice.with_past
    chosen.takes_postcards, chosen.again = choice.takes_postcards, choice.again
    chosen.chosen_at = now
    session.add(chosen)
    session.flush()
    return chosen


def of(session: Session, account_id: int) -> Profile | None:
    """What an account chose, if it did."""
    return session.get(Profile, account_id)


def code_of(settings: Settings, account_id: int) -> str:
    """What names an account's person in addresses: 17-k3f9x2ab."""
    return shares.signed(settings, VOICE, account_id)


def account_named(settings: Settings, code: str) -> int | None:
    """The account that a code names; None when it is not one of ours."""
    return shares.number_signed(settings, VOICE, code)


def shown_among(session: Session, account_ids: Collection[int]) -> set[int]:
    """Which of some accounts have a page that everybody may open."""
    query = sa.select(Profile.account_id).where(
        Profile.shown.in_([True]), Profile.account_id.in_(account_ids)
    )
    return set(session.scalars(query))


def voice(session: Session, settings: Settings, account_id: int, now: datetime) -> Voice | None:
    """A person's page; None of who has none."""
    chosen = of(session, account_id)
    if chosen is None or not chosen.shown:
        return None
    person, mine = with_account(session, account_id), Request.account_id == account_id
    return Voice(
        account_id=account_id,
        name=person.name,
        words=chosen.words,
        place=person.place if chosen.with_place else "",
        coming=coming(session, settings, mine, now) if chosen.with_coming else (),
        past=past(session, settings, mine) if chosen.with_past else (),
        takes_postcards=chosen.takes_postcards,
        again=chosen.again,
    )


def coming(
    session: Session, settings: Settings, whose: sa.ColumnElement[bool], now: datetime
) -> list[Time]:
    """The next published times of some requests, earliest first; a run is told of once."""
    query = (
        sa.select(*SAID, Request.week, Placement.channel, Placement.start)
        .join(Person, Person.account_id == Request.account_id)
        .join(Grid, sa.and_(Grid.week == Request.week, Grid.state == GridState.PUBLISHED))
        .join(Placement, sa.and_(Placement.grid_id == Grid.id, Placement.request_id == Request.id))
        .where(whose, *_whole(), Request.week >= str(Week.of(now, settings.zone)))
    )
    found = [
        Time(
            request_id=row.id,
            title=row.title,
            silent=row.kind == RequestKind.SILENCE,
            speaker=row.name,
            channel=row.channel,
            at=Week.parse(row.week, settings.zone).instant(row.start, settings.slots),
        )
        for row in session.execute(query)
    ]
    ahead = sorted((one for one in found if one.at > now), key=lambda one: (one.at, one.channel))
    return ahead[:MOST_TIMES]


def past(session: Session, settings: Settings, whose: sa.ColumnElement[bool]) -> list[Time]:
    """The last times that some requests were heard, newest first; a run is told of once."""
    query = (
        sa.select(*SAID, Outcome.channel, Outcome.slot_number)
        .join(Person, Person.account_id == Request.account_id)
        .join(Outcome, Outcome.request_id == Request.id)
        .where(whose, *_whole(), Outcome.kind.in_(HEARD))
        .order_by(Outcome.slot_number.desc())
        .limit(MOST_TIMES)
    )
    return [
        Time(
            request_id=row.id,
            title=row.title,
            silent=row.kind == RequestKind.SILENCE,
            speaker=row.name,
            channel=row.channel,
            at=settings.slots.start(row.slot_number),
        )
        for row in session.execute(query)
    ]


def _whole() -> tuple[sa.ColumnElement[bool], ...]:
    """What is still to be seen, and of a run its first part alone."""
    open_first = Request.state == RequestState.OPEN, Request.run_place == 0
    return *open_first, ~is_taken(), let_through()
