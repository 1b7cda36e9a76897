"""The commands by which an operator lets a presenter be heard live."""

from datetime import UTC, datetime, timedelta

import click

from playout import live_port
from station import blocks, live, trail
from station.airtime import Span, Week, parse_local
from station.cli import opened
from station.command import Answer, answers
from station.grid import published
from station.live import Booking, LiveShow
from station.settings import Settings

NEXT = "mweya live list"
# Further ahead than anybody plans.
LISTED = timedelta(days=400)


@click.group("live")
def live_group() -> None:
    """Live shows: let a presenter be heard in a reserved block, by a password for it alone."""


@live_group.command("open")
@click.argument("channel")
@click.argument("start")
@click.argument("end")
@click.option("--presenter", required=True, help="Who is heard; listeners read the name.")
@click.option("--title", default="Live", show_default=True, help="What listeners read besides.")
@answers
def open_show(channel: str, start: str, end: str, presenter: str, title: str) -> Answer:
    """Reserve CHANNEL from START to END (like 2026-11-25T18:00) for a presenter.

    The address to connect to, with its password, is shown once. It works from a minute before
    START until END.
    """
    with opened() as (settings, database), database.writing() as session:
        span = Span(parse_local(start, settings.zone), parse_local(end, settings.zone))
        booking = Booking(settings.channel_named(channel), span, presenter, title)
        now = datetime.now(UTC)
        show = live.open_show(session, settings, booking, now)
        trail.write(session, None, "live.open", now, said=_line(settings, show).strip())
        address = live_port.address(settings, show)
        facts = {**_facts(settings, show), "address": address}
        week = Week.parse(show.block.week, settings.zone)
        is_published = published(session, week) is not None
        lines = [
            _line(settings, show),
            f"Address, shown only now: {address}",
            "Any program that sends MP3, Ogg Vorbis, Opus or FLAC to Icecast can connect there.",
        ]
    return Answer(facts, lines, f"mweya week repair {week}" if is_published else NEXT)


@live_group.command("list")
@answers
def list_shows() -> Answer:
    """List the live shows that are on air or to come."""
    now = datetime.now(UTC)
    with opened() as (settings, database), database.reading() as session:
        shows = live.shows_between(session, settings, Span(now, now + LISTED))
        facts = [_facts(settings, show) for show in shows]
        lines = [_line(settings, show) for show in shows]
    return Answer({"shows": facts}, lines or ["No live show is to come."], "mweya playout status")


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


def _facts(settings: Settings, show: LiveShow) -> dict[str, object]:
    span = blocks.span_of(settings, show.block)
    return {
        "show": show.id,
        "channel": show.block.channel,
        "start": span.start.astimezone(settings.zone).isoformat(),
        "end": span.end.astimezone(settings.zone).isoformat(),
        "presenter": show.presenter,
        "title": show.block.label,
        "harbor": show.harbor,
    }


def _line(settings: Settings, show: LiveShow) -> str:
    span = blocks.span_of(settings, show.block)
    start, end = span.start.astimezone(settings.zone), span.end.astimezone(settings.zone)
    when = f"{start:%a %Y-%m-%d %H:%M:%S}-{end:%H:%M:%S}"
    name = settings.channel_name(show.block.channel)
    return f"{show.id:>4}  {when}  {name:<8} {show.presenter}: {show.block.label}"
