"""A grid is one version of one week: a draft, then published, then superseded; never edited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import (
    Mapped,
    Session,
    mapped_column,
    object_session,
    relationship,
)

from station.airtime import Week
from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.rights import Request
from station.settings import Settings
from station.webhooks import HappeningKind, happened


class GridState(StrEnum):
    """Where a version stands; `withdrawn` drafts were overtaken by a newer draft."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Grid(Base):
    """One version of a week; `certificate` is what the build proved, `rules` what it obeyed."""

    __tablename__ = "grids"
    __table_args__ = (
        sa.UniqueConstraint("week", "version"),
        sa.Index(
            "uq_grids_published",
            "week",
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[str]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(default=GridState.DRAFT)
    certificate: Mapped[dict[str, Any]]
    root_hash: Mapped[str | None]  # the ledger's, when it was published
    built_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(
        default=""
    )  # why it was put on show, in the operator's words

    placements: Mapped[list["Placement"]] = relationship(order_by="Placement.start")
    bumps: Mapped[list["Bump"]] = relationship()


class Placement(Base):
    """A request's place; `worth` is the airtime value of its start, in points."""

    __tablename__ = "placements"
    __table_args__ = (sa.UniqueConstraint("grid_id", "channel", "start"), STRICT)

    grid_id: Mapped[int] = mapped_column(sa.ForeignKey("grids.id"), primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"), primary_key=True)
    channel: Mapped[int]
    start: Mapped[int]
    worth: Mapped[int] = mapped_column(default=0)

    request: Mapped[Request] = relationship()


class Bump(Base):
    """A request the build could not place, and why.

    `way_out` is the cheapest change that would place it, as `scheduler.change_words` reads it;
    None until one was looked for.
    """

    __tablename__ = "bumps"

    grid_id: Mapped[int] = mapped_column(sa.ForeignKey("grids.id"), primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"), primary_key=True)
    reason: Mapped[str]
    way_out: Mapped[dict[str, Any] | None]

    request: Mapped[Request] = relationship()


class ReservedBlock(Base):
    """Starts the station keeps for itself in one week; one that was given back has no length."""

    __tablename__ = "reserved_blocks"

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(index=True)
    channel: Mapped[int]
    start: Mapped[int]
    length: Mapped[int]
    label: Mapped[str]


class Pin(Base):
    """A request's place, fixed by the operator before the build."""

    __tablename__ = "pins"

    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"), primary_key=True)
    channel: Mapped[int]
    start: Mapped[int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request starts: channel and start, both counted from 0."""

    request_id: int
    channel: int
    start: int
    worth: int = 0


def draft(
    session: Session,
    week: Week,
    places: Iterable[Place],
    bumped: Iterable[tuple[int, str]],
    certificate: dict[str, Any],
    now: datetime,
) -> Grid:
    """Keep a build as the week's newest draft; an older draft is withdrawn."""
    session.execute(
        sa.update(Grid)
        .where(Grid.week == str(week), Grid.state == GridState.DRAFT)
        .values(state=GridState.WITHDRAWN)
    )
    newest = session.scalars(
        sa.select(sa.func.max(Grid.version)).where(Grid.week == str(week))
    ).one()
    grid = Grid(week=str(week), version=(newest or 0) + 1, certificate=certificate, built_at=now)
    session.add(grid)
    session.flush()
    session.add_all(
        Placement(
            grid_id=grid.id,
            request_id=place.request_id,
            channel=place.channel,
            start=place.start,
            worth=place.worth,
        )
        for place in places
    )
    session.add_all(
        Bump(grid_id=grid.id, request_id=request_id, reason=reason) for request_id, reason in bumped
    )
    session.flush()
    return grid


def put_on_air(session: Session, grid: Grid, root_hash: str, now: datetime) -> None:
    """Publish a draft and supersede the version before. Raises Refusal `draft-overtaken`."""
    session.execute(
        sa.update(Grid)
        .where(Grid.week == grid.week, Grid.state == GridState.PUBLISHED)
        .values(state=GridState.SUPERSEDED)
    )
    if not compare_and_set(
        session,
        Grid,
        Grid.id == grid.id,
        Grid.state == GridState.DRAFT,
        state=GridState.PUBLISHED,
        published_at=now,
        root_hash=root_hash,
    ):
        raise Refusal("draft-overtaken", week=grid.week)
    session.refresh(grid)
    what = {"week": grid.week, "version": grid.version, "root_hash": root_hash}
    happened(session, HappeningKind.WEEK_PUBLISHED, now, **what)


def published(session: Session, week: Week) -> Grid | None:
    """The version of a week that counts."""
    return _in_state(session, week, GridState.PUBLISHED)


def newest_draft(session: Session, week: Week) -> Grid | None:
    """The week's draft, when there is one."""
    return _in_state(session, week, GridState.DRAFT)


def versions(session: Session, week: Week) -> list[Grid]:
    """All versions of a week, oldest first."""
    query = sa.select(Grid).where(Grid.week == str(week))
    return list(session.scalars(query.order_by(Grid.version)))


def require_version(session: Session, week: Week, version: int | None = None) -> Grid:
    """One version; by default the draft, else the published one.

    Raises Refusal `nothing-built`, WrongInput `version-unknown`.
    """
    if version is not None:
        query = sa.select(Grid).where(Grid.week == str(week), Grid.version == version)
        found = session.scalars(query).one_or_none()
        if found is None:
            raise WrongInput("version-unknown", week=week, version=version)
        return found
    grid = newest_draft(session, week) or published(session, week)
    if grid is None:
        raise Refusal("nothing-built", week=week)
    return grid


def places(grid: Grid) -> dict[int, Place]:
    """A version's places by request id. Raises ValueError when it is in no session."""
    session = object_session(grid)
    if session is None:
        raise ValueError(f"version {grid.version} of {grid.week} is in no session")
    # Columns, not objects: there are thousands.
    columns = (Placement.request_id, Placement.channel, Placement.start, Placement.worth)
    query = sa.select(*columns).where(Placement.grid_id == grid.id)
    return {row[0]: Place(*row) for row in session.execute(query)}


def reserved_blocks(session: Session, week: Week) -> list[ReservedBlock]:
    """What the station keeps of a week."""
    query = sa.select(ReservedBlock).where(
        ReservedBlock.week == str(week), ReservedBlock.length > 0
    )
    return list(session.scalars(query.order_by(ReservedBlock.channel, ReservedBlock.start)))


def open_starts(session: Session, week: Week, settings: Settings) -> int:
    """All starts less reserved blocks, over all channels."""
    reserved = sum(block.length for block in reserved_blocks(session, week))
    return week.starts(settings.slots) * settings.channels - reserved


def sellable_starts(session: Session, week: Week, settings: Settings) -> int:
    """All starts less reserved blocks and the makegood reserve, over all channels."""
    return sellable_by_week(session, [week], settings)[str(week)]


def sellable_by_week(session: Session, weeks: Sequence[Week], settings: Settings) -> dict[str, int]:
    """The sellable starts of each of some weeks."""
    labels = [str(week) for week in weeks]
    query = sa.select(ReservedBlock.week, sa.func.sum(ReservedBlock.length))
    query = query.where(ReservedBlock.week.in_(labels)).group_by(ReservedBlock.week)
    reserved = dict(session.execute(query).all())
    sellable = {}
    for week in weeks:
        whole = week.starts(settings.slots) * settings.channels
        # PostgreSQL sums to a decimal.
        kept = int(reserved.get(str(week), 0)) + makegood_reserve(week, settings)
        sellable[str(week)] = whole - kept
    return sellable


def makegood_reserve(week: Week, settings: Settings) -> int:
    """How many starts of a week are kept for makegoods, over all channels."""
    whole = week.starts(settings.slots) * settings.channels
    return int(-(-whole * settings.rules.makegood_reserve_percent // 100))


def weeks_waited(session: Session, account_ids: Sequence[int], week: Week) -> dict[int, int]:
    """For each account that was bumped in the published weeks just before, how many in a row."""
    waited: dict[int, int] = {}
    still = set(account_ids)
    earlier = week.plus(-1)
    while still and (grid := published(session, earlier)) is not None:
        still &= _accounts(session, Bump, grid) - _accounts(session, Placement, grid)
        for account_id in still:
            waited[account_id] = waited.get(account_id, 0) + 1
        earlier = earlier.plus(-1)
    return waited


def _accounts(session: Session, part: type[Placement | Bump], grid: Grid) -> set[int]:
    """Whose requests a version placed or bumped; columns only, for thousands of them."""
    query = sa.select(Request.account_id).join(part, part.request_id == Request.id)
    return set(session.scalars(query.where(part.grid_id == grid.id)))


def _in_state(session: Session, week: Week, state: GridState) -> Grid | None:
    query = sa.select(Grid).where(Grid.week == str(week), Grid.state == state)
    return session.scalars(query).one_or_none()
