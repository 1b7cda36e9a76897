"""What the model of a station is made of: plain values, and none of the station's own code."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

OPEN, RESERVED, PAID, DISPUTED = "open", "reserved", "paid", "disputed"
WITH_BUYER = (RESERVED, PAID, DISPUTED)
UNDER_WAY = (OPEN, *WITH_BUYER)
# Johannesburg's Monday begins on Sunday at 22:00 UTC, and weeks close 48 hours before.
CLOSES_BEFORE = timedelta(hours=48 + 2)
OVER_AFTER = timedelta(days=7) - timedelta(hours=2)
SILENCE = ("silence", None)
Asks = tuple[str, int | None]


class No(Exception):  # noqa: N818  as a refusal is
    """The model's refusal, by the code that the station should say."""


@dataclass(frozen=True)
class Rules:
    """The settings that a station was made with."""

    most_rights_per_week: int = 2
    cooling_off: timedelta = timedelta(hours=24)
    only_members: bool = False
    gift_lasts: timedelta = timedelta(days=7)
    payment_lasts: timedelta = timedelta(days=3)
    cancel_within: timedelta = timedelta(days=7)
    makegood_weeks: int = 4


@dataclass
class Right:
    """`place` is an account's number, or the name of one of the station's own.

    `run` has the numbers of all the rights that it airs with as one piece, in order.
    """

    week: str
    place: int | str
    issued_to: int | None = None
    issued_at: datetime | None = None
    arrived: dict[int, datetime] = field(default_factory=dict)
    asks: Asks | None = None
    run: tuple[int, ...] = ()
    outcome: str | None = None
    owed_to: int | None = None
    last_week: str | None = None  # of a makegood


@dataclass
class Offer:
    """`waiting` are its rights in escrow; a link's `token` is remembered by the tests alone."""

    kind: str
    giver: int
    receiver: int | None
    rights: tuple[int, ...]
    deadline: datetime
    state: str = OPEN
    waiting: set[int] = field(default_factory=set)
    token: str | None = None


@dataclass
class Account:
    """Somebody who holds airtime; `year` is (began at, last week) while it counts."""

    email: str
    member: bool = False
    year: tuple[datetime, str] | None = None
    standing: str = "pool"


@dataclass
class Recording:
    """One upload of a right's holder."""

    right: int
    account: int
    state: str = "received"


def monday(week: str) -> date:
    """A week's first day."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def label(day: date) -> str:
    """The week that a day lies in."""
    year, number, _ = day.isocalendar()
    return f"{year:04}-W{number:02}"


def plus(week: str, weeks: int) -> str:
    """The week so many weeks later."""
    return label(monday(week) + timedelta(weeks=weeks))


def closes(week: str) -> datetime:
    """When a week's transfers and uploads close."""
    day = monday(week)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - CLOSES_BEFORE


def is_over(week: str, now: datetime) -> bool:
    """Whether a week's last minute has gone by."""
    day = monday(week)
    return now >= datetime(day.year, day.month, day.day, tzinfo=UTC) + OVER_AFTER
