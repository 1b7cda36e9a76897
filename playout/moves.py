"""What has to change on the playout host's disk follows from what is due and what lies there."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

# Slots that are over stay on disk this long, so that a clock set back finds them again.
KEPT_SLOTS = 2


@dataclass(frozen=True, slots=True, order=True)
class SlotFile:
    """A slot's master: what should lie on disk, or what does."""

    slot: int
    channel: int
    sha256: str
    silence: bool


@dataclass(frozen=True, slots=True)
class Observed:
    """What is there: the slots' files, the masters brought here, and what each engine loaded.

    `loaded` holds (channel, slot) pairs; `now_slot` is the slot that is on air.
    """

    files: frozenset[SlotFile]
    masters: frozenset[str]
    loaded: frozenset[tuple[int, int]]
    now_slot: int


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring a master here, and check it."""

    sha256: str


@dataclass(frozen=True, slots=True)
class Place:
    """Put a slot's file in place, over any other."""

    file: SlotFile


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a slot's file away."""

    file: SlotFile


@dataclass(frozen=True, slots=True)
class LoadAgain:
    """Tell an engine that what it loaded for a slot was replaced."""

    channel: int
    slot: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete a master that no slot needs any more."""

    sha256: str


Move: TypeAlias = Fetch | Place | Remove | LoadAgain | Forget


def due(wanted: Iterable[SlotFile], own: Collection[str], observed: Observed) -> list[Move]:
    """The moves that bring the disk from what was observed to what is wanted, nearest first.

    `own` are the station's own masters, which are always kept at hand. The slot on air is never
    touched; slots that are over are cleared away.
    """
    coming = {file for file in wanted if file.slot >= observed.now_slot}
    there = _by_place(observed.files)
    fetched = {*observed.masters, *own}
    moves: list[Move] = [Fetch(sha256) for sha256 in own if sha256 not in observed.masters]
    for file in sorted(coming - observed.files):
        others = there[file.channel, file.slot]
        if file.slot == observed.now_slot and others:
            continue
        if file.sha256 not in fetched:
            fetched.add(file.sha256)
            moves.append(Fetch(file.sha256))
        moves.append(Place(file))
        moves += _take_over(file, others, observed)
    moves += [Remove(file) for file in sorted(_stale(coming, observed))]
    moves += [Forget(sha256) for sha256 in sorted(_unneeded(coming, observed) - set(own))]
    return moves


def _by_place(files: Iterable[SlotFile]) -> defaultdict[tuple[int, int], list[SlotFile]]:
    found: defaultdict[tuple[int, int], list[SlotFile]] = defaultdict(list)
    for file in files:
        found[file.channel, file.slot].append(file)
    return found


def _take_over(file: SlotFile, others: Iterable[SlotFile], observed: Observed) -> list[Move]:
    """What placing a file brings with it: its twin of the other kind goes, the engine reloads."""
    moves: list[Move] = [Remove(other) for other in others if other.silence != file.silence]
    if (file.channel, file.slot) in observed.loaded:
        moves.append(LoadAgain(file.channel, file.slot))
    return moves


def _stale(coming: set[SlotFile], observed: Observed) -> set[SlotFile]:
    """Files that are over, and coming ones that nobody wants any more."""
    wanted_slots = {(file.channel, file.slot) for file in coming}
    return {
        file
        for file in observed.files
        if file.slot < observed.now_slot - KEPT_SLOTS
        or (file.slot > observed.now_slot and (file.channel, file.slot) not in wanted_slots)
    }


def _unneeded(coming: set[SlotFile], observed: Observed) -> set[str]:
    kept = observed.files - _stale(coming, observed)
    return set(observed.masters) - {file.sha256 for file in coming | kept}
