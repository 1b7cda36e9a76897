"""The first grid: a flow seats everybody at once, and those that more rules bind go first.

Groups and long requests choose alone, by prices: of the slots, and of the trouble for whom the
flow would have there. Then the flow leads everybody else; whoever may stay where it leads them
does, and the flow leads the others anew. At last those that only need a free slot are seated.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from scheduler import rules, wishes
from scheduler.catalogue import CLOSED, Catalogue, bands_of
from scheduler.ground import Whole
from scheduler.prices import Prices
from scheduler.pricing import LISTED, Priced
from scheduler.problem import Kind, Place, Request
from scheduler.proof import Shortlist, listing
from scheduler.seats import easy, flowing, seat
from scheduler.taken import Taken

MOST_ROUNDS = 6
# Of a group's best instants, so many are tried.
MOST_INSTANTS = 16


def draft(catalogue: Catalogue, taken: Taken, priced: Priced) -> None:
    """Fill a grid that holds the pinned and frozen requests already."""
    alone = easy(catalogue.ground.problem)
    bound = [
        one for one in catalogue.requests if one.id not in taken.places and one.id not in alone
    ]
    prices = _with_trouble(catalogue, taken, priced)
    for group in _queue(one for one in bound if one.length > 1 or one.together is not None):
        _place_best(catalogue, taken, prices, group, priced.used)
    _follow_flow(catalogue, taken, priced, bound, alone)
    for group in _queue(one for one in bound if one.id not in taken.places):
        _place_best(catalogue, taken, priced.guide, group)
    seat(catalogue, taken, alone, priced.listed)
    fill_in(catalogue, taken, priced.guide)


def _with_trouble(catalogue: Catalogue, taken: Taken, priced: Priced) -> Prices:
    """The prices, raised where whoever the flow leads would be much worse off elsewhere."""
    prices = priced.guide
    singles = (catalogue.lengths == 1) & ~catalogue.must
    listed = priced.listed.only(singles[priced.listed.owner])
    lost = _trouble(listed)
    trouble = np.zeros(catalogue.ground.shape, dtype=np.int64)
    for band, place in flowing(catalogue, taken, listed):
        if listed.bands.end[band] == place.start + 1:
            trouble[place.channel, place.start] = max(0, int(lost[band]))
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
    catalogue: Catalogue, taken: Taken, priced: Priced, bound: Sequence[Request], alone: set[str]
) -> None:
    """Place bound requests where the flow of all leads them, as long as it leads some of them."""
    is_alone = np.array([one.id in alone for one in catalogue.requests], dtype=np.bool_)
    easy_ones = priced.listed.only(is_alone[priced.listed.owner])
    for _ in range(MOST_ROUNDS):
        left = [one for one in bound if one.id not in taken.places]
        lists = [_left_for(catalogue, taken, priced.guide, one) for one in left]
        listed, count = Shortlist.joined([easy_ones, *lists]), len(taken.places)
        for band, place in flowing(catalogue, taken, listed) if left else ():
            request = catalogue.requests[int(listed.owner[band])]
            if request.id not in alone and _is_open(taken, request, place):
                taken.place(request, place)
        if len(taken.places) == count:
            return


def _left_for(catalogue: Catalogue, taken: Taken, prices: Prices, request: Request) -> Shortlist:
    """The best of what those placed leave to a request."""
    ground = catalogue.ground
    starts = rules.left_open(taken, request, rules.openings(ground, request))
    bands = bands_of(ground, request, starts)
    listed = listing(catalogue, prices, catalogue.index[request.id], bands)
    return listed.only(np.argsort(-listed.net, kind="stable")[:LISTED])


def _is_open(taken: Taken, request: Request, place: Place) -> bool:
    openings = rules.openings(taken.ground, request)
    return bool(rules.left_open(taken, request, openings)[place.channel, place.start])


def fill_in(catalogue: Catalogue, taken: Taken, prices: Prices) -> None:
    """Place whoever still fits somewhere, longest waiting first."""
    left = [one for one in catalogue.requests if one.id not in taken.places]
    for request in sorted(left, key=lambda one: (-one.weight / one.length, one.length, one.id)):
        _place_best(catalogue, taken, prices, [request])


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
) -> None:
    """Place a group, or one alone, at the instant at which most fit, and are then worth most.

    One alone stays inside a band of `like` while it can.
    """
    nets = [_net(catalogue, taken, prices, request) for request in group]
    if like is not None and len(group) == 1:
        nets = [_liked(nets[0], like.of(catalogue.index[group[0].id]))]
    ways = [_channels(nets, instant) for instant in _instants(nets)]
    _, _, channels, instant = max(ways, key=lambda way: way[:2], default=(0, 0, [], 0))
    for request, channel in zip(group, channels, strict=False):
        place = Place(channel or 0, instant)
        # Two of a group may be one holder's, and then only one of them can be there.
        if channel is not None and (len(group) == 1 or _is_open(taken, request, place)):
            taken.place(request, place)


def _net(catalogue: Catalogue, taken: Taken, prices: Prices, request: Request) -> Whole:
    """What each start is worth to a request above its price; `CLOSED` where it can't go."""
    starts = rules.left_open(taken, request, rules.openings(catalogue.ground, request))
    points = wishes.points(catalogue.ground, request)
    net: Whole = np.where(starts, points - prices.costs(request.length, request.sold), CLOSED)
    return net


def _liked(net: Whole, like: Shortlist) -> Whole:
    """What is worth something inside the bands of a list, or else anywhere."""
    inside = np.full_like(net, CLOSED)
    for band in like.bands:
        starts = slice(band.first, band.end)
        inside[band.channel, starts] = net[band.channel, starts]
    return inside if (inside > CLOSED).any() else net


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
