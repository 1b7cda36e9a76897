"""A run is several requests of the station and one of the problem, which has its first one's name.

What is placed, bumped or on show is parted for the station, slot by slot, and joined for the
problem.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler.problem import Place
from station import grid
from station.airtime import Week
from station.grid import Grid
from station.rights import Request

# The requests that air as one piece, in order; most often one alone.
Piece = tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a week, open or withdrawn: all the ids of each, in order, by each of them."""

    members: Mapping[int, tuple[int, ...]]

    def whole(self, request_id: int) -> tuple[int, ...]:
        """The ids of everything that airs as one piece with a request."""
        return self.members.get(request_id, (request_id,))

    def pieces(self, requests: Iterable[Request]) -> list[Piece]:
        """Requests as pieces, in the order of their first ones."""
        by_id = {request.id: request for request in requests}
        wholes = {number: self.whole(number) for number in by_id}
        return [
            tuple(by_id[one] for one in whole)
            for number, whole in wholes.items()
            if whole[0] == number
        ]

    def parted(self, places: Mapping[int, Place]) -> dict[int, Place]:
        """Where each slot's request is, when the first one of each piece is at a place."""
        return {
            one: Place(place.channel, place.start + offset)
            for number, place in places.items()
            for offset, one in enumerate(self.whole(number))
        }

    def joined(self, places: Mapping[int, Place]) -> dict[int, Place]:
        """Where the first one of each piece is; what is not one after another stays apart."""
        return {
            number: place
            for number, place in places.items()
            if self.whole(number)[0] == number or not self._is_one(self.whole(number), places)
        }

    def _is_one(self, whole: tuple[int, ...], places: Mapping[int, Place]) -> bool:
        first = places.get(whole[0])
        alone = {} if first is None else self.parted({whole[0]: first})
        return bool(alone) and all(places.get(one) == place for one, place in alone.items())


def read(session: Session, week: Week) -> Runs:
    """The runs that rights of a week were ever asked to air in."""
    query = sa.select(Request.run, Request.id).where(
        Request.week == str(week), Request.run.is_not(None)
    )
    by_name: dict[str | None, list[int]] = {}
    for name, number in session.execute(query.order_by(Request.run_place)):
        by_name.setdefault(name, []).append(number)
    return Runs({one: tuple(whole) for whole in by_name.values() for one in whole})


def spots(version: Grid | None) -> dict[int, Place]:
    """Where a version has each request, slot by slot, by request id."""
    found = grid.places(version) if version else {}
    return {number: Place(one.channel, one.start) for number, one in found.items()}
