"""What was measured is told in few numbers: start errors, gaps and overlaps, drift, recoveries."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.playout_air import Run
from bench.playout_back import Recovery
from bench.playout_read import Boundary
from bench.playout_sound import RATE_HZ
from playout.report import percentile

SECONDS_AN_HOUR = 3600
# A part that was killed is not back before the next start but one.
TROUBLED_SLOTS_SECONDS = 12

COLUMNS = {
    "starts": "starts",
    "not heard": "not_heard",
    "median ms": "median",
    "p99": "p99",
    "worst": "worst",
    "p99 off median": "off_median",
    "as it came p99": "came_p99",
    "as it came worst": "came_worst",
    "of neighbours": "neighbours",
    "contiguous": "contiguous",
    "gap ms": "worst_gap",
    "overlap ms": "worst_overlap",
    "drift ms/h": "drift_an_hour",
}


@dataclass(frozen=True, slots=True)
class Exactness:
    """How exact some starts were. Errors in ms, early ones negative; sizes where it says worst.

    `off_median` is the 99th percentile of the distance from the median: what no constant lead
    could take away; `came_p99` and `came_worst` are by when the first byte came. `contiguous`
    counts the boundaries without a sample too many or too few.
    """

    starts: int
    not_heard: int
    median: float
    p99: int
    worst: int
    off_median: int
    came_p99: int
    came_worst: int
    neighbours: int
    contiguous: int
    worst_gap: float
    worst_overlap: float
    unlike: int
    drift_an_hour: float | None


def exactness(found: Sequence[Boundary]) -> Exactness | None:
    """How exact these starts were; None when none of them was heard."""
    errors = [one.error_ms for one in found if one.error_ms is not None]
    if not errors:
        return None
    sizes = sorted(round(abs(error)) for error in errors)
    came = sorted(round(abs(one.came_ms)) for one in found if one.came_ms is not None)
    middle = statistics.median(errors)
    gaps = [one.gap_samples for one in found if one.gap_samples is not None]
    return Exactness(
        starts=len(errors),
        not_heard=len(found) - len(errors),
        median=round(middle, 1),
        p99=percentile(sizes, 99),
        worst=sizes[-1],
        off_median=percentile(sorted(round(abs(error - middle)) for error in errors), 99),
        came_p99=percentile(came, 99),
        came_worst=came[-1],
        neighbours=len(gaps),
        contiguous=gaps.count(0),
        worst_gap=_ms(max(gaps, default=0)),
        worst_overlap=_ms(-min(gaps, default=0)),
        unlike=max(one.unlike_ms for one in found),
        drift_an_hour=drift_an_hour(found),
    )


def drift_an_hour(found: Iterable[Boundary]) -> float | None:
    """By how many ms the error grows in an hour, by the median of the slopes (Theil and Sen).

    None for less than half an hour: it would tell of chance alone.
    """
    points = [(one.planned_at, one.error_ms) for one in found if one.error_ms is not None]
    slopes = [
        (error - other) / (at - before)
        for index, (at, error) in enumerate(points)
        for before, other in points[:index]
        if at != before
    ]
    times = [at for at, _ in points]
    if not slopes or max(times) - min(times) < SECONDS_AN_HOUR / 2:
        return None
    return round(statistics.median(slopes) * SECONDS_AN_HOUR, 2)


def parts(run: Run, found: Sequence[Boundary]) -> dict[str, list[Boundary]]:
    """All starts; those soon after a part was killed, on any channel; the others; by half."""
    troubled = {
        fault.offset + after + 1
        for fault in run.faults
        for after in range(-(-TROUBLED_SLOTS_SECONDS // run.slot_seconds))
    }
    calm = [one for one in found if one.offset not in troubled]
    told = {"all": list(found), "undisturbed": calm}
    if run.faults:
        told["after a part was killed"] = [one for one in found if one.offset in troubled]
    halfway = run.slots // 2
    told["first half"] = [one for one in calm if one.offset < halfway]
    told["second half"] = [one for one in calm if one.offset >= halfway]
    return told


def stalls(folder: Path) -> dict[str, float]:
    """How often this machine woke a sleeper over 50 ms too late, how long at worst and in all."""
    file = folder / "stalls.txt"
    late = [float(line.split()[0]) for line in file.read_text().splitlines()]
    return {"times": len(late), "worst": max(late, default=0.0), "seconds": round(sum(late), 1)}


def lines(run: Run, told: dict[str, Exactness | None], stood: dict[str, float]) -> list[str]:
    """For people: a table in Markdown."""
    head = (
        f"{run.way}: {run.slots} slots of {run.slot_seconds} s on {run.channels} channels, "
        f"{run.version}; the machine stood still {stood['times']} times, "
        f"{stood['worst'] * 1000:.0f} ms at worst"
    )
    table = [head, "", f"| {run.way} | {' | '.join(COLUMNS)} |", "|---|" + "---:|" * len(COLUMNS)]
    for name, one in told.items():
        if one is not None:
            cells = (getattr(one, field) for field in COLUMNS.values())
            row = ("-" if cell is None else str(cell) for cell in cells)
            table.append(f"| {name} | {' | '.join(row)} |")
    return table


def fault_lines(found: Iterable[Recovery]) -> list[str]:
    """For people: what each fault did."""
    table = ["| killed | channel | nothing came s | not its piece s | back after s | sent away |"]
    table.append("|---|---:|---:|---:|---:|---|")
    for one in found:
        back = "never" if one.back_after is None else f"{one.back_after:.1f}"
        sent = "yes" if one.sent_away else "no"
        table.append(
            f"| {one.part} | {one.channel} | {one.nothing_came} | {one.away} | {back} | {sent} |"
        )
    return table


def facts(
    run: Run, told: dict[str, Exactness | None], found: Iterable[Recovery], stood: dict[str, float]
) -> dict[str, Any]:
    """The same with stable keys."""
    return {
        "way": run.way,
        "slot_seconds": run.slot_seconds,
        "slots": run.slots,
        "channels": run.channels,
        "liquidsoap": run.version,
        "starts": {name: None if one is None else asdict(one) for name, one in told.items()},
        "faults": [asdict(one) for one in found],
        "stalls": stood,
    }


def _ms(samples: int) -> float:
    return round(max(samples, 0) * 1000 / RATE_HZ, 1)
