"""`mweya week status` says where a week stands and what to do next."""

import dataclasses
from datetime import UTC, datetime

import click

from station.airtime import Week
from station.cli import opened
from station.command import Answer, answers
from station.moments import local_text
from station.weeks import WeekOverview, WeekState, overview

NEXT = {
    WeekState.OPEN: "mweya week build {week} (once it is locked)",
    WeekState.LOCKED: "mweya week build {week}",
    WeekState.BUILT: "mweya week publish {week}",
    WeekState.PUBLISHED: "mweya up",
    WeekState.AIRING: "mweya asrun {week}",
    WeekState.RECONCILED: "mweya asrun {week}",
}


@click.command("status")
@click.argument("week")
@answers
def week_status(week: str) -> Answer:
    """Say where WEEK (like 2026-W48) stands and how full it is."""
    with opened() as (settings, database), database.reading() as session:
        found = overview(session, Week.parse(week, settings.zone), settings, datetime.now(UTC))
    closes = local_text(found.closes_at, settings)
    facts = dataclasses.asdict(found)
    facts["starts_at"], facts["closes_at"] = (
        found.starts_at.isoformat(),
        found.closes_at.isoformat(),
    )
    return Answer(
        facts=facts,
        lines=_lines(found, closes),
        next_command=NEXT[found.state].format(week=found.week),
    )


def _lines(found: WeekOverview, closes: str) -> list[str]:
    hands = f"{found.rights} of {found.sellable_starts} sellable starts are in somebody's hands"
    stand = f"{found.ready} ready, {found.checking} being checked, {found.rejected} refused"
    versions = f"published {found.published_version or '-'}, draft {found.draft_version or '-'}"
    return [
        f"Week {found.week} is {found.state}; uploads and transfers close {closes}.",
        f"{hands}: {stand}, {found.unused} unused.",
        f"Versions: {versions}; {found.placed} placed, {found.bumped} bumped.",
    ]
