"""The requests worth placing anew together: some that lose most, and those in their way."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from scheduler.catalogue import Catalogue
from scheduler.ground import Whole
from scheduler.prices import Proof
from scheduler.problem import Kind, Place

MOST_REQUESTS = 80
WANTED_CELLS = 3


def neighbourhood(
    catalogue: Catalogue, proof: Proof, places: Mapping[str, Place], random: np.random.Generator
) -> set[str]:
    """Names of requests, drawn by what each loses where it is now."""
    losses = _losses(catalogue, proof, places)
    drawn = random.permutation(len(losses))
    order = drawn[np.argsort(-losses[drawn] * random.random(len(losses)), kind="stable")]
    near = _neighbours(catalogue, places)
    chosen: set[str] = set()
    for row in order.tolist():
        if len(chosen) >= MOST_REQUESTS:
            break
        request = catalogue.requests[row]
        chosen |= {request.id, *near["holder", request.holder]}
        if request.together is not None:
            chosen |= set(near["together", request.together])
        for cell in _wanted(catalogue, proof, row):
            chosen |= set(near["cell", cell])
            if request.kind == Kind.SILENCE:
                chosen |= set(near["silence", (cell[0], cell[1] // 2)])
    fixed = {catalogue.requests[row].id for row in np.flatnonzero(catalogue.must)}
    return chosen - fixed


def _losses(catalogue: Catalogue, proof: Proof, places: Mapping[str, Place]) -> Whole:
    """What each request falls short of its best; one that is bumped loses all of it."""
    losses = proof.best.astype(np.int64).copy()
    for name, place in places.items():
        row = catalogue.index[name]
        losses[row] -= proof.net[catalogue.band_at(row, place)]
    # A place that no prices see as worse may still be in another's way.
    return np.maximum(losses, 0) + 1


def _wanted(catalogue: Catalogue, proof: Proof, row: int) -> list[tuple[int, int]]:
    first, end = catalogue.first_band[row], catalogue.first_band[row + 1]
    best = np.argsort(-proof.net[first:end], kind="stable")[:WANTED_CELLS]
    bands = catalogue.bands[row].only(best)
    hours = catalogue.ground.hour(bands.first)
    return list(zip(bands.channel.tolist(), hours.tolist(), strict=True))


def _neighbours(
    catalogue: Catalogue, places: Mapping[str, Place]
) -> dict[tuple[str, object], list[str]]:
    """Who shares a holder, a group, or an hour."""
    near: dict[tuple[str, object], list[str]] = defaultdict(list)
    for request in catalogue.requests:
        near["holder", request.holder].append(request.id)
        if request.together is not None:
            near["together", request.together].append(request.id)
        place = places.get(request.id)
        if place is None:
            continue
        hour = place.start // catalogue.ground.problem.starts_per_hour
        near["cell", (place.channel, hour)].append(request.id)
        if request.kind == Kind.SILENCE:
            near["silence", (place.channel, hour // 2)].append(request.id)
    return near
