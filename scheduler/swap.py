"""An accepted swap is a new version of the week, published only when it keeps every rule."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler import load
from scheduler.by_hand import redrawn
from scheduler.load import Loaded
from scheduler.publish import broken
from station import grid
from station.airtime import Week
from station.errors import Refusal
from station.grid import Grid, Place
from station.languages import speaking
from station.ledger import root_hash
from station.market import swaps
from station.market.swap_letters import EXCHANGED, page, place_text, tell
from station.market.swaps import Places, Swap, SwapState
from station.members import Person, with_account
from station.settings import Settings


def accept(session: Session, settings: Settings, swap_id: int, who: Person, now: datetime) -> Swap:
    """Exchange two published places in a new version, and put it on show.

    Raises Refusal `swap-not-yours`, `swap-ended`, `swap-moved` when a place has changed since it
    was asked for, or `swap-unfit` with what the checker finds.
    """
    swap = swaps.require_asked(session, swap_id, who)
    swaps.end(session, swap, SwapState.ACCEPTED, now)
    week = Week.parse(swap.week, settings.zone)
    shown = _published(session, week)
    found = None if shown is None else swaps.places(session, swap, shown.id)
    asked_for = swaps.places(session, swap, swap.grid_id)
    if shown is None or found is None or found != asked_for or not swaps.held(session, swap):
        raise Refusal("swap-moved")
    loaded = load.load(session, settings, week, now)
    version = _exchanged(session, week, loaded, shown, found, swap, now)
    problems = broken(loaded, version)
    if problems:
        raise Refusal("swap-unfit", problems=problems)
    grid.put_on_air(session, version, root_hash(session), now)
    swaps.end_others(session, swap, now)
    _tell(session, settings, swap, found, now)
    return swap


def _published(session: Session, week: Week) -> Grid | None:
    """The version that counts, once whoever publishes one of this week now is done."""
    rows = sa.select(Grid.id).where(Grid.week == str(week)).order_by(Grid.id)
    session.execute(rows.with_for_update())
    return grid.published(session, week)


def _exchanged(
    session: Session,
    week: Week,
    loaded: Loaded,
    shown: Grid,
    found: Places,
    swap: Swap,
    now: datetime,
) -> Grid:
    """The published version with two places exchanged, as a draft."""
    mine, wanted = found.mine, found.wanted
    asked = loaded.asked
    places = {key: place for key, place in grid.places(shown).items() if key in asked}
    places |= {
        mine.request_id: _at(loaded, mine.request_id, wanted),
        wanted.request_id: _at(loaded, wanted.request_id, mine),
    }
    return redrawn(session, week, loaded, shown, places, {"status": "swap", "swap": swap.id}, now)


def _at(loaded: Loaded, request_id: int, place: Place) -> Place:
    worth = load.worth_at(loaded.problem, place.channel, place.start)
    return Place(request_id, place.channel, place.start, worth)


def _tell(session: Session, settings: Settings, swap: Swap, found: Places, now: datetime) -> None:
    """Write to both where they are on air now."""
    sides = (
        (swap.asker_id, swap.asked_id, found.wanted),
        (swap.asked_id, swap.asker_id, found.mine),
    )
    for to_id, other_id, place in sides:
        with speaking(with_account(session, to_id).language):
            where = place_text(settings, swap.week, place)
            facts = {"week": swap.week, "place": where, "page": page(settings)}
            tell(session, EXCHANGED, to_id, other_id, now, **facts)
