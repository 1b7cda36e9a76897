"""What programs are told with an operator's token; instants are in the station's zone."""

from datetime import datetime

from msgspec import Struct

from station.alarms import AlarmKind
from station.grid import GridState
from station.jobs import JobState


class Promise(Struct, frozen=True):
    """A promised job: where it stands, what is being done just now, and how it ended."""

    state: JobState
    promised_at: datetime
    step: str
    answer: str


class Counts(Struct, frozen=True):
    """How many rights of a week that people hold are how far."""

    rejected: int
    missing: int
    checking: int
    held: int
    ready: int


class HowFar(Struct, frozen=True):
    """One person's five minutes of a week, and what is in the way if something is."""

    name: str
    email: str
    title: str
    sentences: tuple[str, ...]


class HoldersSoFar(Struct, frozen=True):
    """A week's counts, and by name who was rejected and who sent nothing: at most 500 of each."""

    week: str
    counts: Counts
    rejected: tuple[HowFar, ...]
    missing: tuple[HowFar, ...]


class PlacedRequest(Struct, frozen=True):
    """Where a request starts; `start` counts slots from the week's first instant."""

    request: int
    channel: int
    start: int
    starts: datetime
    silent: bool
    title: str
    holder: str
    worth: int


class BumpedRequest(Struct, frozen=True):
    """A request that has no place, and why."""

    request: int
    title: str
    holder: str
    reason: str


class GridVersion(Struct, frozen=True):
    """One version of a week: what it was built with, who is where, and who is nowhere."""

    week: str
    version: int
    state: GridState
    status: str | None
    score: float | None
    bound: float | None
    gap: float | None
    placed: tuple[PlacedRequest, ...]
    bumped: tuple[BumpedRequest, ...]


class AlarmSeen(Struct, frozen=True):
    """One trouble on air, in words too, and since when somebody has taken it on."""

    alarm: int
    kind: AlarmKind
    channel: int | None
    quality: str
    began: datetime
    ended: datetime | None
    acknowledged: datetime | None
    sentence: str


class AlarmsSeen(Struct, frozen=True):
    """What is wrong on air, and the latest that was."""

    going_on: tuple[AlarmSeen, ...]
    over: tuple[AlarmSeen, ...]


class DeedDone(Struct, frozen=True):
    """What an operator did, when, to what and why; `who` is empty for the console."""

    deed: int
    at: datetime
    who: str
    act: str
    subject: str
    reason: str
    said: str


class Deeds(Struct, frozen=True):
    """The newest deeds, at most a hundred; `before` asks for those before the last of them."""

    deeds: tuple[DeedDone, ...]
