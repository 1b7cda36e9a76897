"""A solve's score and its bound as two lines that come together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 600, 100
# Lines on the edge would be cut in half.
EDGE = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """Both lines as the points of an SVG polyline, `WIDTH` by `HEIGHT`."""

    score: str
    bound: str
    width: int = WIDTH
    height: int = HEIGHT


def curve(steps: Sequence[Mapping[str, Any]]) -> Curve | None:
    """Draw what a job has found so far, by the seconds; None as long as there is no line."""
    found = [step for step in steps if "score" in step]
    if not found:
        return None
    ends = max(float(found[-1]["seconds"]), 1.0)
    lowest = min(step["score"] for step in found)
    highest = max(step["bound"] for step in found)

    def line(what: str) -> str:
        return " ".join(
            f"{_across(step['seconds'], ends):.1f},{_down(step[what], lowest, highest):.1f}"
            # A line that has just begun still has two ends.
            for step in (found if len(found) > 1 else [{**found[0], "seconds": 0}, *found])
        )

    return Curve(line("score"), line("bound"))


def _across(seconds: float, ends: float) -> float:
    return WIDTH * seconds / ends


def _down(points: int, lowest: int, highest: int) -> float:
    span = max(1, highest - lowest)
    return EDGE + (HEIGHT - 2 * EDGE) * (highest - points) / span
