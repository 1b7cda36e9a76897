"""A played year in sentences, and as facts with stable keys."""

from collections.abc import Iterator
from dataclasses import asdict

from scheduler.sim.report import Summary


def facts(found: Summary) -> dict[str, object]:
    """What programs read."""
    return {**asdict(found), "is_level": found.is_level, "spares_nights": found.spares_nights}


def sentences(found: Summary, asked: int) -> Iterator[str]:
    """What people read; `asked` is how many weeks were to be played."""
    weeks = f"{found.weeks}" if found.weeks == asked else f"Stopped after {found.weeks} of {asked}"
    yield f"{weeks} weeks: {found.on_air} pieces on air, {found.bumped} bumped."
    yield f"A start was worth {found.mean_worth:.2f} points on average."
    yield f"Nobody ended further than {found.worst_percent} % of the whole worth from the mean."
    below, above = found.five_percent_are_below, found.five_percent_are_above
    yield f"9 of 10 are between {below:+} and {above:+} %."
    own = f"{found.worst_percent_often_on_air} % from everybody's"
    yield f"Who was on air in 3 of 4 weeks had an average start within {own}."
    yield f"Nobody had more than {found.longest_night_run} night weeks in a row unasked."
    if found.wishes:
        yield f"{found.wishes_met} of {found.wishes} wishes were met."
    wishing, others = found.worth_with_wishes_percent, found.worth_without_wishes_percent
    if wishing is not None:
        yield f"On average, who had a wish ended {wishing:+} % from the mean."
    if others is not None:
        yield f"On average, who had none ended {others:+} % from it."
    if found.fairness_cost_percent is not None:
        yield f"Fairness cost {found.fairness_cost_percent} % of the wishes."
