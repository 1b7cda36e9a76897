"""A slot's master is found again in what a listener heard, by correlation and by nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from playout.watch.correlation import REACH, Samples, best_lag, peaks
from playout.watch.tape import RATE_HZ, Cut

WINDOW = RATE_HZ // 2
CARRIED = 3 * REACH  # samples at each end in which planned quiet may not have come yet
SCRAP = RATE_HZ // 20  # edges are found as finely as this
AT_ONCE = 64  # windows, which bounds the memory
# Measured through MP3 at 96 and 128 kbit/s and Opus at 24 and 32: a master is like itself to 0.88
# and more, and like sound that has nothing in common with it to 0.06 at most.
LIKE = 0.6
# Enough between two windows that are like it.
LIKELY = 0.3
# A window that is so much less like it than the others was heard in part.
HALVED = 0.9
# What is quieter, or this far below the loudest part, can't be told from the codec's own noise.
QUIET = 10 ** (-54 / 20)
PAUSE = 10 ** (-40 / 20)
# What is heard of such a part is not louder than twice that.
HUSHED = 2
# A listener whom Icecast moves is up to its burst of 2 s behind. Whatever is farther off has to be
# heard from its beginning: a bed is like itself at each of its laps.
NEAR = 3 * RATE_HZ
BEGINNING = 10  # windows
# Of less than this a piece's own can't be told from chance.
LEAST_OWN = 10  # windows


@dataclass(frozen=True, slots=True)
class Match:
    """How much of a master was heard, in ms of the master; `parts` are half-open.

    `similarity` is the mean correlation, 0 to 1, over the whole master; what is common to many and
    does not count has none. `start_error_ms` says how long after its slot's start (-: before) any
    of it was first heard, None when nothing tells.
    """

    similarity: float
    start_error_ms: int | None
    parts: tuple[tuple[int, int], ...]

    @property
    def heard_ms(self) -> int:
        """How much of it was heard."""
        return sum(end - start for start, end in self.parts)


@dataclass(frozen=True, slots=True)
class _Windows:
    """For each window of a master: how like what was heard, how far off, and whether it tells."""

    likeness: Samples
    lag: NDArray[np.int64]
    audible: NDArray[np.bool_]


def match(
    master: Samples, cut: Cut, lead: int, common: Callable[[], NDArray[np.bool_]] | None = None
) -> Match:
    """Find a master in a cut whose sample `lead` stands at the slot's start.

    The cut reaches beyond the slot at both ends. What was heard is looked for where the whole of it
    fits best, and at its time. `common` is asked only where some was heard and some was not: which
    windows of the master are no sound of its own, as `like` tells.
    """
    best = best_lag(master, cut.samples, lead)
    windows = _compare(master, cut, lead, best)
    if abs(best) > REACH:
        there = abs(best) <= NEAR or _begins(windows)
        at_its_time = _compare(master, cut, lead, 0)
        windows = _better(at_its_time, windows) if there else at_its_time
    heard = _heard(windows)
    if common is not None and heard.any() and not heard.all():
        counted = _vouched_for(heard, ~common())
        windows = replace(windows, likeness=np.where(heard & ~counted, 0, windows.likeness))
        heard = counted
    parts = _parts(master, cut, lead, windows, heard)
    return Match(
        similarity=round(float(np.clip(windows.likeness, 0, 1).mean()), 3),
        start_error_ms=_start_error_ms(windows, heard, parts),
        parts=tuple((_ms(first), _ms(last)) for first, last in parts),
    )


def like(master: Samples, sound: Samples) -> NDArray[np.bool_]:
    """Which windows of a master are much the same in another sound, where the two fit best."""
    twice = np.r_[sound, sound]  # its end may fit the master's beginning
    cut = Cut(twice, np.ones(len(twice), np.bool_))
    windows = _compare(master, cut, 0, best_lag(master, twice, 0))
    alike: NDArray[np.bool_] = windows.audible & (windows.likeness >= LIKELY)
    return alike


def _begins(windows: _Windows) -> bool:
    """Whether the first sound of a master was heard."""
    first = np.flatnonzero(windows.audible)[:BEGINNING]
    return bool(len(first)) and float((windows.likeness[first] >= LIKE).mean()) > 1 / 2


def _vouched_for(heard: NDArray[np.bool_], own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is common to many counts only with most of what is a piece's own."""
    if own.sum() < LEAST_OWN or heard[own].mean() > 1 / 2:
        return heard
    return heard & own


