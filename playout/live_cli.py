"""The commands by which an operator lets a presenter be heard live."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from playout import live_port
from station import blocks, live, trail
from station.airtime import Span, Week, parse_local
from station.blocks import Wanted
from station.cli import opened
from station.command import Answer, answers
from station.grid import ReservedBlock, published
from station.live import Booking, LiveShow
from station.settings import Settings

NEXT = "mweya live list"


@click.group("live")
def live_group() -> None:
    """Live shows: let a presenter be heard in a reserved block, by a password for it alone."""


WEEKS = click.option(
    "--weeks", default=1, show_default=True, help="The same day and hours in so many weeks."
)


@live_group.command("open")
@click.argument("channel")
@click.argument("start")
@click.argument("end")
@click.option("--presenter", required=True, help="Who is heard; listeners read the name.")
@click.option("--title", default="Live", show_default=True, help="What listeners read besides.")
@WEEKS
@answers
def open_show(channel: str, start: str, end: str, presenter: str, title: str, weeks: int) -> Answer:
    """Reserve CHANNEL from START to END (like 2026-11-25T18:00) for a presenter.

    The address to connect to, with its password, is shown once. It works from a minute before
    START until END. Of several weeks that is the first one's: each has a password of its own.
    """
    with opened() as (settings, database), database.writing() as session:
        now, wanted = datetime.now(UTC), _wanted(settings, channel, start, end, title)
        shows = []
        for one in blocks.each_week(settings, wanted, weeks):
            booking = Booking(one.channel, one.span, presenter, one.label)
            shows.append(live.open_show(session, settings, booking, now))
            trail.write(session, None, "live.open", now, said=_line(settings, shows[-1]).strip())
        address = live_port.address(settings, shows[0])
        kept = [show.block for show in shows]
        facts = {**_facts(settings, shows[0]), "address": address}
        facts["shows"] = [show.id for show in shows]
        lines = [
            *(_line(settings, show) for show in shows),
            f"Address, shown only now: {address}",
            "Any program that sends MP3, Ogg Vorbis, Opus or FLAC to Icecast can connect there.",
            *_in_the_way(session, settings, kept, now),
        ]
        next_command = _next(session, settings, kept)
    return Answer(facts, lines, next_command)


@live_group.command("reserve")
@click.argument("channel")
@click.argument("start")
@click.argument("end")
@click.option("--title", required=True, help="What listeners read.")
@WEEKS
@answers
def reserve(channel: str, start: str, end: str, title: str, weeks: int) -> Answer:
    """Keep CHANNEL from START to END (like 2026-11-25T18:00) for the station."""
    with opened() as (settings, database), database.writing() as session:
        now, wanted = datetime.now(UTC), _wanted(settings, channel, start, end, title)
        kept = [
            blocks.reserve(session, settings, one, now)
            for one in blocks.each_week(settings, wanted, weeks)
        ]
        told = [_block_line(settings, block) for block in kept]
        for said in told:
            trail.write(session, None, "live.reserve", now, said=said.strip())
        facts = {"blocks": [_block_facts(settings, block) for block in kept]}
        lines = [*told, *_in_the_way(session, settings, kept, now)]
        next_command = _next(session, settings, kept)
    return Answer(facts, lines, next_command)


@live_group.command("give-back")
@click.argument("block", type=int)
@answers
def give_back(block: int) -> Answer:
    """Keep BLOCK no longer, given by its number; pieces can be placed there again."""
    with opened() as (settings, database), database.writing() as session:
        now = datetime.now(UTC)
        given = blocks.give_back(session, settings, block, now)
        trail.write(session, None, "live.give_back", now, subject=str(block), said=given.label)
        lines = [f"“{given.label}” is kept no longer."]
    return Answer({"block": block, "title": given.label}, lines, NEXT)


@live_group.command("password")
@click.argument("show", type=int)
@answers
def password(show: int) -> Answer:
    """Give SHOW another password, shown once; the one before works no longer."""
    with opened() as (settings, database), database.writing() as session:
        now = datetime.now(UTC)
        renewed = live.renew(session, settings, show, now)
        said = _line(settings, renewed)
        trail.write(session, None, "live.renew", now, subject=str(show), said=said.strip())
        address = live_port.address(settings, renewed)
        facts = {**_facts(settings, renewed), "address": address}
    return Answer(facts, [said, f"Address, shown only now: {address}"], NEXT)


@live_group.command("list")
@answers
def list_shows() -> Answer:
    """List what is kept and to come, and who is heard live in it."""
    now = datetime.now(UTC)
    with opened() as (settings, database), database.reading() as session:
        kept = blocks.to_come(session, settings, now)
        shows = live.shows_of(session, [block.id for block in kept])
        bare = [block for block in kept if block.id not in shows]
        facts = {
            "shows": [_facts(settings, shows[one.id]) for one in kept if one.id in shows],
            "blocks": [_block_facts(settings, block) for block in bare],
        }
        lines = [
            _line(settings, shows[one.id]) if one.id in shows else _block_line(settings, one)
            for one in kept
        ]
    return Answer(facts, lines or ["Nothing is kept."], "mweya playout status")


@live_group.command("close")
@click.argument("show", type=int)
@answers
def close(show: int) -> Answer:
    """End SHOW's password, given by its number; its block stays reserved and carries fill."""
    with opened() as (settings, database), database.writing() as session:
        now = datetime.now(UTC)
        closed = live.close_show(session, show, now)
        trail.write(session, None, "live.close", now, said=_line(settings, closed).strip())
        facts = _facts(settings, closed)
    return Answer(facts, [f"Show {show} is closed: its password works no longer."], NEXT)


