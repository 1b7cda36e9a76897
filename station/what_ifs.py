"""A what-if is a week's question to the solver: how it would go with something else than today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station import grid, jobs
from station.airtime import Week
from station.db import STRICT, Base
from station.errors import WrongInput
from station.grid import Bump, Grid, Placement
from station.jobs import Job, JobKind
from station.settings import Settings

SHOWN = 12
# So many times today's channels, and an ident of so long, are still a question about this station.
MOST_TIMES = 2
LONGEST_IDENT_SECONDS = 60


class Dropped(StrEnum):
    """What of today's rules a what-if can do without."""

    HOLDER_GAP = "holder-gap"
    SOLD_PER_HOUR = "sold-per-hour"
    SILENCE_GAP = "silence-gap"
    BLOCKS = "reserved-blocks"


class WhatIf(Base):
    """One question about a week, and its answer once it is solved.

    `version` is what of the week counted when it was asked: its draft, else the published one.
    It asks of `channels` channels, `without` some of `Dropped`, and with an ident of
    `ident_seconds` before each piece (None: as today). Its figures are a plan's; `longer` is how
    many starts more the pieces take, `problem` why there is no plan.
    """

    __tablename__ = "what_ifs"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(index=True)
    version: Mapped[int | None]
    asked_at: Mapped[datetime]
    channels: Mapped[int]
    without: Mapped[list[str]] = mapped_column(default=list)
    ident_seconds: Mapped[int | None]
    longer: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="")
    placed: Mapped[int | None]
    bumped: Mapped[int | None]
    score: Mapped[int | None]
    bound: Mapped[int | None]
    gap: Mapped[float | None]
    seconds: Mapped[float | None]
    problem: Mapped[str] = mapped_column(default="")

    @property
    def figures(self) -> "Figures":
        """What its grid would reach."""
        return Figures(self.placed, self.bumped, self.score, self.gap)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise; by default nothing is."""

    channels: int | None = None
    without: tuple[Dropped, ...] = ()
    ident_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a grid reaches; None where nothing is known."""

    placed: int | None
    bumped: int | None
    score: int | None
    gap: float | None


def ask(session: Session, settings: Settings, week: Week, change: Change, now: datetime) -> WhatIf:
    """Keep a question.

    Raises WrongInput `what-if-channels`, `what-if-ident` or `what-if-same`.
    """
    channels = settings.channels if change.channels is None else change.channels
    most = MOST_TIMES * settings.channels
    if not settings.channels <= channels <= most:
        raise WrongInput("what-if-channels", least=settings.channels, most=most)
    if not 0 <= (change.ident_seconds or 0) <= LONGEST_IDENT_SECONDS:
        raise WrongInput("what-if-ident", most=LONGEST_IDENT_SECONDS)
    if channels == settings.channels and not change.without and not change.ident_seconds:
        raise WrongInput("what-if-same")
    today = grid.newest_draft(session, week) or grid.published(session, week)
    asked = WhatIf(
        week=str(week),
        version=None if today is None else today.version,
        asked_at=now,
        channels=channels,
        without=[str(one) for one in dict.fromkeys(change.without)],
        ident_seconds=change.ident_seconds or None,
    )
    session.add(asked)
    session.flush()
    return asked


def promise(session: Session, asked: WhatIf, now: datetime) -> Job:
    """Let the worker solve it."""
    return jobs.promise(session, JobKind.WHAT_IF, asked.id, now)


def newest(session: Session, week: Week) -> Sequence[tuple[WhatIf, Job | None]]:
    """A week's last questions, newest first, each with the job that answers it, if any."""
    joined = sa.and_(Job.kind == JobKind.WHAT_IF, Job.subject == sa.cast(WhatIf.id, sa.Text))
    query = sa.select(WhatIf, Job).outerjoin(Job, joined).where(WhatIf.week == str(week))
    found = session.execute(query.order_by(WhatIf.id.desc()).limit(SHOWN)).all()
    return [(asked, job) for asked, job in found]


def reached(session: Session, version: Grid) -> Figures:
    """What a version of a week reaches, to be held beside what was asked."""
    placed, bumped = (
        session.scalars(
            sa.select(sa.func.count()).select_from(part).where(part.grid_id == version.id)
        ).one()
        for part in (Placement, Bump)
    )
    proven = version.certificate
    return Figures(placed, bumped, proven.get("score"), proven.get("gap"))
