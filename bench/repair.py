"""Late changes to a full station: repaired, and for comparison the whole week built again.

Each change is made to the same published week. Building again honours the cost of a move, and
still moves whom that pays for.
"""

import argparse
import random
from collections.abc import Callable, Iterator
from time import perf_counter, process_time

from msgspec.structs import replace

from bench.stations import FULL, HARD, Demand, station
from scheduler.damage import broken
from scheduler.patch import moved
from scheduler.problem import Kind, Place, Problem, Published, Request, Reserved, Window
from scheduler.repair import repair
from scheduler.solve import solve

SIZES = {"full": FULL, "hard": HARD}
Change = Callable[[Problem, random.Random], Problem]


def published(demand: Demand, seconds: float, seed: int) -> Problem:
    """A station's week with a good plan on show."""
    problem = station(demand, seed)
    plan = solve(problem, seconds=seconds, seed=seed)
    seats = tuple(Published(one.id, one.channel, one.start) for one in plan.placements)
    return replace(problem, published=seats)


def withdrawn(count: int) -> Change:
    """So many pieces are withdrawn or rejected."""

    def change(problem: Problem, chance: random.Random) -> Problem:
        gone = set(chance.sample([one.id for one in problem.requests if not one.pin], count))
        left = tuple(one for one in problem.requests if one.id not in gone)
        return replace(problem, requests=left)

    return change


def dropped_member(problem: Problem, _: random.Random) -> Problem:
    """The member with the most rights is dropped."""
    holders = [one.holder for one in problem.requests]
    most = max(sorted(set(holders)), key=holders.count)
    left = tuple(one for one in problem.requests if one.holder != most)
    return replace(problem, requests=left)


def pinned(count: int) -> Change:
    """So many pieces get their place from the operator, each where somebody else is."""

    def change(problem: Problem, chance: random.Random) -> Problem:
        plain = [one for one in problem.requests if _plain(one) and one.id in problem.was]
        chosen = chance.sample(plain, 2 * count)
        places = {
            one.id: problem.was[other.id].place
            for one, other in zip(chosen[:count], chosen[count:], strict=True)
        }
        requests = tuple(_pin(problem, one, places.get(one.id)) for one in problem.requests)
        return replace(problem, requests=requests)

    return change


def live_hour(channels: int) -> Change:
    """The station keeps an hour, on so many channels at once."""

    def change(problem: Problem, _: random.Random) -> Problem:
        start = 40 * problem.starts_per_hour
        blocks = tuple(
            Reserved(channel, start, problem.starts_per_hour) for channel in range(channels)
        )
        covered = {(block.channel, n) for block in blocks for n in range(block.start, block.end)}
        # The operator unpins what the hour takes.
        requests = tuple(
            replace(one, pin=None)
            if one.pin and (one.pin.channel, one.pin.start) in covered
            else one
            for one in problem.requests
        )
        return replace(problem, reserved=problem.reserved + blocks, requests=requests)

    return change


def late_pieces(count: int, hours: tuple[int, int] | None = None) -> Change:
    """So many makegoods come late, for any time or for some hours."""

    def change(problem: Problem, _: random.Random) -> Problem:
        first, end = hours or (0, problem.hours)
        window = Window(first * problem.starts_per_hour, end * problem.starts_per_hour)
        late = tuple(
            Request(id=f"late{n}", holder=f"l{n}", length=1, kind=Kind.SEGMENT, allowed=(window,))
            for n in range(count)
        )
        return replace(problem, requests=problem.requests + late)

    return change


CHANGES: dict[str, Change] = {
    "nothing": lambda problem, _: problem,
    "1 withdrawn": withdrawn(1),
    "20 withdrawn": withdrawn(20),
    "a member dropped": dropped_member,
    "1 pinned": pinned(1),
    "20 pinned": pinned(20),
    "a live hour on a channel": live_hour(1),
    "a live hour on all": live_hour(3),
    "1 late piece": late_pieces(1),
    "20 late pieces": late_pieces(20),
    "20 late pieces for one evening": late_pieces(20, (66, 69)),
}


def rows(name: str, problem: Problem, seconds: float, seed: int, again: bool) -> Iterator[str]:
    """What each way makes of one change."""
    began, cpu_began = perf_counter(), process_time()
    repaired = repair(problem, seconds=seconds, seed=seed)
    took = f"{perf_counter() - began:.2f}", f"{process_time() - cpu_began:.2f}"
    wrong = len(broken(problem, repaired.places))
    proven = "proven least" if repaired.least else "-"
    reached = (len(repaired.moved), repaired.bumped_weight, repaired.score, proven)
    yield _row(name, "repair", *reached, *took, wrong)
    if again:
        began, cpu_began = perf_counter(), process_time()
        plan = solve(problem, seconds=seconds, seed=seed)
        took = f"{perf_counter() - began:.2f}", f"{process_time() - cpu_began:.2f}"
        places = {one.id: one.place for one in plan.placements}
        wrong = len(broken(problem, places))
        moves = len(moved(problem, places))
        yield _row(name, "build again", moves, plan.bumped_weight, plan.score, "-", *took, wrong)


def main() -> None:
    """Measure each change and print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("size", nargs="?", choices=list(SIZES), default="full")
    asked.add_argument("--seconds", type=float, default=30, help="how long a build may take")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--repair-only", action="store_true", help="leave the comparison out")
    chosen = asked.parse_args()
    problem = published(SIZES[chosen.size], chosen.seconds, chosen.seed)
    print(_row("change", "way", "moved", "bumped weight", "score", "", "s", "CPU s", "broken"))
    print("|---" * 9 + "|", flush=True)
    for name, change in CHANGES.items():
        changed = change(problem, random.Random(chosen.seed))  # noqa: S311 (made up)
        for row in rows(name, changed, chosen.seconds, chosen.seed, not chosen.repair_only):
            print(row, flush=True)


def _plain(one: Request) -> bool:
    alone = one.length == 1 and not one.sold and one.kind is Kind.SEGMENT
    return alone and not one.pin and len(one.allowed) == 1 and one.allowed[0].channel is None


def _pin(problem: Problem, one: Request, place: Place | None) -> Request:
    return replace(one, pin=place, allowed=(Window(0, problem.starts),)) if place else one


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
