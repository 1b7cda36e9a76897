"""What a played year came to: for everybody, a line; for the station, whether it was fair."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
import numpy.typing as npt

from scheduler.sim.people import Fate, Member
from scheduler.sim.year import PlayedWeek, by_holder, is_night_week

# The goals: nobody's worth further from the mean, and nobody sent to the night more often.
MOST_PERCENT = 2.0
MOST_NIGHT_RUN = 2
WHOLE_YEAR = 52
# Who was on air in so large a share of the weeks is compared by what they had on air alone.
OFTEN = 0.75
HUNDRED = 100.0

Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """One member's year. `percent_of_year` is how far ahead (+) or behind (-) they ended.

    It compares what their starts were worth with as many average ones, in percent of a whole
    year of average ones, so that whoever gave weeks away is measured like everybody else.
    `percent_of_own` is the same in percent of as many average ones as they had: how far their
    own average start was from everybody's.
    """

    member: str
    wishes_for: str
    on_air: int
    missed: int
    given: int
    sold: int
    silent: int
    bumped: int
    worth: float
    percent_of_year: float
    percent_of_own: float
    longest_night_run: int
    wishes: int
    wishes_met: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The year in figures; what is not known because nothing was wished for is None.

    `fairness_cost_percent` is the share of wishes that were not met so that somebody got what
    they were owed, in the weeks that were built both ways.
    """

    weeks: int
    members: int
    on_air: int
    bumped: int
    mean_worth: float
    worst_percent: float
    worst_percent_often_on_air: float
    five_percent_are_below: float
    five_percent_are_above: float
    longest_night_run: int
    worst_gap: float
    wishes: int
    wishes_met: int
    fairness_cost_percent: float | None
    worth_with_wishes_percent: float | None
    worth_without_wishes_percent: float | None

    @property
    def is_level(self) -> bool | None:
        """Whether everybody's worth ended near the mean; None before a year was played."""
        return self.worst_percent <= MOST_PERCENT if self.weeks >= WHOLE_YEAR else None

    @property
    def spares_nights(self) -> bool:
        """Whether nobody had too many night weeks in a row without having wished for them."""
        return self.longest_night_run <= MOST_NIGHT_RUN


def ahead(people: Sequence[Member], played: Sequence[PlayedWeek]) -> Figures:
    """How many points ahead each member is after each week: [week, member]."""
    row = {one.name: position for position, one in enumerate(people)}
    worth, starts = np.zeros((2, len(played), len(people)))
    total = np.zeros((2, len(played)))
    for number, week in enumerate(played):
        for one in week.aired:
            total[:, number] += (one.worth, 1)
            if one.holder in row:
                worth[number, row[one.holder]] += one.worth
                starts[number, row[one.holder]] += 1
    so_far = total.cumsum(axis=1)
    mean = so_far[0] / np.maximum(1, so_far[1])
    points: Figures = worth.cumsum(axis=0) - starts.cumsum(axis=0) * mean[:, None]
    return points


def lines(people: Sequence[Member], played: Sequence[PlayedWeek]) -> list[Line]:
    """Everybody's year."""
    points = HUNDRED * ahead(people, played)[-1] / (mean_worth(played) or 1.0)
    fates = Counter((one.origin, one.fate) for week in played for one in week.asked)
    bumped = Counter(name for week in played for name in week.bumped)
    nights = _night_runs(played)
    theirs = defaultdict(list)
    for week in played:
        for one in week.aired:
            theirs[one.holder].append(one)
    return [
        Line(
            member=one.name,
            wishes_for=one.daypart or "",
            on_air=len(theirs[one.name]),
            missed=fates[one.name, Fate.MISSED],
            given=fates[one.name, Fate.GIVEN],
            sold=fates[one.name, Fate.SOLD],
            silent=fates[one.name, Fate.SILENT],
            bumped=bumped[one.name],
            worth=sum(aired.worth for aired in theirs[one.name]),
            percent_of_year=round(float(points[row]) / len(played), 3),
            percent_of_own=round(float(points[row]) / max(1, len(theirs[one.name])), 3),
            longest_night_run=nights.get(one.name, 0),
            wishes=sum(aired.wished for aired in theirs[one.name]),
            wishes_met=sum(aired.met for aired in theirs[one.name]),
        )
        for row, one in enumerate(people)
    ]


def summary(everybody: Sequence[Line], played: Sequence[PlayedWeek]) -> Summary:
    """The year in figures."""
    percent = np.array([one.percent_of_year for one in everybody])
    often = [abs(one.percent_of_own) for one in everybody if one.on_air >= OFTEN * len(played)]
    wishing = np.array([bool(one.wishes_for) for one in everybody])
    low, high = np.percentile(percent, [5, 95])
    return Summary(
        weeks=len(played),
        members=len(everybody),
        on_air=sum(len(week.aired) for week in played),
        bumped=sum(len(week.bumped) for week in played),
        mean_worth=round(mean_worth(played), 3),
        worst_percent=round(float(abs(percent).max()), 2),
        worst_percent_often_on_air=round(max(often, default=0.0), 2),
        five_percent_are_below=round(float(low), 2),
        five_percent_are_above=round(float(high), 2),
        longest_night_run=max(one.longest_night_run for one in everybody),
        worst_gap=round(max(week.gap for week in played), 6),
        wishes=sum(one.wished for week in played for one in week.aired),
        wishes_met=sum(week.met for week in played),
        fairness_cost_percent=_cost(played),
        worth_with_wishes_percent=_mean_of(percent[wishing]) if wishing.any() else None,
        worth_without_wishes_percent=_mean_of(percent[~wishing]) if wishing.any() else None,
    )


def mean_worth(played: Sequence[PlayedWeek]) -> float:
    """What a start was worth on average, in points."""
    worth = [one.worth for week in played for one in week.aired]
    return sum(worth) / max(1, len(worth))


def table(everybody: Sequence[Line]) -> str:
    """Everybody's year as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Line)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(one) for one in everybody)
    return text.getvalue()


def _night_runs(played: Sequence[PlayedWeek]) -> Mapping[str, int]:
    """The most night weeks in a row that each holder had; a week off the air counts for nothing."""
    run: dict[str, int] = defaultdict(int)
    longest: dict[str, int] = defaultdict(int)
    for week in played:
        for holder, theirs in by_holder(week).items():
            run[holder] = run[holder] + 1 if is_night_week(theirs) else 0
            longest[holder] = max(longest[holder], run[holder])
    return longest


def _cost(played: Sequence[PlayedWeek]) -> float | None:
    both = [(week.met, week.met_unowed) for week in played if week.met_unowed]
    met, unowed = (sum(one) for one in zip(*both, strict=True)) if both else (0, 0)
    return round(HUNDRED * (1 - met / unowed), 2) if unowed else None


def _mean_of(percent: Figures) -> float | None:
    return round(float(percent.mean()), 2) if percent.size else None