def _compare(master: Samples, cut: Cut, lead: int, lag: int) -> _Windows:
    count = len(master) // WINDOW
    wanted = master[: count * WINDOW].reshape(count, WINDOW)
    loud = np.sqrt((wanted**2).mean(axis=1))
    least = max(QUIET, PAUSE * float(loud.max(initial=0)))
    audible = loud > least
    hushed = np.zeros(count, np.bool_)
    likeness, strayed = np.zeros(count, np.float32), np.zeros(count, np.int64)
    for first in range(0, count, AT_ONCE):
        some = slice(first, first + AT_ONCE)
        starts = lead + lag - REACH + WINDOW * np.arange(count)[some]
        around, received = _around(cut, starts)
        likeness[some], strayed[some] = peaks(wanted[some], around)
        hushed[some] = _is_hushed(around, received, HUSHED * least)
    likeness[~audible] = hushed[~audible]
    return _Windows(likeness, strayed + lag, audible)


def _around(cut: Cut, starts: NDArray[np.int64]) -> tuple[Samples, NDArray[np.bool_]]:
    """What was heard where each window is looked for, and which of it was received."""
    index = starts[:, None] + np.arange(WINDOW + 2 * REACH)
    inside = (index >= 0) & (index < len(cut.samples))
    index = np.clip(index, 0, len(cut.samples) - 1)
    received = inside & cut.received[index]
    return np.where(received, cut.samples[index], 0), received


def _is_hushed(around: Samples, received: NDArray[np.bool_], most: float) -> NDArray[np.bool_]:
    middle = around[:, CARRIED:-CARRIED]
    there = received[:, CARRIED:-CARRIED].mean(axis=1) > 1 / 2
    hushed: NDArray[np.bool_] = (np.sqrt((middle**2).mean(axis=1)) < most) & there
    return hushed


def _better(one: _Windows, other: _Windows) -> _Windows:
    """Window by window whichever is more like; planned quiet stays at its time."""
    take = one.audible & (other.likeness > np.maximum(one.likeness, LIKE))
    return _Windows(
        np.where(take, other.likeness, one.likeness),
        np.where(take, other.lag, one.lag),
        one.audible,
    )


def _heard(windows: _Windows) -> NDArray[np.bool_]:
    """Those that are like it, and likely ones between them; one alone is chance."""
    like = windows.likeness >= LIKE
    before, after = _neighbours(like)
    like |= windows.audible & (windows.likeness >= LIKELY) & before & after
    before, after = _neighbours(like)
    return like & (before | after)


def _neighbours(each: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return np.r_[False, each[:-1]], np.r_[each[1:], False]


def _parts(
    master: Samples, cut: Cut, lead: int, windows: _Windows, heard: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """What was heard, in samples of the master; the windows at each edge are looked at finely."""
    edges = np.flatnonzero(np.diff(np.r_[False, heard, False].astype(np.int8))).tolist()
    parts: list[tuple[int, int]] = []
    for begins, ends in zip(edges[::2], edges[1::2], strict=True):
        halved = windows.likeness < HALVED * np.median(windows.likeness[begins:ends])
        first = (begins + int(halved[begins])) * WINDOW
        last = (ends - int(halved[ends - 1])) * WINDOW
        if begins > 0 or halved[begins]:
            scraps = range(first - SCRAP, max((begins - 1) * WINDOW, 0) - 1, -SCRAP)
            first -= _like_for(master, cut, lead + int(windows.lag[begins]), scraps)
        if last + WINDOW <= len(master):
            scraps = range(last, min((ends + 1) * WINDOW, len(master)), SCRAP)
            last += _like_for(master, cut, lead + int(windows.lag[ends - 1]), scraps)
        if parts and first <= parts[-1][1]:
            first = parts.pop()[0]
        parts.append((first, last))
    return parts


def _like_for(master: Samples, cut: Cut, shift: int, scraps: range) -> int:
    """How many samples of the scraps, one after the other, were heard."""
    heard = 0
    for at in scraps:
        wanted, there = master[at : at + SCRAP], cut.samples[at + shift : at + shift + SCRAP]
        if len(there) < SCRAP or not cut.received[at + shift : at + shift + SCRAP].all():
            break
        energy = float((wanted**2).sum()) * float((there**2).sum())
        if float((wanted * there).sum()) < LIKE * max(energy, 1e-9) ** 0.5:
            break
        heard += SCRAP
    return heard


def _start_error_ms(
    windows: _Windows, heard: NDArray[np.bool_], parts: list[tuple[int, int]]
) -> int | None:
    telling = np.flatnonzero(heard & windows.audible)
    if not len(telling):
        return None
    lag = int(np.median(windows.lag[telling[:5]]))
    return _ms(parts[0][0] + lag)


def _ms(samples: int) -> int:
    return round(samples * 1000 / RATE_HZ)
