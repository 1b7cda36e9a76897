"""The only reader of the station: what stands in its tables becomes a frozen problem.

In a running week, starts that come sooner than the notice are closed, and what has started
stays where it is, a run as a whole.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler import carry, history, runs
from scheduler import problem as facts
from scheduler.allowed import allowed, channels_of
from scheduler.clock import Clock, by_day_windows, first_open
from scheduler.problem import FORMAT, Kind, Place, Problem, Published, Reserved, Rules
from scheduler.runs import Piece, Runs
from station import bans, blackouts, grid, makegoods, moderation, worth
from station.airtime import Week
from station.grid import Grid, Pin, Placement
from station.languages import marked
from station.market.offers import sold_rights
from station.rights import Request, requests_of
from station.settings import Settings

NO_MASTER = marked("Its finished piece was not ready when the week was built.")
ON_AIR_ALREADY = marked("These five minutes are on air already, with what was sent before.")
NO_CHANNEL = marked("No channel of the station airs what is said in this language.")
SHUT_OUT = marked("The station keeps it out of every start of this week.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A week's problem, its runs, and the requests that it leaves out, with reasons, by id."""

    problem: Problem
    left_out: Mapping[int, str]
    runs: Runs

    @property
    def asked(self) -> set[int]:
        """The station's ids of every request in the problem."""
        return {one for name in self.problem.request for one in self.runs.whole(request_id(name))}


def load(
    session: Session,
    settings: Settings,
    week: Week,
    now: datetime,
    notice: timedelta | None = None,
    *,
    carried: bool = True,
) -> Loaded:
    """Read everything a build of a week needs to know.

    `notice` is how soon a new start may come; by default `week.notice_seconds`. Who asks for the
    hard rules alone leaves out what is `carried` from other weeks, and what is wished for.
    """
    clock = Clock(week, settings, first_open(settings, week, now, notice))
    shown = grid.published(session, week)
    joined = runs.read(session, week)
    started = {} if shown is None else _started(shown, clock.first_open, joined)
    on_air = {placed.request.right_id for placed in started.values()}
    pieces = joined.pieces(one for one in requests_of(session, week) if one.id not in started)
    kept = moderation.kept_back(session, settings, Request.week == str(week), now)
    said = {number: one.sentence for number, one in kept.items()}
    said |= dict.fromkeys(bans.shut_out(session, settings, week), SHUT_OUT)
    left_out = {
        one.id: reason
        for piece in pieces
        if (reason := _not_ready(settings, piece, on_air, said)) is not None
        for one in piece
    }
    ready = [piece for piece in pieces if piece[0].id not in left_out]
    problem = _problem(session, clock, shown, started, ready, joined, carried)
    return Loaded(problem, left_out, joined)


def request_id(name: str) -> int:
    """The station's id of a request in a problem."""
    return int(name.removeprefix("r"))


def name_of(request_id: int) -> str:
    """What a problem calls a request of the station."""
    return f"r{request_id}"


