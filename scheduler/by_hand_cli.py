"""The commands by which an operator places pieces by hand, pins them, and bans them from times."""

from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from scheduler import by_hand, tell
from scheduler.by_hand import Proposal
from scheduler.problem import Place
from station import bans, pins, trail
from station.airtime import Week, parse_local
from station.cli import opened
from station.command import Answer, answers
from station.settings import Settings

REQUEST = click.argument("request", type=int)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what it would do and break.")


@click.command("move")
@click.argument("week")
@REQUEST
@click.argument("channel")
@click.argument("at")
@DRY_RUN
@answers
def move(week: str, request: int, channel: str, at: str, *, dry_run: bool) -> Answer:
    """Move REQUEST to CHANNEL AT a time (like 2026-11-25T18:35), in a new draft of WEEK.

    `mweya week show WEEK --json` has the requests' numbers. Exits 1 when it would break a rule.
    """

    def proposed(session: Session, settings: Settings, chosen: Week, now: datetime) -> Proposal:
        place = _place(settings, chosen, channel, at)
        return by_hand.propose(session, settings, chosen, {request: place}, now)

    return _redrawn(week, "move", proposed, dry_run=dry_run)


@click.command("swap")
@click.argument("week")
@REQUEST
@click.argument("other", type=int)
@DRY_RUN
@answers
def swap(week: str, request: int, other: int, *, dry_run: bool) -> Answer:
    """Exchange the places of REQUEST and OTHER, in a new draft of WEEK.

    Exits 1 when that would break a rule.
    """

    def proposed(session: Session, settings: Settings, chosen: Week, now: datetime) -> Proposal:
        return by_hand.exchange(session, settings, chosen, request, other, now)

    return _redrawn(week, "swap", proposed, dry_run=dry_run)


@click.command("pin")
@click.argument("week")
@REQUEST
@click.argument("channel")
@click.argument("at")
@answers
def pin(week: str, request: int, channel: str, at: str) -> Answer:
    """Hold REQUEST at CHANNEL and AT a time in every build and repair of WEEK."""
    with opened() as (settings, database), database.writing() as session:
        chosen, now = Week.parse(week, settings.zone), datetime.now(UTC)
        place = _place(settings, chosen, channel, at)
        by_hand.pin(session, settings, chosen, request, place, now)
        facts = {"week": week, "request": request, "channel": place.channel, "start": place.start}
        return _done(session, "pin", facts, f"Request {request} is pinned.", now)


@click.command("unpin")
@click.argument("week")
@REQUEST
@answers
def unpin(week: str, request: int) -> Answer:
    """Let a pinned REQUEST of WEEK go."""
    with opened() as (settings, database), database.writing() as session:
        chosen, now = Week.parse(week, settings.zone), datetime.now(UTC)
        was = pins.take_out(session, pins.piece_of(session, chosen, request))
        facts = {"week": week, "request": request, "was_pinned": was}
        said = f"Request {request} is pinned no more." if was else "It was not pinned."
        return _done(session, "unpin", facts, said, now)


@click.command("ban")
@click.argument("week")
@REQUEST
@click.argument("start")
@click.argument("end")
@click.option("--channel", help="On this channel alone; by default on all.")
@answers
def ban(week: str, request: int, start: str, end: str, channel: str | None) -> Answer:
    """Keep REQUEST out of the starts of WEEK from START until END."""
    with opened() as (settings, database), database.writing() as session:
        chosen, now = Week.parse(week, settings.zone), datetime.now(UTC)
        number = None if channel is None else settings.channel_named(channel)
        span = bans.span_of(settings, chosen, start, end)
        made = bans.make(session, pins.piece_of(session, chosen, request), number, span, now)
        facts = {"week": week, "request": request, "ban": made.id, "channel": number}
        facts |= {"start": made.start, "length": made.length}
        return _done(session, "ban", facts, f"Ban {made.id}: request {request} stays out.", now)


@click.command("unban")
@click.argument("week")
@click.argument("ban", type=int)
@answers
def unban(week: str, ban: int) -> Answer:
    """Lift a BAN of WEEK."""
    with opened() as (settings, database), database.writing() as session:
        lifted = bans.lift(session, Week.parse(week, settings.zone), ban)
        facts = {"week": week, "ban": ban, "request": lifted.request_id}
        return _done(session, "unban", facts, f"Ban {ban} is lifted.", datetime.now(UTC))


COMMANDS = (move, swap, pin, unpin, ban, unban)


def _place(settings: Settings, week: Week, channel: str, at: str) -> Place:
    start = week.start_at(parse_local(at, settings.zone), settings.slots)
    return Place(settings.channel_named(channel), start)


def _redrawn(
    label: str,
    verb: str,
    proposed: Callable[[Session, Settings, Week, datetime], Proposal],
    *,
    dry_run: bool,
) -> Answer:
    """Keep what is proposed as a draft, unless it breaks a rule or is only asked about."""
    with opened() as (settings, database), database.writing() as session:
        week, now = Week.parse(label, settings.zone), datetime.now(UTC)
        proposal = proposed(session, settings, week, now)
        moves, lines = tell.moved(session, settings, week, proposal.moves)
        facts: dict[str, object] = {"week": label, "base": proposal.base, "moves": moves}
        facts |= {"broken": proposal.broken, "already": proposal.already, "version": None}
        if proposal.broken or dry_run:
            said = ["That would break a rule.", *proposal.broken] if proposal.broken else lines
            return Answer(facts, said, found_problems=bool(proposal.broken))
        version = by_hand.keep(session, week, proposal, now).version
        said_of = f"Version {version} of {label}."
        trail.write(
            session, None, f"grid.{verb}", now, subject=label, said=" ".join([said_of, *lines])
        )
    return Answer({**facts, "version": version}, [said_of, *lines], f"mweya week diff {label}")


def _done(
    session: Session, verb: str, facts: dict[str, object], said: str, now: datetime
) -> Answer:
    """Write down what was done, and say it; the next build or repair keeps to it."""
    week = str(facts["week"])
    trail.write(session, None, f"grid.{verb}", now, subject=week, said=said)
    return Answer(facts, [said], f"mweya week build {week} (once it is published: repair)")
