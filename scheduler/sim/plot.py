"""A year as one picture: how far ahead or behind everybody is, week by week."""

import math
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

import numpy as np

from scheduler.sim.report import HUNDRED, MOST_PERCENT, Figures

WIDTH, HEIGHT = 960, 520
LEFT, RIGHT, TOP, BOTTOM = 90, 740, 90, 450
# Each band holds the members between two percentiles, and has its colour and name.
BANDS = (
    (0, 100, "#dbe7f3", "all members"),
    (5, 95, "#9dc0e0", "9 of 10 members"),
    (25, 75, "#4a86c0", "half of the members"),
)
GOAL_COLOUR, LINE_COLOUR, INK = "#b03a2e", "#cccccc", "#333333"
GOAL_NAME = f"{MOST_PERCENT:g} % of the worth so far"
SUBJECT = "What everybody's airtime was worth so far, next to as many average starts"
UP, ACROSS = "average starts ahead (+) or behind (-)", "week"
# Lines are a round figure apart, and there are about so many on each side of the middle.
ROUND, TICKS_A_SIDE = (1, 2, 5, 10), 4
TICKS_ACROSS = 13
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
    box, style = f"0 0 {WIDTH} {HEIGHT}", f"font: 13px sans-serif; fill: {INK}"
    middle = (TOP + BOTTOM) / 2
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" style="{style}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<g style="font-size: 18px">{_text(LEFT, TOP - 52, title, "start")}</g>',
        _text(LEFT, TOP - 28, SUBJECT, "start"),
        f'<g transform="rotate(-90 24 {middle})">{_text(24, middle, UP, "middle")}</g>',
        _text((LEFT + RIGHT) / 2, BOTTOM + 50, ACROSS, "middle"),
        *bands,
        *chart.axes(),
        chart.goal(goal),
        chart.goal(-goal),
        *_keys(),
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

    def goal(self, starts: Figures) -> str:
        """A dashed line."""
        return _dashed(_points(zip(self.x, self.y(starts), strict=True)))

    def axes(self) -> Iterator[str]:
        """A line for each round figure, and the weeks' numbers below."""
        step = _round(self.highest / TICKS_A_SIDE)
        count = int(self.highest * AIR / step)
        values: Figures = np.arange(-count, count + 1, dtype=np.float64) * step
        for value, height in zip(values, self.y(values), strict=True):
            colour = LINE_COLOUR if value else INK
            yield f'<path stroke="{colour}" d="M{LEFT} {height:.1f}H{RIGHT}"/>'
            yield _text(LEFT - 10, height + 4, f"{value:+g}" if value else "0", "end")
        apart = math.ceil(self.weeks / TICKS_ACROSS)
        for row in range(apart - 1, self.weeks, apart):
            across = float(self.x[row])
            yield f'<path stroke="{INK}" d="M{across:.1f} {BOTTOM}v6"/>'
            yield _text(across, BOTTOM + 22, str(row + 1), "middle")


def _round(least: float) -> float:
    """The next round figure: 1, 2 or 5 with noughts."""
    unit = 10.0 ** math.floor(math.log10(least))
    return round(next(one * unit for one in ROUND if one * unit >= least), 9)


def _keys() -> Iterator[str]:
    """What each colour means."""
    left, names = RIGHT + 24, [*(name for *_, name in BANDS), GOAL_NAME]
    for row, name in enumerate(names):
        top = TOP + 10 + 24 * row
        if row < len(BANDS):
            yield f'<rect x="{left}" y="{top}" width="18" height="14" fill="{BANDS[row][2]}"/>'
        else:
            yield _dashed(f"{left},{top + 7} {left + 18},{top + 7}")
        yield _text(left + 26, top + 12, name, "start")


def _dashed(points: str) -> str:
    style = f'fill="none" stroke="{GOAL_COLOUR}" stroke-width="1.5" stroke-dasharray="5 4"'
    return f'<polyline {style} points="{points}"/>'


def _points(pairs: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{across:.1f},{down:.1f}" for across, down in pairs)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
