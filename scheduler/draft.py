"""The first grid: a flow seats everybody at once, and those that more rules bind go first.

Groups and long requests choose alone, by prices: of the slots, and of the trouble for whom the
flow would have there. Then the flow leads everybody else; whoever may stay where it leads them
does, and the flow leads the others anew. At last those that only need a free slot are seated.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from operator import itemgetter

import numpy as np

from scheduler import rules, wishes
from scheduler.catalogue import CLOSED, Catalogue, bands_of
from scheduler.ground import Whole
from scheduler.patience import never
from scheduler.prices import Prices
from scheduler.pricing import LISTED, Priced
from scheduler.problem import Kind, Place, Request
from scheduler.proof import Shortlist, listing
from scheduler.seats import easy, flowing, seat
from scheduler.taken import Taken

# So many bands are led by a flow; but of each request no fewer than these.
MOST_LED, FEWEST_LED = 640_000, 24
# Of a group's best instants, so many are tried.
MOST_INSTANTS = 16


def draft(
    catalogue: Catalogue, taken: Taken, priced: Priced, stopped: Callable[[], bool] = never
) -> None:
    """Fill a grid that holds the pinned and frozen requests already.

    Once `stopped` says so it is left as it is.
    """
    alone = easy(catalogue.ground.problem)
    priced = _fewer(catalogue, priced)
    bound = [
        one for one in catalogue.requests if one.id not in taken.places and one.id not in alone
    ]
    prices = _with_trouble(catalogue, priced)
    for group in _queue(one for one in bound if one.length > 1 or one.together is not None):
        _place_best(catalogue, taken, prices, group, priced.used)
    if stopped():
        return
    _follow_flow(catalogue, taken, priced, bound, alone, stopped)
    if stopped():
        return
    for group in _queue(one for one in bound if one.id not in taken.places):
        _place_best(catalogue, taken, priced.guide, group)
    seat(catalogue, taken, alone, priced.listed)
    fill_in(catalogue, taken, priced.guide)


def _fewer(catalogue: Catalogue, priced: Priced) -> Priced:
    """The prices with shorter lists where there are so many requests that flows take long."""
    each = max(FEWEST_LED, MOST_LED // max(1, len(catalogue.requests)))
    if each >= LISTED:
        return priced
    used = priced.used.at(catalogue, priced.guide)
    return replace(priced, listed=Shortlist.joined([priced.listed.nearest(each), used]))


def _with_trouble(catalogue: Catalogue, priced: Priced) -> Prices:
    """The prices, raised where whoever the flow led would be much worse off elsewhere."""
    prices = priced.guide
    singles = (catalogue.lengths == 1) & ~catalogue.must
    listed = priced.listed.only(singles[priced.listed.owner])
    one_start = listed.bands.end == listed.bands.first + 1
    led = np.flatnonzero(one_start & listed.among(priced.used))
    trouble = np.zeros(catalogue.ground.shape, dtype=np.int64)
    at = listed.bands.channel[led], listed.bands.first[led]
    np.maximum.at(trouble, at, _trouble(listed)[led])
    return Prices(catalogue.ground, prices.plain + trouble, prices.sold + trouble)


def _trouble(listed: Shortlist) -> Whole:
    """What whoever uses a band would lose at another start, the best of theirs."""
    owner, of = np.unique(listed.owner, return_inverse=True)
    order = np.lexsort((-listed.net, listed.owner))
    best = order[np.searchsorted(listed.owner[order], owner)]
    at_best = listed.bands.first == listed.bands.first[best[of]]
    second = np.full(len(owner), CLOSED)
    np.maximum.at(second, of[~at_best], listed.net[~at_best])
    loss: Whole = listed.net - np.where(at_best, second[of], listed.net[best[of]])
    return np.where(second[of] == CLOSED, 0, loss)


def _follow_flow(
    catalogue: Catalogue,
    taken: Taken,
    priced: Priced,
    bound: Sequence[Request],
    alone: set[str],
    stopped: Callable[[], bool],
) -> None:
    """Place bound single slots where the flow of all leads them, as long as it leads some of them.

    First it may only lead where the prices' own solution does, and then anywhere.
    """
    is_alone = np.array([one.id in alone for one in catalogue.requests], dtype=np.bool_)
    easy_ones = priced.listed.only(is_alone[priced.listed.owner])
    left = [one for one in bound if one.length == 1 and one.id not in taken.places]
    waiting = is_alone.copy()
    waiting[[catalogue.index[one.id] for one in left]] = True
    listed = priced.used.only(waiting[priced.used.owner]).at(catalogue, priced.guide)
    before = -1
    while left and before != len(left) and not stopped():
        before = len(left)
        for band, place in flowing(catalogue, taken, listed):
            request = catalogue.requests[int(listed.owner[band])]
            if request.id not in alone and rules.is_open(taken, request, place):
                taken.place(request, place)
        left = [one for one in left if one.id not in taken.places]
        lists = [_left_for(catalogue, taken, priced.guide, one) for one in left]
        listed = Shortlist.joined([easy_ones, *lists])


def _left_for(catalogue: Catalogue, taken: Taken, prices: Prices, request: Request) -> Shortlist:
    """The best of what those placed leave to a request."""
    ground = catalogue.ground
    starts = rules.left_open(taken, request, rules.openings(ground, request))
    bands = bands_of(ground, request, starts)
    listed = listing(catalogue, prices, catalogue.index[request.id], bands)
    return listed.only(np.argsort(-listed.net, kind="stable")[:LISTED])


def fill_in(catalogue: Catalogue, taken: Taken, prices: Prices) -> None:
    """Place whoever still fits somewhere, longest waiting first."""
    left = [one for one in catalogue.requests if one.id not in taken.places]
    for request in sorted(left, key=lambda one: (-one.weight / one.length, one.length, one.id)):
        _place_best(catalogue, taken, prices, [request], at_any_price=True)


def _queue(waiting: Iterable[Request]) -> list[list[Request]]:
    """Who chooses when: groups, then long ones, silences, sold ones, and the rest."""
    groups: dict[str, list[Request]] = {}
    for request in waiting:
        name = f"group {request.together}" if request.together else f"one {request.id}"
        groups.setdefault(name, []).append(request)
    return sorted(groups.values(), key=_urgency)


def _urgency(group: Sequence[Request]) -> tuple[object, ...]:
    first = group[0]
    quiet = first.kind == Kind.SILENCE
    waited = max(one.waited for one in group)
    return (-len(group), -waited, -first.length, not quiet, not first.sold, first.id)


def _place_best(
    catalogue: Catalogue,
    taken: Taken,
    prices: Prices,
    group: Sequence[Request],
    like: Shortlist | None = None,
    *,
    at_any_price: bool = False,
) -> None:
    """Place a group, or one alone, at the instant at which most fit, and are then worth most.

    They stay inside the bands of `like` while as many fit there. Where there are too few slots,
    whoever is not worth the price has to wait.
    """
    least = CLOSED if at_any_price else 0
    nets = [_net(catalogue, taken, prices, request, least) for request in group]
    choices = [nets]
    if like is not None:
        rows = [catalogue.index[request.id] for request in group]
        liked = [_inside(net, like.of(row)) for net, row in zip(nets, rows, strict=True)]
        choices.insert(0, liked)
    best = [_best_way(nets) for nets in choices]
    _, _, channels, instant = max(best, key=itemgetter(0))
    for request, channel in zip(group, channels, strict=False):
        place = Place(channel or 0, instant)
        # Two of a group may be one holder's, and then only one of them can be there.
        if channel is not None and (len(group) == 1 or rules.is_open(taken, request, place)):
            taken.place(request, place)


def _net(catalogue: Catalogue, taken: Taken, prices: Prices, request: Request, least: int) -> Whole:
    """What each start is worth to a request above its price; `CLOSED` if it can't be had."""
    starts = rules.left_open(taken, request, rules.openings(catalogue.ground, request))
    points = wishes.points(catalogue.ground, request)
    value = catalogue.values(points, catalogue.index[request.id])
    net = value - prices.costs(request.length, request.sold)
    return np.where(starts & (net >= least), net, CLOSED)


