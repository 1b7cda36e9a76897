"""The relaxation lets requests be split, and knows what the flow does not: a long one stays whole.

Its linear programme has a column for each band of a shortlist; what it pays for the slots are
prices that prove a sharper bound than the flow's, and hardly anybody is split in it. Clashes
between requests are told to it once a solution has shown them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.math_opt import model_pb2  # type: ignore[import-untyped]

from scheduler.catalogue import GRAIN, Catalogue
from scheduler.clashes import Clash, Share, broken, of_rows
from scheduler.flow import Network, network
from scheduler.ground import Whole
from scheduler.patience import Patience
from scheduler.prices import Prices
from scheduler.proof import Shortlist

NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Terms:
    """Coefficients of a linear programme, each in a row and a column."""

    row: Whole
    column: Whole
    factor: Whole


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The relaxation's value in points and its prices, the bands it uses, and where they clash."""

    value: float
    prices: Prices
    used: Shortlist
    clashes: set[Clash]


class Relaxation:
    """A list's relaxation that keeps clear of some clashes; it is solved in a thread."""

    def __init__(
        self,
        catalogue: Catalogue,
        listed: Shortlist,
        clashes: Sequence[Clash],
        patience: Patience,
    ) -> None:
        ground = catalogue.ground
        sold_room = np.full(ground.cells, ground.problem.rules.sold_per_hour)
        self._catalogue, self._listed = catalogue, listed
        self._net = network(catalogue, listed, ground.unreserved, sold_room)
        model, self._rows = _programme(catalogue, listed, self._net, clashes)
        self._columns = len(model.variables.ids)
        self._programme = patience.relax(model)

    def result(self) -> Relaxed | None:
        """What it found, once it has ended; None when it was cut short."""
        solved = self._programme.result()
        if solved is None:
            return None
        listed, duals, values = self._listed, solved.dual_values(), solved.variable_values()
        paid, taken = np.zeros(self._rows), np.zeros(self._columns)
        paid[[row.id for row in duals]] = list(duals.values())
        taken[[column.id for column in values]] = list(values.values())
        share = np.where(taken[: len(listed.net)] > NOTHING, taken[: len(listed.net)], 0)
        return Relaxed(
            solved.objective_value(),
            _prices(self._catalogue, self._net, paid),
            listed.only(np.flatnonzero(share)),
            broken(self._catalogue, listed, share),
        )


def _prices(catalogue: Catalogue, net: Network, paid: Share) -> Prices:
    """What each slot costs, in whole grains."""
    ground, first = catalogue.ground, len(catalogue.requests) + net.hours
    cost = np.rint(GRAIN * np.abs(paid)).astype(np.int64)
    stretch, sold = np.split(cost[first:], [len(net.first)])
    plain = np.repeat(stretch, net.end - net.first).reshape(ground.shape)
    surcharge = sold[: net.hours].reshape(ground.cells)
    return Prices(ground, plain, plain + surcharge[:, ground.hour(np.arange(ground.shape[1]))])


def _programme(
    catalogue: Catalogue, listed: Shortlist, net: Network, clashes: Sequence[Clash]
) -> tuple[model_pb2.ModelProto, int]:
    """Rows: requests, hours, stretches, sold slots of hours, bands of several starts, clashes."""
    of_row = of_rows(listed, sorted({row for one in clashes for row in one.all_rows}))
    requests, hours = len(catalogue.requests), net.hours
    stretches, sold = requests + hours, requests + hours + len(net.first)
    lengths = catalogue.lengths[listed.owner]
    columns = np.arange(len(listed.net))
    whole = net.cell < net.stretches
    arcs = np.flatnonzero(~whole)
    band, stretch = net.band[arcs], net.cell[arcs] - net.stretches
    one_start = (listed.bands.end - listed.bands.first)[band] == 1
    first = listed.bands.channel * catalogue.ground.shape[1] + listed.bands.first
    inside = np.minimum((first + lengths)[band], net.end[stretch]) - np.maximum(
        first[band], net.first[stretch]
    )
    loose, of_loose = np.unique(band[~one_start], return_inverse=True)
    slots = len(columns) + np.arange(len(of_loose))
    through = len(columns) + len(of_loose) + np.arange(len(net.first))
    hour = listed.bands.channel * catalogue.ground.cells[1] + catalogue.ground.hour(
        listed.bands.first
    )
    is_sold = np.flatnonzero(catalogue.sold[listed.owner])
    per_hour = catalogue.ground.problem.starts_per_hour
    here = np.minimum(lengths, per_hour - (listed.bands.end - 1) % per_hour)
    here = np.where(listed.bands.end - listed.bands.first == 1, here, lengths)
    within = here[is_sold]
    beyond = is_sold[lengths[is_sold] > within]
    terms = [
        Terms(listed.owner, columns, np.ones_like(columns)),
        Terms(requests + net.cell[whole] % hours, net.band[whole], lengths[net.band[whole]]),
        Terms(stretches + stretch[one_start], band[one_start], inside[one_start]),
        Terms(sold + hours + of_loose, slots, np.ones_like(slots)),
        Terms(sold + hours + np.arange(len(loose)), loose, -lengths[loose]),
        Terms(stretches + stretch[~one_start], slots, np.ones_like(slots)),
        Terms(requests + net.link_from[hours:], through, -np.ones_like(through)),
        Terms(stretches + np.arange(len(net.first)), through, np.ones_like(through)),
        Terms(sold + hour[is_sold], is_sold, within),
        Terms(
            sold + hour[beyond] + 1, beyond, np.minimum(lengths[beyond] - here[beyond], per_hour)
        ),
    ]
    kept = [one.bands(listed, of_row) for one in clashes]
    base = sold + hours + len(loose)
    terms += [Terms(np.full(len(c), base + n), c, np.ones_like(c)) for n, c in enumerate(kept)]
    room = [np.ones(requests), np.zeros(hours), net.room, net.link_room[:hours]]
    least = np.full(base + len(kept), -np.inf)
    least[sold + hours : base] = 0
    worth = listed.bands.points + catalogue.weight_value * catalogue.weights[listed.owner]
    most = np.concatenate([*room, np.zeros(len(loose)), np.ones(len(kept))])
    many = len(columns) + len(slots) + len(through)
    return _model(terms, worth, many, least, most), len(most)


def _model(
    terms: Sequence[Terms], worth: Whole, columns: int, least: Share, most: Share
) -> model_pb2.ModelProto:
    model = model_pb2.ModelProto()
    model.variables.ids.extend(range(columns))
    model.variables.lower_bounds.extend([0.0] * columns)
    # A request's row holds its bands to one already: said again of each, the same is solved faster.
    bounded = [1.0] * len(worth) + [np.inf] * (columns - len(worth))
    model.variables.upper_bounds.extend(bounded)
    model.variables.integers.extend([False] * columns)
    model.objective.maximize = True
    paying = np.flatnonzero(worth)
    model.objective.linear_coefficients.ids.extend(paying.tolist())
    model.objective.linear_coefficients.values.extend(worth[paying].astype(float).tolist())
    model.linear_constraints.ids.extend(range(len(most)))
    model.linear_constraints.lower_bounds.extend(least.tolist())
    model.linear_constraints.upper_bounds.extend(most.tolist())
    row, column, factor = (
        np.concatenate([getattr(one, name) for one in terms]) for name in Terms.__slots__
    )
    order = np.lexsort((column, row))
    matrix = model.linear_constraint_matrix
    matrix.row_ids.extend(row[order].tolist())
    matrix.column_ids.extend(column[order].tolist())
    matrix.coefficients.extend(factor[order].astype(float).tolist())
    return model
