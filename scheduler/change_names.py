"""What a change speaks of has the names that people know it by, when it is found and ever after."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler import load
from scheduler.change_words import Names, sentence
from scheduler.changes import Change
from scheduler.problem import Reserved
from station import grid
from station.airtime import Week
from station.grid import Bump, Grid
from station.languages import dated
from station.languages import gettext as _
from station.members import Person
from station.moments import local_text
from station.rights import Request
from station.settings import Settings


def named(
    session: Session, settings: Settings, week: Week, changes: Iterable[Change | None]
) -> Names:
    """The names of everything that some changes of a week speak of."""
    titles = _titles(session, changes)
    labels = {
        (block.channel, block.start): block.label for block in grid.reserved_blocks(session, week)
    }

    def block(one: Reserved) -> str:
        at = local_text(week.instant(one.start, settings.slots), settings)
        label = labels.get((one.channel, one.start), "")
        return _("“%(label)s” of %(moment)s", label=label, moment=at)

    return Names(
        channel=settings.channel_name,
        day=lambda day: dated(week.monday + timedelta(days=day), "EEEE"),
        request=titles.__getitem__,
        block=block,
    )


def keep(session: Session, version: Grid, changes: dict[int, Change | None]) -> int:
    """Keep with a version's bumps what would place each; answers how many could be placed."""
    for bump in session.scalars(sa.select(Bump).where(Bump.grid_id == version.id)):
        if bump.request_id in changes:
            change = changes[bump.request_id]
            bump.way_out = {} if change is None else msgspec.to_builtins(change)
    session.flush()
    return sum(change is not None for change in changes.values())


def kept(session: Session, settings: Settings, week: Week, version: Grid) -> dict[int, str]:
    """What is known of the bumps of a version, in words, by request id."""
    query = sa.select(Bump.request_id, Bump.way_out).where(Bump.grid_id == version.id)
    found = {
        number: msgspec.convert(way_out, Change) if way_out else None
        for number, way_out in session.execute(query)
        if way_out is not None
    }
    names = named(session, settings, week, found.values()) if found else Names()
    return {number: sentence(change, names) for number, change in found.items()}


def _titles(session: Session, changes: Iterable[Change | None]) -> dict[str, str]:
    """The requests that changes speak of, as people know them."""
    numbers = [load.request_id(one.other) for one in changes if one is not None and one.other]
    query = (
        sa.select(Request.id, Request.title, Person.name)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Request.id.in_(numbers))
    )
    return {
        load.name_of(number): _("“%(title)s” of %(name)s", title=title, name=name)
        for number, title, name in session.execute(query)
    }
