"""Publishing puts a checked version on show and supersedes the one before; it edits none.

A version is checked again at the moment it is published, against the station as it is then.
What has started stays where it is in every later version.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler import load, runs, tell
from scheduler.check import broken_rules
from scheduler.load import Loaded
from scheduler.plan import Bumped, Placement
from scheduler.problem import Window
from station import grid, jobs
from station.airtime import Week
from station.errors import Refusal
from station.grid import Grid, GridState, Place
from station.jobs import JobKind
from station.languages import marked
from station.ledger import root_hash
from station.settings import Settings

AT_ONCE = timedelta(0)
MOST_TOLD = 5

SENT_SINCE = marked("It was sent after the version that the station went back to.")
STARTED_SINCE = "Its place in the version that the station went back to has passed."


def publish(
    session: Session, settings: Settings, week: Week, now: datetime, reason: str = ""
) -> Grid:
    """Put the week's draft on show, for a reason that is kept, and tell everybody whom it moves.

    Raises Refusal `nothing-built` when there is no draft, `draft-unfit` when the checker
    finds anything, `draft-overtaken` when another draft came meanwhile.
    """
    draft = grid.newest_draft(session, week)
    if draft is None:
        raise Refusal("nothing-built", week=week)
    loaded = load.load(session, settings, week, now, AT_ONCE)
    _require_fit(loaded, draft)
    draft.reason = reason
    _put_on_show(session, settings, week, draft, now)
    return draft


def rollback(
    session: Session, settings: Settings, week: Week, now: datetime, reason: str = ""
) -> Grid:
    """Publish the version before the published one again, as a new version with its reason.

    What has started stays. Who had a later place in the version before gets it back; whoever
    it leaves without one is bumped with a reason. Raises Refusal `nothing-earlier`, or
    `draft-unfit` when the earlier version breaks a rule by now.
    """
    shown, earlier = grid.published(session, week), version_before(session, week)
    if shown is None or earlier is None:
        raise Refusal("nothing-earlier", week=week)
    loaded = load.load(session, settings, week, now, AT_ONCE)
    places, bumped = _again(loaded, grid.places(shown), earlier)
    proven = {"status": "rollback", "of_version": earlier.version, "violations": []}
    draft = grid.draft(session, week, places.values(), bumped.items(), proven, now)
    _require_fit(loaded, draft)
    draft.reason = reason
    _put_on_show(session, settings, week, draft, now)
    if bumped.keys() & loaded.asked:
        jobs.promise(session, JobKind.EXPLAIN, draft.id, now)
    return draft


def version_before(session: Session, week: Week) -> Grid | None:
    """The version that a rollback would go back to: once on show, before the one that is."""
    versions = grid.versions(session, week)
    shown = next((one for one in versions if one.state == GridState.PUBLISHED), None)
    if shown is None:
        return None
    limit = int(shown.certificate.get("of_version") or shown.version)
    once = (one for one in versions if one.state == GridState.SUPERSEDED and one.version < limit)
    return max(once, key=lambda one: one.version, default=None)


def _put_on_show(
    session: Session, settings: Settings, week: Week, draft: Grid, now: datetime
) -> None:
    """Publish a draft, and write to everybody whose place it changes."""
    before = grid.published(session, week)
    grid.put_on_air(session, draft, root_hash(session), now)
    tell.write_letters(session, settings, week, before, draft, now)


def _again(
    loaded: Loaded, now_at: Mapping[int, Place], earlier: Grid
) -> tuple[dict[int, Place], dict[int, str]]:
    """The earlier version's places as far as they still can be, and who is left without."""
    then_at = grid.places(earlier)
    then_said = {bump.request_id: bump.reason for bump in earlier.bumps}
    frozen = {seat.id for seat in loaded.problem.published if seat.frozen}
    places: dict[int, Place] = {}
    bumped = dict(loaded.left_out)
    for request in loaded.problem.requests:
        number = load.request_id(request.id)
        whole, at = loaded.runs.whole(number), now_at if request.id in frozen else then_at
        if number not in at:
            bumped |= dict.fromkeys(whole, then_said.get(number, SENT_SINCE))
        elif request.id not in frozen and _closed(request.allowed, at[number]):
            bumped |= dict.fromkeys(whole, STARTED_SINCE)
        else:
            places |= {one: at[one] for one in whole}
    return places, bumped


def _closed(allowed: tuple[Window, ...], place: Place) -> bool:
    return not any(window.start <= place.start < window.end for window in allowed)


def _require_fit(loaded: Loaded, version: Grid) -> None:
    """Check a version against the station as it is. Raises Refusal `draft-unfit`."""
    problems = broken(loaded, version)
    if problems:
        raise Refusal("draft-unfit", week=version.week, version=version.version, problems=problems)


def broken(loaded: Loaded, version: Grid) -> str:
    """What the checker finds in a version, for the station as it is, in a few sentences."""
    asked = {request.id for request in loaded.problem.requests}
    placements = [
        Placement(load.name_of(number), place.channel, place.start)
        for number, place in loaded.runs.joined(runs.spots(version)).items()
    ]
    bumped = [
        Bumped(name, bump.reason)
        for bump in version.bumps
        if (name := load.name_of(bump.request_id)) in asked
    ]
    found = broken_rules(loaded.problem, placements, bumped)
    return " ".join(violation.sentence for violation in found[:MOST_TOLD])
