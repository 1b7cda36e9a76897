"""Builds, repairs and questions as promised jobs; done twice, the same draft is a newer version.

Each tells about once a second how far it is, and ends with the best so far when it is stopped.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from scheduler.progress import Progress
from station import grid
from station.airtime import Week
from station.db import Database
from station.jobs import Duty, JobKind
from station.settings import Settings
from station.what_ifs import Figures, reached

Doing = Callable[[str, datetime, Progress], str]


def duties(settings: Settings, database: Database) -> Mapping[JobKind, Duty]:
    """What becomes a week's draft, by the kind of job."""

    def build_week(subject: str, now: datetime, heard: Progress) -> str:
        # OR-Tools is loaded by the first build and not by whoever lists the duties.
        from scheduler.build import build

        week = Week.parse(subject, settings.zone)
        _, _, version = build(database, settings, week, now, heard.told, heard.stopped)
        kept = _reached(database, week, version)
        return f"Version {version} of {week}: {kept.placed} placed, {kept.bumped} bumped."

    def repair_week(subject: str, now: datetime, heard: Progress) -> str:
        from scheduler.build import repair

        week = Week.parse(subject, settings.zone)
        repaired, version = repair(database, settings, week, now, heard.stopped)
        if version is None:
            return f"The published version of {week} fits as it is."
        moved, kept = len(repaired.moved), _reached(database, week, version)
        return f"Version {version} of {week}: {moved} moved, {kept.bumped} bumped."

    return _watched(database, {JobKind.BUILD: build_week, JobKind.REPAIR: repair_week})


def questions(settings: Settings, database: Database) -> Mapping[JobKind, Duty]:
    """What is only found out about a week, by the kind of job: no build waits for it."""

    def explain_version(subject: str, now: datetime, heard: Progress) -> str:
        from scheduler.way_out import explain

        found = explain(database, settings, int(subject), now, heard.stopped)
        return f"{found} of those bumped could have a place."

    def answer_what_if(subject: str, now: datetime, heard: Progress) -> str:
        from scheduler.what_if import answer

        asked = answer(database, settings, int(subject), now, heard.told, heard.stopped)
        return asked.problem or f"{asked.placed} placed, {asked.bumped} bumped."

    return _watched(database, {JobKind.EXPLAIN: explain_version, JobKind.WHAT_IF: answer_what_if})


def _reached(database: Database, week: Week, version: int) -> Figures:
    """What a version has, with whoever was not asked for a place in it among the bumped."""
    with database.reading() as session:
        return reached(session, grid.require_version(session, week, version))


def _watched(database: Database, doings: Mapping[JobKind, Doing]) -> Mapping[JobKind, Duty]:
    """Duties that tell how far they are, and hear that they are to stop."""

    def watched(kind: JobKind, do: Doing) -> Duty:
        def duty(subject: str, now: datetime) -> str:
            heard = Progress(database, kind, subject, now)
            heard.keep()
            said = do(subject, now, heard)
            heard.keep()
            return said

        return duty

    return {kind: watched(kind, do) for kind, do in doings.items()}