def _wanted(settings: Settings, channel: str, start: str, end: str, title: str) -> Wanted:
    span = Span(parse_local(start, settings.zone), parse_local(end, settings.zone))
    return Wanted(settings.channel_named(channel), span, title)


def _in_the_way(
    session: Session, settings: Settings, kept: Sequence[ReservedBlock], now: datetime
) -> list[str]:
    """What is said of members' pieces that are published where blocks are."""
    wanted = [blocks.wanted_of(settings, block) for block in kept]
    found = blocks.in_the_way(session, settings, wanted, now)
    if not found:
        return []
    told = [f"  {one.start.astimezone(settings.zone):%a %H:%M} {one.title}" for one in found]
    return ["Published there, and aired there until a repair moves them:", *told]


def _next(session: Session, settings: Settings, kept: Sequence[ReservedBlock]) -> str:
    weeks = (Week.parse(block.week, settings.zone) for block in kept)
    shown = [week for week in weeks if published(session, week) is not None]
    return f"mweya week repair {shown[0]}" if shown else NEXT


def _facts(settings: Settings, show: LiveShow) -> dict[str, object]:
    block = _block_facts(settings, show.block)
    del block["block"]
    return {"show": show.id, **block, "presenter": show.presenter, "harbor": show.harbor}


def _block_facts(settings: Settings, block: ReservedBlock) -> dict[str, object]:
    span = blocks.span_of(settings, block)
    return {
        "block": block.id,
        "channel": block.channel,
        "start": span.start.astimezone(settings.zone).isoformat(),
        "end": span.end.astimezone(settings.zone).isoformat(),
        "title": block.label,
    }


def _line(settings: Settings, show: LiveShow) -> str:
    return f"{show.id:>4}  {_where(settings, show.block)} {show.presenter}: {show.block.label}"


def _block_line(settings: Settings, block: ReservedBlock) -> str:
    return f"   -  {_where(settings, block)} {block.label} (block {block.id})"


def _where(settings: Settings, block: ReservedBlock) -> str:
    span = blocks.span_of(settings, block)
    start, end = span.start.astimezone(settings.zone), span.end.astimezone(settings.zone)
    name = settings.channel_name(block.channel)
    return f"{start:%a %Y-%m-%d %H:%M:%S}-{end:%H:%M:%S}  {name:<8}"
