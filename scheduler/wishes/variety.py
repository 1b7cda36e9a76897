"""Two requests of one category that air one after the other on a channel cost points."""

from collections.abc import Mapping

from scheduler.problem import Place, Problem


def cost(problem: Problem, places: Mapping[str, Place]) -> int:
    """What the repeats in a grid cost, in points; never below 0."""
    return problem.repeat_cost * len(repeats(problem, places)) if problem.varies else 0


def repeats(problem: Problem, places: Mapping[str, Place]) -> list[tuple[str, str]]:
    """Each two of one category, the second of which starts where the first ends, in order."""
    begun = {place: name for name, place in places.items()}
    found = []
    for place in sorted(begun):
        one = problem.request[begun[place]]
        after = begun.get(Place(place.channel, place.start + one.length))
        if after and one.category is not None and one.category == problem.request[after].category:
            found.append((one.id, after))
    return found
