"""The build and the repair as promised jobs; done twice, the same draft is a newer version."""

from collections.abc import Mapping
from datetime import datetime

from station.airtime import Week
from station.db import Database
from station.jobs import Duty, JobKind
from station.settings import Settings


def duties(settings: Settings, database: Database) -> Mapping[JobKind, Duty]:
    """What the scheduler can do, by the kind of job."""

    def build_week(subject: str, now: datetime) -> str:
        # OR-Tools is loaded by the first build and not by whoever lists the duties.
        from scheduler.build import build

        week = Week.parse(subject, settings.zone)
        _, plan, version = build(database, settings, week, now)
        placed, bumped = len(plan.placements), len(plan.bumped)
        return f"Version {version} of {week}: {placed} placed, {bumped} bumped."

    def repair_week(subject: str, now: datetime) -> str:
        from scheduler.build import repair

        week = Week.parse(subject, settings.zone)
        repaired, version = repair(database, settings, week, now)
        if version is None:
            return f"The published version of {week} fits as it is."
        moved, bumped = len(repaired.moved), len(repaired.bumped)
        return f"Version {version} of {week}: {moved} moved, {bumped} bumped."

    return {JobKind.BUILD: build_week, JobKind.REPAIR: repair_week}
