"""A week goes through its states in order, and each of them has the moments that it ends by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from station.airtime import HOUR_SECONDS, Week
from station.languages import gettext as _
from station.languages import marked, ngettext
from station.lengths import figures
from station.market import limits
from station.rights import cutoff
from station.settings import Settings
from station.weeks import WeekState
from web.words import until

# Further off than so many hours nobody counts in them.
MOST_HOURS = 240


@dataclass(frozen=True, slots=True)
class CutOff:
    """One moment, and what happens or is to be done by then."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stage:
    """One state of a week with its cut-offs; `late` when one passed and the week is no further."""

    state: WeekState
    cutoffs: tuple[CutOff, ...]
    past: bool
    here: bool
    late: bool


def stages(week: Week, settings: Settings, state: WeekState, now: datetime) -> list[Stage]:
    """Every state of a week, in order, seen from the one that it is in."""
    order = list(WeekState)
    found = []
    for one, cutoffs in _cutoffs(week, settings).items():
        past = order.index(one) < order.index(state)
        late = not past and any(cutoff.at <= now for cutoff in cutoffs)
        found.append(Stage(one, tuple(cutoffs), past, one == state, late))
    return found


def hours_off(at: datetime, now: datetime) -> str:
    """How far off an instant is, in hours as long as they can be counted: in 52 hours."""
    hours = int(abs((at - now).total_seconds()) // HOUR_SECONDS)
    if at <= now and hours:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", hours, num=figures(hours))
    if at <= now:
        return _("just now")
    if 1 < hours <= MOST_HOURS:
        return ngettext("in %(num)s hour", "in %(num)s hours", hours, num=figures(hours))
    return until(at, now)


def _cutoffs(week: Week, settings: Settings) -> dict[WeekState, Sequence[CutOff]]:
    uploads, transfers = cutoff(week, settings), limits.closes(week, settings)
    begins = week.span.start
    build_by = max(uploads, begins - timedelta(hours=settings.week.build_hours))
    publish_by = max(build_by, begins - timedelta(hours=settings.week.publish_hours))
    if uploads == transfers:
        closing = [CutOff(marked("Uploads and transfers close"), uploads)]
    else:
        closing = [
            CutOff(marked("Uploads close"), uploads),
            CutOff(marked("Transfers close"), transfers),
        ]
    return {
        WeekState.OPEN: sorted(closing, key=lambda one: one.at),
        WeekState.LOCKED: [CutOff(marked("To be built"), build_by)],
        WeekState.BUILT: [CutOff(marked("To be published"), publish_by)],
        WeekState.PUBLISHED: [CutOff(marked("Goes on air"), begins)],
        WeekState.AIRING: [CutOff(marked("Ends"), week.span.end)],
        WeekState.RECONCILED: [],
    }
