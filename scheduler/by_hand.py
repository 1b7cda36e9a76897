"""What an operator places by hand becomes a new draft, and only when it breaks no rule.

The version that it starts from is the week's draft, else the published one; neither is edited.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler import load, runs
from scheduler.broken_words import named, said
from scheduler.check import broken_rules
from scheduler.limited import Asked, limit_of
from scheduler.load import Loaded
from scheduler.plan import Bumped, Placement
from scheduler.problem import Place
from scheduler.publish import MOST_TOLD
from station import grid, jobs, pins
from station.airtime import Week
from station.differences import Move
from station.errors import Refusal, Violation
from station.grid import Grid
from station.jobs import JobKind
from station.languages import marked
from station.moments import local_text
from station.settings import Settings

SENT_SINCE = marked("It was sent after the week was built, and the week was not built again.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version with some pieces elsewhere, before it is kept.

    `places` are those of each slot's request, `moves` what is other than in the version with the
    number `base`, also for whoever loses their place (`Loaded.left_out` says why). `broken` says
    what rules the moved pieces break, `already` what others do.
    """

    base: int
    places: Mapping[int, grid.Place]
    moves: tuple[Move, ...]
    broken: tuple[str, ...]
    already: tuple[str, ...]
    loaded: Loaded = field(repr=False)


def propose(
    session: Session,
    settings: Settings,
    week: Week,
    wanted: Mapping[int, Place],
    now: datetime,
    version: int | None = None,
) -> Proposal:
    """See what comes of some pieces' first slots elsewhere, by request id; nothing is kept.

    `version` is what was looked at. Raises Refusal `nothing-built`, `draft-overtaken` when a
    newer version came meanwhile, `piece-unknown`, `edit-nothing`, WrongInput `place-elsewhere`.
    """
    base = grid.require_version(session, week)
    if version not in {None, base.version}:
        raise Refusal("draft-overtaken", week=week)
    # Only the rules are asked here, not what the places are worth to whom.
    loaded = load.load(session, settings, week, now, carried=False)
    asked, before = loaded.asked, grid.places(base)
    places = loaded.runs.joined(
        {key: Place(one.channel, one.start) for key, one in before.items() if key in asked}
    )
    moved = {}
    for number, place in wanted.items():
        first = loaded.runs.whole(number)[0]
        if load.name_of(first) not in loaded.problem.request:
            raise Refusal("piece-unknown", number=number, week=week)
        require_place(settings, week, place)
        moved[first] = place
    if all(places.get(number) == place for number, place in moved.items()):
        raise Refusal("edit-nothing")
    places |= moved
    about = Asked(session, settings, week, now)
    broken, already = _judged(about, loaded, places, moved)
    kept = _with_worth(loaded, before, loaded.runs.parted(places))
    return Proposal(base.version, kept, _moves(before, kept), broken, already, loaded)


def exchange(
    session: Session,
    settings: Settings,
    week: Week,
    one: int,
    other: int,
    now: datetime,
    version: int | None = None,
) -> Proposal:
    """See what comes of two placed pieces in each other's places; see `propose`."""
    places = runs.spots(grid.require_version(session, week))
    joined = runs.read(session, week)
    pair = [joined.whole(number)[0] for number in (one, other)]
    for number in pair:
        if number not in places:
            raise Refusal("piece-unknown", number=number, week=week)
    wanted = {pair[0]: places[pair[1]], pair[1]: places[pair[0]]}
    return propose(session, settings, week, wanted, now, version)


def keep(session: Session, week: Week, proposal: Proposal, now: datetime) -> Grid:
    """Keep a proposal as the week's draft. Raises Refusal `edit-unfit` when it breaks a rule."""
    if proposal.broken:
        raise Refusal("edit-unfit", problems=" ".join(proposal.broken))
    base = grid.require_version(session, week, proposal.base)
    proven = {"status": "by-hand", "edits": base.version, "moved": len(proposal.moves)}
    return redrawn(session, week, proposal.loaded, base, proposal.places, proven, now)


