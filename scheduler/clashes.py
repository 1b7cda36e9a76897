"""What a relaxation breaks of the rules between requests, as rows that forbid it from then on.

A row's bands are such that no rule-abiding grid uses two of them: a holder's whose starts all
lie too near to each other; or one of a group's, with those of another in it at other instants.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduler.catalogue import Catalogue
from scheduler.ground import Whole
from scheduler.problem import Request
from scheduler.proof import Mask, Shortlist

Share = npt.NDArray[np.float64]

# A row that is broken by less than this is not worth its place.
LEAST_BROKEN = 0.01
NOBODY = -1


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """At most one of the bands of some rows inside [first, end), and of `apart` beyond them."""

    rows: tuple[int, ...]
    first: int
    end: int
    apart: int = NOBODY

    @property
    def all_rows(self) -> tuple[int, ...]:
        """The rows whose bands it speaks of."""
        return self.rows if self.apart == NOBODY else (*self.rows, self.apart)

    def bands(self, listed: Shortlist, of: dict[int, Whole]) -> Whole:
        """Which bands of a list it speaks of; `of` are those of each row."""
        mine = np.concatenate([of[row] for row in self.rows])
        inside = (listed.bands.first[mine] >= self.first) & (listed.bands.end[mine] <= self.end)
        found: Whole = mine[inside]
        if self.apart == NOBODY:
            return found
        theirs = of[self.apart]
        first, end = listed.bands.first[theirs], listed.bands.end[theirs]
        return np.concatenate([found, theirs[(end <= self.first) | (first >= self.end)]])


def of_rows(listed: Shortlist, rows: Iterable[int]) -> dict[int, Whole]:
    """The bands of some rows, by their position in the list."""
    return {row: np.arange(*np.searchsorted(listed.owner, [row, row + 1])) for row in rows}


def broken(catalogue: Catalogue, listed: Shortlist, share: Share) -> set[Clash]:
    """The clashes of which a relaxation uses more than one band, by so much of each."""
    holders = _sharing(catalogue, lambda one: one.holder)
    groups = _sharing(catalogue, lambda one: one.together)
    of = of_rows(listed, sorted({row for rows in (*holders, *groups) for row in rows}))
    used = share > 0
    found: set[Clash] = set()
    for rows in holders:
        found |= set(_too_near(catalogue, listed, rows, of, used))
    for rows in groups:
        found |= set(_apart(listed, rows, of, used))
    return {one for one in found if share[one.bands(listed, of)].sum() > 1 + LEAST_BROKEN}


def _sharing(catalogue: Catalogue, name: Callable[[Request], str | None]) -> list[list[int]]:
    """The rows that share a name, where two or more do."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, request in enumerate(catalogue.requests):
        shared = name(request)
        if shared is not None:
            rows[shared].append(row)
    return [sharing for sharing in rows.values() if len(sharing) > 1]


def _too_near(
    catalogue: Catalogue, listed: Shortlist, rows: Sequence[int], of: dict[int, Whole], used: Mask
) -> Iterator[Clash]:
    """From each band in use on, as far as any two starts are too near to each other."""
    gap = catalogue.ground.problem.rules.holder_gap
    reach = gap + int(catalogue.lengths[rows].min())
    mine = np.concatenate([of[row] for row in rows])
    for first in np.unique(listed.bands.first[mine[used[mine]]]).tolist():
        yield Clash(tuple(rows), first, first + reach)


def _apart(
    listed: Shortlist, rows: Sequence[int], of: dict[int, Whole], used: Mask
) -> Iterator[Clash]:
    """Each band in use of one, beside what another has at other instants."""
    for one in rows:
        for other in rows:
            for band in of[one][used[of[one]]].tolist() if one != other else ():
                first, end = int(listed.bands.first[band]), int(listed.bands.end[band])
                yield Clash((one,), first, end, other)
