"""A year as one picture: how far ahead or behind everybody is, week by week."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

import numpy as np

from scheduler.sim.report import HUNDRED, MOST_PERCENT, Figures

WIDTH, HEIGHT = 900, 480
LEFT, RIGHT, TOP, BOTTOM = 70, 730, 60, 430
# Each band holds the members between two percentiles, and has its colour and name.
BANDS = (
    (0, 100, "#dbe7f3", "everybody"),
    (5, 95, "#9dc0e0", "9 of 10"),
    (25, 75, "#4a86c0", "half"),
)
GOAL_COLOUR, LINE_COLOUR, INK = "#b03a2e", "#cccccc", "#333333"
TICKS_A_SIDE = 4
AIR = 1.1


def picture(ahead: Figures, mean: float, title: str) -> str:
    """An SVG of points ahead [week, member], as average starts, with the goal as two lines."""
    starts = ahead / mean
    weeks = len(starts)
    goal: Figures = MOST_PERCENT / HUNDRED * np.arange(1, weeks + 1, dtype=np.float64)
    chart = _Chart(weeks, max(float(abs(starts).max()), float(goal[-1])))
    bands = [
        chart.band(np.percentile(starts, high, axis=1), np.percentile(starts, low, axis=1), colour)
        for low, high, colour, _ in BANDS
    ]
    keys = [(colour, name) for _, _, colour, name in BANDS]
    keys.append((GOAL_COLOUR, f"{MOST_PERCENT:g} % of it all"))
    box, style = f"0 0 {WIDTH} {HEIGHT}", f"font: 13px sans-serif; fill: {INK}"
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" style="{style}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, TOP - 34, title, "start"),
        _text(LEFT, TOP - 12, "average starts ahead (+) or behind (-)", "start"),
        _text((LEFT + RIGHT) / 2, HEIGHT - 8, "week", "middle"),
        *bands,
        *chart.axes(),
        chart.line(goal),
        chart.line(-goal),
        *(_key(row, colour, name) for row, (colour, name) in enumerate(keys)),
        "</svg>\n",
    )
    return "\n".join(parts)


class _Chart:
    """Weeks from left to right, and so many starts up and down from the middle."""

    def __init__(self, weeks: int, highest: float) -> None:
        self.weeks = weeks
        self.highest = highest
        self.x = LEFT + (RIGHT - LEFT) * np.arange(weeks) / max(1, weeks - 1)

    def y(self, starts: Figures) -> Figures:
        """How far down so many starts are."""
        down: Figures = (TOP + BOTTOM) / 2 - starts / (self.highest * AIR) * (BOTTOM - TOP) / 2
        return down

    def band(self, above: Figures, below: Figures, colour: str) -> str:
        """What lies between two lines."""
        edge = list(zip(self.x, self.y(above), strict=True))
        back = reversed(list(zip(self.x, self.y(below), strict=True)))
        return f'<polygon fill="{colour}" points="{_points([*edge, *back])}"/>'

    def line(self, starts: Figures) -> str:
        """A dashed line."""
        points = _points(zip(self.x, self.y(starts), strict=True))
        style = f'fill="none" stroke="{GOAL_COLOUR}" stroke-dasharray="5 4"'
        return f'<polyline {style} points="{points}"/>'

    def axes(self) -> Iterator[str]:
        """A line for each round figure, and the weeks' numbers below."""
        values = np.linspace(-self.highest, self.highest, 2 * TICKS_A_SIDE + 1)
        for value, height in zip(values, self.y(values), strict=True):
            yield f'<path stroke="{LINE_COLOUR}" d="M{LEFT} {height:.1f}H{RIGHT}"/>'
            yield _text(LEFT - 8, height + 4, f"{value:+.2f}", "end")
        quarters = {quarter * (self.weeks - 1) // 4 for quarter in range(5)}
        for number in sorted(quarters):
            yield _text(float(self.x[number]), BOTTOM + 20, str(number + 1), "middle")


def _key(row: int, colour: str, name: str) -> str:
    left, top = RIGHT + 15, TOP + 10 + 22 * row
    box = f'<rect x="{left}" y="{top}" width="14" height="14" fill="{colour}"/>'
    return box + _text(left + 20, top + 12, name, "start")


def _points(pairs: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{across:.1f},{down:.1f}" for across, down in pairs)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
