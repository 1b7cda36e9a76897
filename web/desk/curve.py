"""A solve's score and its bound as two lines that come together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 600, 100
# Lines on the edge would be cut in half.
EDGE = 4
TENTH = 0.1


@dataclass(frozen=True, slots=True)
class Curve:
    """Both lines as the points of an SVG polyline, `WIDTH` by `HEIGHT`."""

    score: str
    bound: str
    width: int = WIDTH
    height: int = HEIGHT


def curve(steps: Sequence[Mapping[str, Any]]) -> Curve | None:
    """Draw what a job has found since its first grid, by the seconds; None before that."""
    found = [step for step in steps if "score" in step]
    if not found:
        return None
    if len(found) == 1:
        # A line that has just begun still has two ends.
        found = [found[0], {**found[0], "seconds": found[0]["seconds"] + 1}]
    begins, ends = found[0]["seconds"], found[-1]["seconds"]
    lowest = min(step["score"] for step in found)
    highest = max(step["bound"] for step in found)

    def line(what: str) -> str:
        return " ".join(
            f"{WIDTH * (step['seconds'] - begins) / max(ends - begins, TENTH):.1f}"
            f",{_down(step[what], lowest, highest):.1f}"
            for step in found
        )

    return Curve(line("score"), line("bound"))


def _down(points: int, lowest: int, highest: int) -> float:
    span = max(1, highest - lowest)
    return EDGE + (HEIGHT - 2 * EDGE) * (highest - points) / span
