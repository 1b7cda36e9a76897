"""The commands about what is on air, and what was."""

import signal
import threading
from datetime import UTC, datetime

import click

from playout import takedown
from playout.disk import AirFolder
from playout.liquidsoap import client
from playout.mounts import mounts
from playout.only_one import WATCH, holding
from playout.report import SlotReport, slots_of, summary
from playout.run import Playout, alone
from playout.supervise import channel_socket
from station.airtime import Week, is_shown_twice, parse_local
from station.cli import opened
from station.command import Answer, answers
from station.errors import Fault, Refusal
from station.settings import Settings, load


@click.group()
def playout() -> None:
    """Master control: keep the station on air, and say how it is."""


@playout.command()
@answers
def run() -> Answer:
    """Keep Icecast and every channel on air until interrupted."""
    settings = load()
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with alone(settings):
        going = Playout(settings)
        going.start()
        ending.wait()
        going.stop()
    return Answer({"stopped": True}, ["The channels are off air."], "mweya playout run")


@playout.command()
@answers
def watch() -> Answer:
    """Listen to every mount until interrupted, and say of each slot what was heard of it."""
    from playout.watch.run import Watch

    settings = load()
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with holding(settings, WATCH) as alone_here:
        if not alone_here:
            raise Refusal("watch-runs", home=settings.home)
        listening = Watch(settings)
        listening.start()
        ending.wait()
        listening.stop()
    return Answer({"stopped": True}, ["Nobody listens any more."], "mweya playout watch")


@playout.command()
@answers
def status() -> Answer:
    """Say what each channel is sending. Exits 1 when one of them is off air."""
    settings = load()
    found = [_channel_status(settings, channel) for channel in range(settings.channels)]
    public = [
        {"channel": mount.channel, "quality": mount.quality, "url": mount.url}
        for mount in mounts(settings)
    ]
    off_air = any(not channel["on_air"] for channel in found)
    return Answer(
        {"channels": found, "mounts": public},
        [_status_line(settings, channel) for channel in found],
        "mweya playout run" if off_air else "mweya asrun WEEK",
        found_problems=off_air,
    )


REST_OF_RUN = (
    "A piece of several slots is taken off to its end once the database answers; until then, take "
    "each slot off with --at."
)


@playout.command("takedown")
@click.argument("channel")
@click.option("--reason", required=True, help="Why: kept with the slot, and its member reads it.")
@click.option("--at", help="A slot to come, by a time in it (like 2026-11-25T18:35).")
@answers
def take_down(channel: str, reason: str, at: str | None) -> Answer:
    """Take what CHANNEL sends now off air until its slot ends; fill is heard instead."""
    settings = load()
    now = datetime.now(UTC)
    number = settings.channel_named(channel)
    slot = settings.slots.number(parse_local(at, settings.zone) if at else now)
    if slot < settings.slots.number(now):
        raise Refusal("takedown-over")
    marker = takedown.Marker(reason, round(now.timestamp() * 1000))
    again = _marked_before(AirFolder.of(settings), (number, slot), marker)
    # Once more, too: its engine may not have heard of it.
    told = _let_go(settings, number, slot)
    if again:
        raise Refusal("takedown-again", channel=number + 1)
    name = settings.station.channels[number]
    starts = settings.slots.start(slot).astimezone(settings.zone)
    said = "is off air" if told else "will be off air once its engine answers"
    return Answer(
        {"channel": number, "slot": slot, "starts": starts.isoformat(), "engine_told": told},
        [
            f"The slot of {starts:%a %H:%M:%S} on {name} {said}, until it ends.",
            REST_OF_RUN,
        ],
        "mweya playout status",
    )


@click.command("asrun")
@click.argument("week")
@answers
def asrun(week: str) -> Answer:
    """Say what aired in WEEK (like 2026-W48), when, and how exactly.

    Exits 1 when a piece did not air as it was planned.
    """
    with opened() as (settings, database), database.reading() as session:
        parsed = Week.parse(week, settings.zone)
        slots = slots_of(session, settings, parsed, datetime.now(UTC))
    told = summary(slots)
    facts = {
        "week": str(parsed),
        "slots": [slot.facts() for slot in slots],
        "summary": told.facts(),
    }
    return Answer(
        facts,
        [*(_slot_line(settings, slot) for slot in slots), *told.lines()],
        f"mweya week status {parsed}",
        found_problems=told.fell_short > 0,
    )


def _marked_before(folder: AirFolder, place: takedown.Place, marker: takedown.Marker) -> bool:
    """Mark a slot; whether it was. What no disk takes is told to the engine all the same."""
    try:
        return not takedown.mark(folder, place, marker)
    except OSError as problem:
        click.echo(f"It is not on disk, for an engine that is started later: {problem}", err=True)
        return False


def _let_go(settings: Settings, channel: int, slot: int) -> bool:
    """Have a running engine let go of a slot; whether it did. A new one reads the marker."""
    try:
        client.takedown(channel_socket(settings, channel), slot)
    except Fault:
        return False
    return True


def _channel_status(settings: Settings, channel: int) -> dict[str, object]:
    name = settings.station.channels[channel]
    try:
        said = client.status(channel_socket(settings, channel))
    except Fault as fault:
        return {"channel": channel, "name": name, "on_air": False, "problem": str(fault)}
    return {
        "channel": channel,
        "name": name,
        "on_air": True,
        "hears": said.event,
        "slot": said.slot,
        "since": settings.slots.start(said.slot),
        "loaded": sorted(said.loaded),
        "clock_error_ms": said.clock_error_ms,
        "presenters": said.presenters,
    }


def _status_line(settings: Settings, channel: dict[str, object]) -> str:
    if not channel["on_air"]:
        return f"{channel['name']:<12} off air: {channel['problem']}"
    at = datetime.now(UTC).astimezone(settings.zone)
    return (
        f"{channel['name']:<12} {channel['hears']} at {at:%H:%M:%S}, "
        f"slot {channel['slot']}, clock off by {channel['clock_error_ms']} ms, "
        f"presenters connected: {channel['presenters']}"
    )


def _slot_line(settings: Settings, slot: SlotReport) -> str:
    planned = slot.planned_at.astimezone(settings.zone)
    name = settings.station.channels[slot.channel]
    error = "" if slot.start_error_ms is None else f"{slot.start_error_ms:+d} ms"
    reason = f"  ({slot.reason})" if slot.reason else ""
    at = f"{planned:%a %H:%M:%S %Z}" if is_shown_twice(planned) else f"{planned:%a %H:%M:%S}"
    return f"{at}  {name:<8} {slot.outcome:<9} {error:>8}  {slot.title}{reason}"
