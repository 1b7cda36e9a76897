"""What a solver is measured beside: a plain model, a greedy fill, and an assignment's bound.

None of them prices anything, and none shares the solver's model.
"""

from collections import defaultdict
from itertools import combinations

import numpy as np
from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]
from ortools.sat.python import cp_model

from scheduler import rules, wishes
from scheduler.ground import Ground, Starts
from scheduler.problem import Kind, Place, Problem, Request
from scheduler.taken import Taken

WORKERS = 2
# Beyond so many booleans the model alone would take more memory than the machine has.
MOST_BOOLEANS = 12_000_000

Outcome = tuple[int | None, int | None, int | None, int | None]
Literals = dict[tuple[int, int], cp_model.IntVar]


def by_greed(problem: Problem) -> Outcome:
    """Whoever waited longest chooses first, then the pinned and the long, the best open place."""
    ground = Ground(problem)
    taken, score = Taken(ground), 0
    queue = sorted(
        problem.requests, key=lambda one: (not problem.fixed(one), -one.waited, -one.length)
    )
    for request in queue:
        starts = rules.left_open(taken, request, rules.openings(ground, request))
        if starts.any():
            points = wishes.points(ground, request)
            best = np.where(starts, points, np.iinfo(np.int64).min).argmax()
            channel, start = (int(at) for at in np.unravel_index(int(best), starts.shape))
            taken.place(request, Place(channel, start))
            score += int(points[channel, start])
    return len(taken.places), _weight(problem, taken), score, None


def plainly(problem: Problem, seconds: float, seed: int) -> Outcome:
    """A boolean for each request and start, and every rule said pair by pair or slot by slot."""
    ground = Ground(problem)
    openings = {one.id: rules.openings(ground, one) for one in problem.requests}
    if sum(int(starts.sum()) for starts in openings.values()) > MOST_BOOLEANS:
        return None, None, None, None
    model = cp_model.CpModel()
    chosen = {name: _booleans(model, starts) for name, starts in openings.items()}
    unit = _say(model, problem, ground, chosen)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    total = sum(one.weight for one in problem.requests)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None, None, None, None
    placed = [
        one for one in problem.requests if any(map(solver.boolean_value, chosen[one.id].values()))
    ]
    weight = sum(one.weight for one in placed)
    score = round(solver.objective_value) - unit * weight
    bound = int(solver.best_objective_bound) - unit * weight
    return len(placed), total - weight, score, bound


def assignment_bound(problem: Problem) -> int | None:
    """The most that an assignment of single slots scores when it bumps the least weight.

    Long requests count as single slots that may part: every rule-abiding grid is worth less.
    """
    ground = Ground(problem)
    slots, count = problem.channels * problem.starts, len(problem.requests)
    if slots * count > 4 * MOST_BOOLEANS:
        return None
    flow = min_cost_flow.SimpleMinCostFlow()
    lengths = np.array([one.length for one in problem.requests], dtype=np.int64)
    tables = [_share(ground, one) for one in problem.requests]
    unit = 1 + 2 * sum(int(abs(points).max(initial=0)) for _, points in tables)
    for row, (places, points) in enumerate(tables):
        worth = points // lengths[row] + unit * (1 + problem.requests[row].waited)
        tails, ones = np.full_like(places, row), np.ones_like(places)
        flow.add_arcs_with_capacity_and_unit_cost(tails, count + places, ones, -worth)
    every, sink = np.arange(slots), count + slots
    room = ground.unreserved.ravel().astype(np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        count + every, np.full_like(every, sink), room, np.zeros_like(every)
    )
    out = flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(count), np.full(count, sink), lengths, np.zeros(count, dtype=np.int64)
    )
    flow.set_nodes_supplies(np.append(np.arange(count), sink), np.append(lengths, -lengths.sum()))
    if flow.solve() != flow.OPTIMAL:
        return None
    waited = np.array([1 + one.waited for one in problem.requests])
    placed = int(((lengths - flow.flows(out)) * waited).sum())
    # Each point of a long request may have lost a part of one to whole numbers.
    return int(-flow.optimal_cost()) - unit * placed + int((lengths > 1).sum()) * int(lengths.max())