def redrawn(
    session: Session,
    week: Week,
    loaded: Loaded,
    base: Grid,
    places: Mapping[int, grid.Place],
    proven: dict[str, object],
    now: datetime,
) -> Grid:
    """A version with some places changed, as a draft.

    Whoever has withdrawn since is left out; whoever asked since waits for the next build. What
    would place whom it bumps is looked for by the worker.
    """
    said_before = {bump.request_id: bump.reason for bump in base.bumps}
    left = sorted(loaded.asked - places.keys())
    bumps = {**loaded.left_out, **{key: said_before.get(key, SENT_SINCE) for key in left}}
    proven = {**proven, "violations": []}
    version = grid.draft(session, week, places.values(), bumps.items(), proven, now)
    if left:
        jobs.promise(session, JobKind.EXPLAIN, version.id, now)
    return version


def pin(
    session: Session,
    settings: Settings,
    week: Week,
    request_id: int,
    place: Place,
    now: datetime,
) -> None:
    """Pin a piece where it may be, beside all that is fixed already.

    Raises Refusal `piece-unknown`, or `edit-unfit` with what the checker finds.
    """
    piece = pins.piece_of(session, week, request_id)
    require_place(settings, week, place)
    pins.fix(session, piece, place.channel, place.start)
    loaded = load.load(session, settings, week, now, carried=False)
    if load.name_of(piece[0].id) not in loaded.problem.request:
        raise Refusal("piece-unknown", number=request_id, week=week)
    fixed = {
        load.request_id(one.id): at
        for one in loaded.problem.requests
        for at in loaded.problem.fixed(one)
    }
    fixed[piece[0].id] = place
    broken, _ = _judged(Asked(session, settings, week, now), loaded, fixed, {piece[0].id})
    if broken:
        raise Refusal("edit-unfit", problems=" ".join(broken))


def require_place(settings: Settings, week: Week, place: Place) -> None:
    """Make sure that a week has a place. Raises Refusal `place-elsewhere`."""
    starts = week.starts(settings.slots)
    if not (0 <= place.channel < settings.channels and 0 <= place.start < starts):
        first, last, at = (
            local_text(week.instant(one, settings.slots), settings)
            for one in (0, starts - 1, place.start)
        )
        channel = settings.channel_name(place.channel)
        raise Refusal("place-elsewhere", channel=channel, at=at, week=week, first=first, last=last)


def _judged(
    asked: Asked, loaded: Loaded, places: Mapping[int, Place], moved: Collection[int]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the checker finds in places by first request: with the moved ones, and without."""
    placements = [
        Placement(load.name_of(number), at.channel, at.start) for number, at in places.items()
    ]
    names = {one.id for one in placements}
    left = [Bumped(name, "not placed") for name in loaded.problem.request if name not in names]
    found = broken_rules(loaded.problem, placements, left)
    mine = {load.name_of(number) for number in moved}
    ours = [one for one in found if not mine.isdisjoint(one.ids)][:MOST_TOLD]
    theirs = [one for one in found if mine.isdisjoint(one.ids)][:MOST_TOLD]
    shown = [load.request_id(name) for one in (*ours, *theirs) for name in one.ids]
    who = named(asked.session, shown)

    def told(one: Violation) -> str:
        number = load.request_id(one.ids[0]) if one.rule == "limits" else None
        limit = None if number is None else limit_of(asked, number, places[number])
        return said(one, loaded.problem, who, limit)

    return tuple(map(told, ours)), tuple(map(told, theirs))


def _with_worth(
    loaded: Loaded, before: Mapping[int, grid.Place], places: Mapping[int, Place]
) -> dict[int, grid.Place]:
    """Places with the airtime value of their starts; whoever stays keeps theirs."""
    fresh = {
        number: grid.Place(
            number, at.channel, at.start, load.worth_at(loaded.problem, at.channel, at.start)
        )
        for number, at in places.items()
    }
    return {number: _same(before.get(number), place) or place for number, place in fresh.items()}


def _same(before: grid.Place | None, place: grid.Place) -> grid.Place | None:
    """The place before, when it is no other one."""
    if before is None or (before.channel, before.start) != (place.channel, place.start):
        return None
    return before


def _moves(before: Mapping[int, grid.Place], after: Mapping[int, grid.Place]) -> tuple[Move, ...]:
    """What is other, also for whoever had a place and can't be in a new version."""
    return tuple(
        Move(number, before.get(number), after.get(number))
        for number in sorted(before.keys() | after.keys())
        if before.get(number) != after.get(number)
    )