def worth_at(problem: Problem, channel: int, start: int) -> int:
    """The airtime value of a start, in points."""
    return round(problem.value[channel][start // problem.starts_per_hour])


def _problem(
    session: Session,
    clock: Clock,
    shown: Grid | None,
    started: Mapping[int, Placement],
    ready: Sequence[Piece],
    joined: Runs,
    carried: bool,
) -> Problem:
    week, settings = clock.week, clock.settings
    everyone = [*joined.pieces(placed.request for placed in started.values()), *ready]
    asking = [piece[0].account_id for piece in everyone]
    values = worth.by_channel(settings, week, worth.read(settings))
    waited: Mapping[int, int] = {}
    owed: Sequence[float] = [1.0] * len(asking)
    tired = set[int]()
    if carried:
        waited = grid.weeks_waited(session, sorted(set(asking)), week)
        owed = carry.owed(history.got(session, week), asking, values, settings.slots.per_hour)
        tired = history.tired_of_nights(session, clock)
    sold = sold_rights(session, str(week))
    # The database finds whom it asks about: there are thousands.
    of_week = Request.week == str(week)
    out = blackouts.in_week(session, settings, week, sa.select(Request.account_id).where(of_week))
    banned = bans.in_week(session, week)
    pins = _pins(session, week, ready, clock.first_open)
    makegood = makegoods.of(session, sa.select(Request.right_id).where(of_week))
    languages = _languages(settings, [piece[0] for piece in everyone])
    requests = [
        facts.Request(
            id=name_of(one.id),
            holder=f"a{one.account_id}",
            length=len(piece),
            kind=Kind(one.kind),
            sold=any(part.right_id in sold for part in piece),
            trade=one.trade.casefold() if one.trade else None,
            cause=one.cause.casefold() if one.cause else None,
            together=one.together,
            category=languages.get(one.id),
            owed=owed[row],
            waited=waited.get(one.account_id, 0),
            allowed=allowed(
                clock,
                piece,
                started.get(one.id),
                makegood,
                values,
                out.get(one.account_id, ()),
                [ban for part in piece for ban in banned.get(part.id, ())],
            ),
            wishes=_wishes(clock, one, one.account_id in tired) if carried else (),
            pin=pins.get(one.id),
        )
        for row, piece in enumerate(everyone)
        for one in piece[:1]
    ]
    return Problem(
        format=FORMAT,
        week=str(week),
        zone=settings.station.zone,
        slot_seconds=settings.station.slot_seconds,
        starts=clock.starts,
        starts_per_hour=settings.slots.per_hour,
        channels=settings.channels,
        value=values,
        rules=Rules(
            settings.rules.holder_gap, settings.rules.sold_per_hour, settings.rules.silence_gap
        ),
        requests=tuple(requests),
        reserved=tuple(
            Reserved(block.channel, block.start, block.length)
            for block in grid.reserved_blocks(session, week)
        ),
        published=_published(shown, started, joined),
        move_cost=settings.rules.move_cost,
        repeat_cost=settings.solver.repeat_cost,
    )


def _started(shown: Grid, first_open: int, joined: Runs) -> dict[int, Placement]:
    """What is on show and may no longer move, by request id: all of a run once it has begun."""
    begun = {
        one
        for placed in shown.placements
        if placed.start < first_open
        for one in joined.whole(placed.request_id)
    }
    return {placed.request_id: placed for placed in shown.placements if placed.request_id in begun}


def _not_ready(
    settings: Settings, piece: Piece, on_air: set[int], kept_back: Mapping[int, str]
) -> str | None:
    if any(one.right_id in on_air for one in piece):
        return ON_AIR_ALREADY
    if not channels_of(settings, piece[0]):
        return NO_CHANNEL
    if said := [kept_back[one.id] for one in piece if one.id in kept_back]:
        return said[0]
    return None if all(one.master_sha256 for one in piece) else NO_MASTER


def _wishes(clock: Clock, request: Request, tired: bool) -> tuple[facts.Wish, ...]:
    spans = [span for wish in request.wished for span in wish.spans(clock.week, clock.settings)]
    points = clock.settings.solver.wish_points
    own = tuple(
        facts.Wish(start=start, end=end, points=points) for start, end in clock.touching(spans)
    )
    return (*own, *carry.rest(own, by_day_windows(clock), points)) if tired else own


def _languages(settings: Settings, asked: Sequence[Request]) -> dict[int, str]:
    """The language of each request that may air where others are heard, too, by request id.

    Where one language is all there is nothing varies, and a silence is in none.
    """
    spoken = [one for one in asked if one.kind != Kind.SILENCE and one.language]
    heard: dict[int | None, set[str]] = defaultdict(set)
    for one in spoken:
        for channel in channels_of(settings, one):
            heard[channel].add(one.language)
    return {
        one.id: one.language
        for one in spoken
        if any(len(heard[channel]) > 1 for channel in channels_of(settings, one))
    }


def _pins(
    session: Session, week: Week, ready: Sequence[Piece], first_open: int
) -> dict[int, Place]:
    """Where pins want pieces to start, by their first ones; one slot's pin holds all of them."""
    slots = {one.id: (piece[0].id, one.run_place) for piece in ready for one in piece}
    pins: dict[int, Place] = {}
    query = sa.select(Pin).join(Request, Request.id == Pin.request_id)
    found = session.scalars(query.where(Request.week == str(week)))
    known = [pin for pin in found if pin.request_id in slots]
    for pin in sorted(known, key=lambda pin: slots[pin.request_id]):
        first, offset = slots[pin.request_id]
        if pin.start - offset >= first_open:
            pins.setdefault(first, Place(pin.channel, pin.start - offset))
    return pins


def _published(
    shown: Grid | None, started: Mapping[int, Placement], joined: Runs
) -> tuple[Published, ...]:
    return tuple(
        Published(name_of(one), place.channel, place.start, one in started)
        for one, place in joined.joined(runs.spots(shown)).items()
    )
