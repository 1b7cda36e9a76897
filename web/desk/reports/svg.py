"""A report's picture is drawn here as SVG: bars, their scale, and what each shade means."""

import math
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from station.figures.report import Picture
from station.lengths import figures

WIDTH, HEIGHT = 720, 320
LEFT, TOP, BOTTOM = 64, 40, 262
RIGHT = WIDTH - 8
LABELS, TICKS = 13, 4
ROUND = (1, 2, 2.5, 5, 10)
WIDEST = 110  # a bar's place
GAP = 0.22  # of a bar's place
SMALLEST = 1e-9
# The picture by itself has the page's colours by day.
INK, PAPER, ACCENT = "#15212b", "#ffffff", "#b2380f"
# Shades of series, from the bottom up; each has an edge, so that they are told apart in grey, too.
SHADES = ((True, 1.0), (True, 0.55), (True, 0.25), (False, 0.8), (False, 0.5), (False, 0.25))
LIGHTEST = (False, 0.08)
KEYS = 7  # in a row
KEY_WIDTH = (RIGHT - LEFT) / KEYS


def drawn(picture: Picture, title: str, *, alone: bool = False) -> Markup:
    """The picture as an SVG element; `alone` shows its name and has its own colours."""
    own = Markup(' xmlns="http://www.w3.org/2000/svg" color="{}"').format(INK) if alone else ""
    paper = Markup('<rect width="{}" height="{}" fill="{}"/>').format(WIDTH, HEIGHT, PAPER)
    parts = (
        Markup('<svg{} class="plot" viewBox="0 0 {} {}" role="img">').format(own, WIDTH, HEIGHT),
        Markup("<title>{}: {}</title>").format(title, picture.unit),
        paper if alone else "",
        Markup('<g font-size="13" font-family="sans-serif" fill="currentColor">'),
        _text(LEFT, TOP - 22, f"{title}: {picture.unit}", "start") if alone else "",
        *_keys(picture),
        *_bars(picture),
        Markup("</g></svg>\n"),
    )
    return Markup("\n").join(part for part in parts if part)


def scale(highest: float) -> list[float]:
    """Round values from 0 to at least `highest`, some four of them apart."""
    least = max(highest, SMALLEST) / TICKS
    unit = 10.0 ** math.floor(math.log10(least))
    step = next(one * unit for one in ROUND if one * unit >= least * (1 - SMALLEST))
    return [step * n for n in range(math.ceil(highest / step - SMALLEST) + 1)]


def _bars(picture: Picture) -> Iterator[Markup]:
    count = max(1, len(picture.categories))
    values = [list(column) for column in zip(*(each for _, each in picture.series), strict=True)]
    ticks = scale(max((sum(column) for column in values), default=0))
    highest, place = ticks[-1] or 1.0, min((RIGHT - LEFT) / count, WIDEST)
    for tick in ticks:
        height = BOTTOM - (BOTTOM - TOP) * tick / highest
        yield Markup('<path d="M{} {}H{}" stroke="currentColor" stroke-opacity="{}"/>').format(
            LEFT, f"{height:.1f}", RIGHT, 0.15 if tick else 0.8
        )
        yield _text(LEFT - 8, height + 4, figures(tick, "#,##0.###"), "end")
    for at, column in enumerate(values):
        yield from _column(column, LEFT + place * at, place, (BOTTOM - TOP) / highest)
    apart = math.ceil(count / LABELS)
    for at, name in list(enumerate(picture.categories))[::apart]:
        yield _text(LEFT + place * (at + 0.5), BOTTOM + 20, name, "middle")


def _column(values: Sequence[float], left: float, place: float, unit: float) -> Iterator[Markup]:
    width, bottom = place * (1 - GAP), float(BOTTOM)
    for number, value in enumerate(values):
        if value <= 0:
            continue
        high = value * unit
        yield _box(number, left + place * GAP / 2, bottom - high, width, high)
        bottom -= high


def _keys(picture: Picture) -> Iterator[Markup]:
    """What each shade means, where there are several."""
    if len(picture.series) < len(SHADES[:2]):
        return
    for number, (name, _values) in enumerate(picture.series):
        left = LEFT + KEY_WIDTH * (number % KEYS)
        top = HEIGHT - 28 + 16 * (number // KEYS)
        yield _box(number, left, top, 12, 12)
        yield _text(left + 17, top + 11, name, "start")


def _box(number: int, left: float, top: float, width: float, height: float) -> Markup:
    lit, shade = SHADES[number] if number < len(SHADES) else LIGHTEST
    place = [f"{one:.1f}" for one in (left, top, width, height)]
    return Markup(
        '<rect x="{0}" y="{1}" width="{2}" height="{3}" class="{4}" fill="{5}" stroke="{5}" '
        'stroke-width="0.7" fill-opacity="{6}"/>'
    ).format(*place, "lit" if lit else "", ACCENT if lit else "currentColor", shade)


def _text(left: float, top: float, words: str, anchor: str) -> Markup:
    place = f"{left:.1f}", f"{top:.1f}", anchor
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(*place, words)
