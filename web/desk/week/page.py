"""The page of a week is drawn from a fixed number of questions, however many members there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from sqlalchemy.orm import Session

from scheduler.publish import version_before
from station import grid, moderation, readiness, reminders
from station.airtime import Week
from station.grid import Grid, GridState
from station.readiness import Holder, Readiness
from station.rights import next_open_week
from station.settings import Settings
from station.weeks import overview
from web import fairness
from web.desk.building import building
from web.desk.day import day_names
from web.desk.week.built import Built, Left, built, bumped
from web.desk.week.capacity import FULL_PERCENT, capacity
from web.desk.week.changes import Changes, changes
from web.desk.week.cutoffs import hours_off, stages
from web.desk.week.next_act import next_act
from web.public.now import on_air, seconds_to_change
from web.session import now, station

# So many rows of a list are on the week's page; the others are on pages of their own.
FEW = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as the page shows it: what it reached, and the first of whom it bumps."""

    built: Built
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """The draft with what it would change, the published version, and where back leads."""

    draft: Shown | None
    changes: Changes | None
    published: Shown | None
    back_to: int | None


def draw(week: Week, problem: str = "") -> str:
    """The page of a week, with what went wrong."""
    settings = station().settings
    with station().database.reading() as session:
        found = overview(session, week, settings, now())
        versions = {version.state: version for version in grid.versions(session, week)}
        draft, published = versions.get(GridState.DRAFT), versions.get(GridState.PUBLISHED)
        build = building(session, settings, week, published, now())
        asked, ready = {}, readiness.counts(session, week)
        if now() < found.closes_at:
            asked = reminders.to_remind(session, week, now())
        rejected: Sequence[Holder] = ()
        if ready[Readiness.REJECTED]:
            rejected = readiness.holders(session, week, Readiness.REJECTED, 0, FEW)
        wanting = sum(one.people for one in asked.values())
        late = build.late.unfit + build.late.unplaced
        approving = moderation.count_waiting(session, settings, str(week), now())
        channels = on_air(session, settings, now())
        return render_template(
            "desk/week.html",
            problem=problem,
            week=week,
            this=Week.of(now(), settings.zone),
            found=found,
            stages=stages(week, settings, found.state, now()),
            hours_off=hours_off,
            next_act=next_act(
                found, running=build.running, wanting=wanting, approving=approving, late=late
            ),
            approving=approving,
            ready=ready,
            rejected=rejected,
            asked=asked,
            bands=capacity(session, settings, week),
            full_percent=FULL_PERCENT,
            versions=_versions(session, settings, week, draft, published),
            building=build,
            year=fairness.year(session),
            channels=channels,
            fresh=seconds_to_change(channels, now(), settings.slots),
            days=day_names(week),
        )


def next_to_build(settings: Settings, at: datetime) -> Week:
    """The week that closes or closed last before it goes on air; the running one while open."""
    this, opened = Week.of(at, settings.zone), next_open_week(settings, at)
    if opened == this:
        return this
    return max(opened.plus(-1), this.plus(1), key=lambda week: week.monday)


def _versions(
    session: Session, settings: Settings, week: Week, draft: Grid | None, published: Grid | None
) -> Versions:
    back = version_before(session, week)
    changed = None
    if draft is not None and published is not None:
        changed = changes(session, settings, week, published, draft, 0, 0)
    return Versions(
        draft=_shown(session, settings, week, draft),
        changes=changed,
        published=_shown(session, settings, week, published),
        back_to=None if back is None else back.version,
    )


def _shown(session: Session, settings: Settings, week: Week, version: Grid | None) -> Shown | None:
    found = built(session, version)
    if version is None or found is None:
        return None
    return Shown(found, tuple(bumped(session, settings, week, version, 0, FEW)))
