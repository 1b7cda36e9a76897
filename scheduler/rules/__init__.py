"""Every hard rule, one a file; `check` says each of them again on its own."""

from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np

from scheduler.ground import Bands, Ground, Starts
from scheduler.model import Model
from scheduler.problem import Place, Request
from scheduler.rules import (
    fixed,
    holder_gap,
    limits,
    one_a_slot,
    reserved,
    silence_gap,
    sold_per_hour,
    together,
    trade,
)
from scheduler.taken import Taken


class Alone(Protocol):
    """A rule that looks at one request only; `CLASH` ends a sentence about a fixed one."""

    NAME: str
    CLASH: str

    def narrow(self, ground: Ground, request: Request, starts: Starts) -> None:
        """Close the starts that the request may not have."""


class Between(Protocol):
    """A rule between requests; `REASON` ends a sentence about places that it rules out."""

    NAME: str
    REASON: str
    CLASH: str

    def close(self, taken: Taken, request: Request, starts: Starts) -> None:
        """Close the starts that those placed already leave no room for."""

    def constrain(self, model: Model) -> None:
        """Hold it between the requests that the model may still place."""


ALONE: tuple[Alone, ...] = (reserved, limits, fixed)
BETWEEN: tuple[Between, ...] = (
    one_a_slot,
    holder_gap,
    sold_per_hour,
    trade,
    silence_gap,
    together,
)


def openings(ground: Ground, request: Request) -> Starts:
    """Where a request may start, as far as it depends on nobody else."""
    starts = ground.fitting(np.ones(ground.shape, dtype=np.bool_), request.length)
    for rule in ALONE:
        rule.narrow(ground, request, starts)
    return starts


def left_open(taken: Taken, request: Request, among: Starts) -> Starts:
    """The starts of `among` that nothing placed closes to a request."""
    starts = among.copy()
    for rule in BETWEEN:
        rule.close(taken, request, starts)
    return starts


def is_open(taken: Taken, request: Request, place: Place) -> bool:
    """Whether a request may have a place beside those placed."""
    return bool(
        left_open(taken, request, openings(taken.ground, request))[place.channel, place.start]
    )


def place_open(taken: Taken, places: Mapping[str, Place]) -> bool:
    """Place all of some requests if the rules let them, else none; whether they did."""
    for done, (name, place) in enumerate(places.items()):
        request = taken.ground.problem.request[name]
        if not is_open(taken, request, place):
            taken.lift_all(list(places)[:done])
            return False
        taken.place(request, place)
    return True


def model_of(
    ground: Ground,
    taken: Taken,
    choices: Mapping[str, Bands],
    hint: Mapping[str, Place],
    must: Iterable[str] = (),
) -> Model:
    """A model that holds every rule between requests, and begins from a grid known already."""
    model = Model(ground, taken, choices, must)
    for rule in BETWEEN:
        rule.constrain(model)
    model.hint(hint)
    return model