def _weight(problem: Problem, taken: Taken) -> int:
    return sum(one.weight for one in problem.requests if one.id not in taken.places)


def _share(ground: Ground, request: Request) -> tuple[np.ndarray, np.ndarray]:
    """The slots that a request may cover, each with the most points of a start that covers it."""
    starts, points = rules.openings(ground, request), wishes.points(ground, request)
    best = np.full(ground.shape, np.iinfo(np.int64).min)
    for further in range(request.length):
        width = ground.shape[1] - further
        here = np.where(starts[:, :width], points[:, :width], np.iinfo(np.int64).min)
        np.maximum(best[:, further:], here, out=best[:, further:])
    places = np.flatnonzero(best.ravel() != np.iinfo(np.int64).min)
    return places, best.ravel()[places]


def _booleans(model: cp_model.CpModel, starts: Starts) -> Literals:
    return {
        (int(channel), int(start)): model.new_bool_var("")
        for channel, start in zip(*np.nonzero(starts), strict=True)
    }


def _say(
    model: cp_model.CpModel, problem: Problem, ground: Ground, chosen: dict[str, Literals]
) -> int:
    """Add the rules and the objective; answers what a unit of weight is worth in it."""
    slots = defaultdict(list)
    sold = defaultdict(list)
    literals, worth, weights = [], [], []
    for one in problem.requests:
        points = wishes.points(ground, one)
        for (channel, start), literal in chosen[one.id].items():
            for slot in range(start, start + one.length):
                slots[channel, slot].append(literal)
                if one.sold:
                    sold[channel, slot // problem.starts_per_hour].append(literal)
            literals.append(literal)
            worth.append(int(points[channel, start]))
            weights.append(one.weight)
        if problem.fixed(one):
            model.add_exactly_one(chosen[one.id].values())
        else:
            model.add_at_most_one(chosen[one.id].values())
    for here in slots.values():
        model.add_at_most_one(here)
    for here in sold.values():
        model.add(sum(here) <= problem.rules.sold_per_hour)
    for one, other in combinations(problem.requests, 2):
        _apart(model, problem, (one, chosen[one.id]), (other, chosen[other.id]))
    unit = 1 + 2 * sum(abs(points) for points in worth)
    gains = [points + unit * weight for points, weight in zip(worth, weights, strict=True)]
    model.maximize(cp_model.LinearExpr.weighted_sum(literals, gains))
    return unit


def _apart(
    model: cp_model.CpModel,
    problem: Problem,
    one: tuple[Request, Literals],
    other: tuple[Request, Literals],
) -> None:
    """What two requests must keep between them."""
    (first, literals), (second, theirs) = one, other
    if first.together is not None and first.together == second.together:
        _at_once(model, literals, theirs)
    gaps = problem.rules
    if first.holder == second.holder:
        _gap(model, one, other, gaps.holder_gap, across=True)
    if first.sold and second.sold and first.trade == second.trade and first.trade is not None:
        _gap(model, one, other, 1, across=False)
    if first.kind == second.kind == Kind.SILENCE and first.cause != second.cause:
        _gap(model, one, other, gaps.silence_gap, across=False)


def _at_once(model: cp_model.CpModel, literals: Literals, theirs: Literals) -> None:
    placed = sum(theirs.values())
    for start in {start for _, start in literals}:
        here = [literal for (_, at), literal in literals.items() if at == start]
        there = [literal for (_, at), literal in theirs.items() if at == start]
        model.add(sum(here) + placed - sum(there) <= 1)


def _gap(
    model: cp_model.CpModel,
    one: tuple[Request, Literals],
    other: tuple[Request, Literals],
    gap: int,
    *,
    across: bool,
) -> None:
    (first, literals), (second, theirs) = one, other
    at_start: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
    for (channel, start), literal in theirs.items():
        at_start[0 if across else channel, start].append(literal)
    for (channel, start), literal in literals.items():
        reach = range(start - second.length - gap + 1, start + first.length + gap)
        row = 0 if across else channel
        near = [one for at in reach for one in at_start.get((row, at), ())]
        if near:
            model.add_at_most_one([literal, *near]) if gap == 0 else model.add(
                sum(near) == 0
            ).only_enforce_if(literal)
