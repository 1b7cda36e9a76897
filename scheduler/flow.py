"""A min-cost flow leads requests into the week's open slots, as well as no rule could better.

A request flows into a clock hour where it may have any open slot of it, and else into the
stretches of the hour that it may have: hours are cut into stretches wherever such a band begins
or ends. The flow knows slots and how many of an hour may be sold, and nothing else. A long
request counts as single slots that may part.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]

from scheduler.catalogue import Catalogue, counted
from scheduler.ground import Starts, Whole
from scheduler.proof import Shortlist
from station.errors import Fault


@dataclass(frozen=True, slots=True)
class Network:
    """Who may flow where, by columns. Cells are the hours, then their sold places, then stretches.

    An arc leads from a person (a position in `people`) to a cell and is worth so much a slot;
    `band` is the shortlist's. A link leads from cell to cell. Slots are counted channel by
    channel: a stretch lies between `first` and `end`, and has so much `room`.
    """

    people: Whole
    person: Whole
    cell: Whole
    worth: Whole
    band: Whole
    link_from: Whole
    link_to: Whole
    link_room: Whole
    first: Whole
    end: Whole
    room: Whole

    @property
    def hours(self) -> int:
        """How many clock hours there are, on all channels."""
        return len(self.link_from) - len(self.first)

    @property
    def stretches(self) -> int:
        """The cell of the first stretch."""
        return 2 * self.hours

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.stretches + len(self.first)


@dataclass(frozen=True, slots=True)
class Flow:
    """How many slots flow along each arc and each link, and how many of each person's don't."""

    arcs: Whole
    links: Whole
    bumped: Whole


def network(
    catalogue: Catalogue, listed: Shortlist, open_slots: Starts, sold_room: Whole
) -> Network:
    """Where the shortlisted bands lead among some open slots, of which so many may be sold."""
    ground, bands, owner = catalogue.ground, listed.bands, listed.owner
    (channels, hours), (_, starts) = ground.cells, ground.shape
    per_hour = ground.problem.starts_per_hour
    open_before = np.append(0, open_slots.ravel().cumsum())
    hour = bands.channel * hours + bands.first // per_hour
    begins = np.add.outer(np.arange(channels) * starts, np.arange(hours) * per_hour).ravel()
    ends = np.append(begins[1:], channels * starts)
    first = bands.channel * starts + bands.first
    end = bands.channel * starts + bands.end - 1 + catalogue.lengths[owner]
    here = open_before[end] - open_before[first]
    whole = (end <= ends[hour]) & (here == (open_before[ends] - open_before[begins])[hour])
    part = np.flatnonzero(~whole)
    edges = np.unique(np.concatenate([begins, first[part], end[part], [channels * starts]]))
    stretch, stretch_end = edges[:-1], edges[1:]
    hour_of = np.searchsorted(begins, stretch, side="right") - 1
    low, high = np.searchsorted(stretch, first[part]), np.searchsorted(stretch, end[part])
    direct = np.flatnonzero(whole)
    band = np.concatenate([direct, np.repeat(part, high - low)])
    to_hour = hour[direct] + np.where(catalogue.sold[owner[direct]], len(begins), 0)
    to_stretch = 2 * len(begins) + np.repeat(low, high - low) + counted(high - low)
    people, person = np.unique(owner[band], return_inverse=True)
    value = catalogue.values(bands.points, owner)
    every, inside = np.arange(len(begins)), np.arange(len(stretch))
    room = open_before[stretch_end] - open_before[stretch]
    return Network(
        people=people,
        person=person,
        cell=np.concatenate([to_hour, to_stretch]),
        worth=(value // catalogue.lengths[owner])[band],
        band=band,
        link_from=np.concatenate([len(begins) + every, hour_of]),
        link_to=np.concatenate([every, 2 * len(begins) + inside]),
        link_room=np.concatenate([sold_room.ravel(), room]),
        first=stretch,
        end=stretch_end,
        room=room,
    )


def best_flow(catalogue: Catalogue, net: Network, times: int = 1) -> Flow:
    """The flow that is worth most; each request counts so many times.

    Raises Fault when the solver finds none, which can't be.
    """
    count, sink = len(net.people), len(net.people) + net.cells
    slots = catalogue.lengths[net.people] * times
    graph = min_cost_flow.SimpleMinCostFlow()
    arcs = _add(graph, net.person, count + net.cell, slots[net.person], -net.worth)
    links = _add(graph, count + net.link_from, count + net.link_to, net.link_room)
    _add(graph, count + net.stretches + np.arange(len(net.room)), sink, net.room)
    # A request that must not be bumped still may be, at a cost beyond all others: its long
    # slots could be too many for the hour it starts in.
    dear = np.where(catalogue.must[net.people], abs(net.worth).max(initial=0) + 1, 0)
    out = _add(graph, np.arange(count), sink, slots, dear)
    graph.set_nodes_supplies(np.append(np.arange(count), sink), np.append(slots, -slots.sum()))
    status = graph.solve()
    if status != graph.OPTIMAL:
        raise Fault(f"The flow through the week's hours ended as {status.name}.", permanent=True)
    return Flow(graph.flows(arcs), graph.flows(links), graph.flows(out))


def _add(
    graph: min_cost_flow.SimpleMinCostFlow,
    tails: Whole,
    heads: Whole | int,
    room: Whole,
    cost: Whole | int = 0,
) -> Whole:
    heads, cost = (np.broadcast_to(one, tails.shape).astype(np.int64) for one in (heads, cost))
    arcs: Whole = graph.add_arcs_with_capacity_and_unit_cost(tails, heads, room, cost)
    return arcs
