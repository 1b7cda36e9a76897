"""Requests that a rule ties to each other are priced together, by the best they can do at once.

Alone, everybody of a group would be at their own best instant, and all airtime of one holder
at one time. Priced together they show what the week can really have of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import permutations

import numpy as np

from scheduler.catalogue import CLOSED
from scheduler.ground import Whole
from scheduler.problem import Problem

# A holder of more rights is priced by so many of them at a time: every order is tried.
MOST_AT_ONCE = 3


def parties(problem: Problem) -> list[tuple[int, ...]]:
    """Rows of requests that are tied, each row once; most are alone."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, request in enumerate(problem.requests):
        if request.together is not None:
            groups["together", request.together].append(row)
    for row, request in enumerate(problem.requests):
        if request.together is None or len(groups["together", request.together]) == 1:
            groups["holder", request.holder].append(row)
    found: list[tuple[int, ...]] = []
    for (kind, _), rows in groups.items():
        if kind == "together":
            found += [tuple(rows)] if len(rows) > 1 else []
        else:
            cuts = range(0, len(rows), MOST_AT_ONCE)
            found += [tuple(rows[cut : cut + MOST_AT_ONCE]) for cut in cuts]
    return found


def most_at_once(problem: Problem, rows: Sequence[int], nets: Sequence[Whole]) -> int:
    """The most that a party can be worth; `nets` has each one's best at every start."""
    first = problem.requests[rows[0]]
    if first.together is not None and first.together == problem.requests[rows[-1]].together:
        return _together(problem, rows, nets)
    return max(_in_order(problem, order) for order in permutations(zip(rows, nets, strict=True)))


def _together(problem: Problem, rows: Sequence[int], nets: Sequence[Whole]) -> int:
    """All start at one instant, or stay out."""
    total = np.zeros(problem.starts, dtype=np.int64)
    for row, net in zip(rows, nets, strict=True):
        total += net if problem.fixed(problem.requests[row]) else np.maximum(net, 0)
    return int(total.max())


def _in_order(problem: Problem, order: Sequence[tuple[int, Whole]]) -> int:
    """Each starts after the one before and the gap, or stays out."""
    done = np.zeros(problem.starts + 1, dtype=np.int64)
    for row, net in order:
        request = problem.requests[row]
        step = min(request.length + problem.rules.holder_gap, problem.starts)
        worth = done[:-1] + net
        after = np.full(problem.starts + 1, CLOSED)
        after[step:] = worth[: problem.starts + 1 - step]
        after[-1] = max(int(after[-1]), int(worth[problem.starts - step :].max()))
        after = np.maximum.accumulate(after)
        done = after if problem.fixed(request) else np.maximum(done, after)
    return int(done[-1])
