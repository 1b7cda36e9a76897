"""A station's week made from a seed: the same demand gives the same problem, however large."""

import random
from dataclasses import dataclass, replace

from msgspec.structs import replace as replaced

from scheduler.problem import (
    FORMAT,
    Kind,
    Place,
    Problem,
    Request,
    Reserved,
    Rules,
    Window,
    Wish,
)

HOURS_A_DAY = 24
DAYS = 7
WATERSHED_HOUR, MORNING_HOUR = 21, 5
# What an hour is worth through a day: nights little, breakfast and the drive home most.
HOUR_WORTH = (2, 2, 2, 2, 2, 6, 20, 20, 20, 14, 14, 14, 12, 12, 12, 18, 18, 18, 16, 16, 16, 8, 8, 8)
# Later channels have fewer listeners, down to the last figure.
CHANNEL_SHARE = (1.0, 0.9, 0.8)
DAYPART_HOURS = 3
DAYPARTS = (6, 9, 12, 15, 18)
TRADES = ("shoes", "taxis", "hair", "phones", "food", "music")
CAUSES = ("George Floyd", "the drowned", "the miners", "peace", "a friend")


@dataclass(frozen=True, slots=True)
class Demand:
    """How large a station is and how much of what its members ask; shares are of requests."""

    slots: int = 6_000
    channels: int = 3
    starts: int = 2_016
    starts_per_hour: int = 12
    reserved_hours: int = 2
    several_rights: float = 0.08
    long: float = 0.03
    longest: int = 4
    blackouts: float = 0.25
    watershed: float = 0.03
    languages: float = 0.1
    wishing: float = 0.6
    moments: float = 0.1
    sold: float = 0.04
    silences: float = 0.02
    together: int = 6
    pins: int = 20
    waiting: float = 0.1
    holder_gap: int = 48
    sold_per_hour: int = 2
    silence_gap: int = 6

    @property
    def hours(self) -> int:
        """Clock hours of the week."""
        return -(-self.starts // self.starts_per_hour)


FULL = Demand()
HARD = replace(
    FULL,
    several_rights=0.2,
    long=0.06,
    blackouts=0.4,
    watershed=0.05,
    languages=0.25,
    wishing=0.9,
    moments=0.3,
    sold=0.06,
    silences=0.04,
    together=15,
)


def station(demand: Demand = FULL, seed: int = 1) -> Problem:
    """A week that so many slots of requests are made for."""
    chance = random.Random(seed)  # noqa: S311 (a made-up station keeps no secrets)
    reserved = _reserved(demand)
    requests = _requests(demand, chance)
    requests = _pinned(demand, _grouped(demand, requests, chance), reserved, chance)
    return Problem(
        format=FORMAT,
        week="2026-W48",
        zone="Africa/Johannesburg",
        slot_seconds=3600 // demand.starts_per_hour,
        starts=demand.starts,
        starts_per_hour=demand.starts_per_hour,
        channels=demand.channels,
        value=tuple(_worth(demand, channel) for channel in range(demand.channels)),
        reserved=reserved,
        rules=Rules(demand.holder_gap, demand.sold_per_hour, demand.silence_gap),
        requests=tuple(requests),
        move_cost=50,
    )


def _worth(demand: Demand, channel: int) -> tuple[float, ...]:
    share = CHANNEL_SHARE[min(channel, len(CHANNEL_SHARE) - 1)]
    weekend = (0, 0, 0, 0, 0, 1, 1)
    return tuple(
        float(round(HOUR_WORTH[hour % HOURS_A_DAY] * 10 * share) + 5 * weekend[_day(hour)])
        for hour in range(demand.hours)
    )


def _day(hour: int) -> int:
    return min(hour // HOURS_A_DAY, DAYS - 1)


def _reserved(demand: Demand) -> tuple[Reserved, ...]:
    """The founder's live hours, each on its own evening, channel after channel."""
    evenings = [(day * HOURS_A_DAY + 19) * demand.starts_per_hour for day in range(DAYS)]
    return tuple(
        Reserved(n % demand.channels, evenings[n % DAYS], demand.starts_per_hour)
        for n in range(demand.reserved_hours)
    )


def _requests(demand: Demand, chance: random.Random) -> list[Request]:
    asked: list[Request] = []
    left = demand.slots
    while left:
        length = chance.randint(2, demand.longest) if chance.random() < demand.long else 1
        asked.append(_request(demand, asked, min(length, left), chance))
        left -= asked[-1].length
    return asked


def _request(demand: Demand, before: list[Request], length: int, chance: random.Random) -> Request:
    name = f"r{len(before)}"
    again = bool(before) and chance.random() < demand.several_rights
    holder = before[-1 - chance.randrange(min(3, len(before)))].holder if again else f"m{name}"
    quiet, sold = chance.random() < demand.silences, chance.random() < demand.sold
    return Request(
        id=name,
        holder=holder,
        length=length,
        kind=Kind.SILENCE if quiet else Kind.SEGMENT,
        allowed=_allowed(demand, chance),
        sold=sold and not quiet,
        trade=chance.choice(TRADES) if sold and not quiet else None,
        cause=chance.choice(CAUSES) if quiet else None,
        owed=round(chance.uniform(0.75, 1.25), 2),
        waited=chance.choice((1, 1, 2)) if chance.random() < demand.waiting else 0,
        wishes=_wishes(demand, chance) if chance.random() < demand.wishing else (),
    )


def _allowed(demand: Demand, chance: random.Random) -> tuple[Window, ...]:
    """Everywhere, or what a language, a watershed or a blackout leaves."""
    channel = chance.randrange(demand.channels) if chance.random() < demand.languages else None
    hours = [True] * demand.hours
    if chance.random() < demand.watershed:
        late = [not MORNING_HOUR <= n % HOURS_A_DAY < WATERSHED_HOUR for n in range(demand.hours)]
        hours = late
    if chance.random() < demand.blackouts:
        if chance.random() < 1 / 2:
            day = chance.randrange(DAYS)
            hours = [is_open and _day(n) != day for n, is_open in enumerate(hours)]
        else:
            hours = [is_open and n % HOURS_A_DAY >= MORNING_HOUR for n, is_open in enumerate(hours)]
    return _windows(demand, hours, channel)


def _windows(demand: Demand, hours: list[bool], channel: int | None) -> tuple[Window, ...]:
    edges = [
        n for n in range(len(hours) + 1) if (n and hours[n - 1]) != (hours[n : n + 1] == [True])
    ]
    cut = [min(edge * demand.starts_per_hour, demand.starts) for edge in edges]
    return tuple(Window(a, b, channel) for a, b in zip(cut[::2], cut[1::2], strict=True))


def _wishes(demand: Demand, chance: random.Random) -> tuple[Wish, ...]:
    if chance.random() < demand.moments:
        return _moments(demand, chance)
    first, points = chance.choice(DAYPARTS), chance.choice((200, 300, 400))
    days = [day for day in range(DAYS) if chance.random() < 1 / 2]
    begins = [(day * HOURS_A_DAY + first) * demand.starts_per_hour for day in days]
    width = DAYPART_HOURS * demand.starts_per_hour
    return tuple(
        Wish(at, at + width, points=points) for at in begins if at + width <= demand.starts
    )


def _moments(demand: Demand, chance: random.Random) -> tuple[Wish, ...]:
    """One exact start, oftener a round one of an evening; a quarter of an hour is second best."""
    hour = chance.randrange(demand.hours - 1)
    if chance.random() < 1 / 2:
        hour = chance.randrange(DAYS) * HOURS_A_DAY + chance.randrange(17, 21)
    minute = chance.choice((0, 0, demand.starts_per_hour // 2, None))
    offset = chance.randrange(demand.starts_per_hour) if minute is None else minute
    at = min(hour * demand.starts_per_hour + offset, demand.starts - 1)
    near = (max(0, at - 1), min(demand.starts, at + 2))
    return (Wish(at, at + 1, points=500), Wish(*near, points=250))


def _grouped(demand: Demand, requests: list[Request], chance: random.Random) -> list[Request]:
    """Two or three silences of different holders each ask to begin at one instant."""
    quiet = [n for n, one in enumerate(requests) if one.kind is Kind.SILENCE]
    chance.shuffle(quiet)
    everywhere = (Window(0, demand.starts),)
    for group in range(demand.together if demand.channels > 1 else 0):
        size = chance.choice((2, min(3, demand.channels)))
        members, quiet = quiet[:size], quiet[size:]
        for n in members if len({requests[n].holder for n in members}) == size else ():
            requests[n] = replaced(requests[n], together=f"g{group}", allowed=everywhere)
    return requests


def _pinned(
    demand: Demand, requests: list[Request], reserved: tuple[Reserved, ...], chance: random.Random
) -> list[Request]:
    """Some plain requests get their place from the operator, each where it may be."""
    gone = {(block.channel, start) for block in reserved for start in range(block.start, block.end)}
    plain = [n for n, one in enumerate(requests) if _is_plain(one)]
    holders: set[str] = set()
    for n in chance.sample(plain, min(demand.pins, len(plain))):
        request = requests[n]
        window = chance.choice(request.allowed)
        channel = chance.randrange(demand.channels) if window.channel is None else window.channel
        place = (channel, chance.randrange(window.start, window.end))
        if place not in gone and request.holder not in holders:
            gone.add(place)
            holders.add(request.holder)
            requests[n] = replaced(request, pin=Place(*place))
    return requests


def _is_plain(request: Request) -> bool:
    bound = request.sold or request.kind is Kind.SILENCE
    return request.length == 1 and not bound and bool(request.allowed)