def _inside(net: Whole, like: Shortlist) -> Whole:
    """What is worth something inside the bands of a list."""
    inside = np.full_like(net, CLOSED)
    for band in like.bands:
        starts = slice(band.first, band.end)
        inside[band.channel, starts] = net[band.channel, starts]
    return inside


def _best_way(nets: Sequence[Whole]) -> tuple[int, int, list[int | None], int]:
    """The way in which most of a group fit, and are then worth most, as `_channels` has it."""
    ways = [_channels(nets, instant) for instant in _instants(nets)]
    return max(ways, key=itemgetter(0, 1), default=(0, 0, [], 0))


def _instants(nets: Sequence[Whole]) -> list[int]:
    """The instants at which most could find a channel, and would be worth most."""
    best = np.stack([net.max(axis=0) for net in nets])
    fit, worth = (best > CLOSED).sum(axis=0), np.where(best > CLOSED, best, 0).sum(axis=0)
    order = np.lexsort((-worth, -fit))[:MOST_INSTANTS]
    return [int(instant) for instant in order if fit[instant]]


def _channels(nets: Sequence[Whole], instant: int) -> tuple[int, int, list[int | None], int]:
    """How many fit at an instant, their worth, and each one's channel: who has fewest chooses."""
    here = [net[:, instant].copy() for net in nets]
    channels: list[int | None] = [None] * len(nets)
    worth = 0
    for one in sorted(range(len(here)), key=lambda n: int((here[n] > CLOSED).sum())):
        channel = int(here[one].argmax())
        if here[one][channel] > CLOSED:
            channels[one] = channel
            worth += int(here[one][channel])
            for other in here:
                other[channel] = CLOSED
    return len(nets) - channels.count(None), worth, channels, instant
