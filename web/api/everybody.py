"""What anybody's program may ask for: what listeners see."""

from flask import abort
from msgspec.structs import replace

from playout.mounts import Mount
from station import airlog, causes, facts, grid, listen_again, shares
from station.airlog import LineKind
from station.airtime import Week
from station.figures.spans import slots_in
from web.again.episodes import episodes
from web.api import asked, named, shapes
from web.public import now as on_air
from web.session import now, station
from web.streams import bytes_an_hour, streams_of


def about(_: asked.Nothing) -> shapes.Station:
    """What the station is, and how its channels are heard."""
    settings = station().settings
    return shapes.Station(
        name=settings.station.name,
        zone=settings.station.zone,
        slot_seconds=settings.station.slot_seconds,
        currency=settings.station.currency,
        demo=settings.station.demo,
        at=now().astimezone(settings.zone),
        channels=_channels(),
    )


def channels(_: asked.Nothing) -> shapes.Channels:
    """Every channel, with its streams."""
    return shapes.Channels(_channels())


def playing(_: asked.Nothing) -> shapes.Now:
    """What every channel sends now, and what follows.

    Now is what is really heard: the station's own sound where it fills in for a piece.
    """
    settings = station().settings
    with station().database.reading() as session:
        found = on_air.on_air(session, settings, now())
    told = [
        shapes.Playing(
            channel=one.channel,
            name=settings.channel_name(one.channel),
            listeners=one.listeners,
            now=None if one.now is None else _piece(one.now),
            next=None if one.next is None else _piece(one.next),
            later=tuple(map(_piece, one.later)),
        )
        for one in found
    ]
    return shapes.Now(now().astimezone(settings.zone), tuple(told))


def programme(wanted: asked.OneDay) -> shapes.Programme:
    """What is planned for a day, or was: who speaks when and about what, by channel."""
    settings, span = station().settings, named.day_span(wanted.day)
    if wanted.channel is not None:
        named.require_channel(wanted.channel)
    day, week = slots_in(settings.slots, span), Week.of(span.start, settings.zone)
    with station().database.reading() as session:
        shown = grid.published(session, week)
        lines, runs = on_air.planned(session, day.start, day.stop)
    channels = range(settings.channels) if wanted.channel is None else [wanted.channel]
    return shapes.Programme(
        day=wanted.day,
        week=str(week),
        version=None if shown is None else shown.version,
        root_hash=None if shown is None else shown.root_hash,
        pieces=tuple(
            _piece(found)
            for channel in channels
            for found in on_air.joined(
                (line for line in lines if line.channel == channel), settings.slots, runs
            )
        ),
    )


def slot(wanted: asked.OneSlot) -> facts.EndedSlot:
    """One slot of one channel, and how it ended."""
    settings = station().settings
    named.require_channel(wanted.channel)
    named.require_slot(wanted.slot_number)
    place = wanted.channel, wanted.slot_number
    with station().database.reading() as session:
        found = facts.ended_slot(session, settings, *place)
        shown = airlog.shown_between(session, wanted.slot_number, wanted.slot_number + 1)
    # What was taken off air, held back or refused is announced no more.
    hidden = {"kind": LineKind.FILL, "title": "", "speaker": "", "page": None}
    is_shown = any(line.channel == wanted.channel for line in shown)
    return found if is_shown else replace(found, **hidden)


def piece(wanted: asked.OnePiece) -> shapes.SharedPiece:
    """One member's piece, by the end of its page's address."""
    settings = station().settings
    request_id = shares.request_named(settings, wanted.code)
    with station().database.reading() as session:
        found = request_id and shares.piece(session, settings, request_id, now())
    if not found:
        abort(404)
    return shapes.SharedPiece(
        state=found.state,
        title=found.title,
        silent=found.silent,
        speaker=found.speaker,
        channel=found.channel,
        starts=None if found.air is None else found.air.start.astimezone(settings.zone),
        ends=None if found.air is None else found.air.end.astimezone(settings.zone),
    )


def heard_again(wanted: asked.OneChannelsDay) -> shapes.HeardAgain:
    """What can be heard again of a channel's day, each piece with its sound."""
    settings, span = station().settings, named.day_span(wanted.day)
    named.require_channel(wanted.channel)
    with station().database.reading() as session:
        found = listen_again.of_days(session, settings, wanted.channel, span, now())
    return shapes.HeardAgain(wanted.channel, wanted.day, tuple(episodes(settings, found)))


def listed_causes(_: asked.Nothing) -> shapes.Causes:
    """The causes that members can dedicate silence to."""
    with station().database.reading() as session:
        return shapes.Causes(tuple(cause.words for cause in causes.listed(session)))


def _channels() -> tuple[shapes.Channel, ...]:
    settings, mounts = station().settings, station().mounts()
    return tuple(
        shapes.Channel(
            channel=channel,
            name=name,
            languages=settings.station.channel_languages.get(name, ()),
            streams=tuple(_stream(mount) for mount in streams_of(mounts, channel)),
        )
        for channel, name in enumerate(settings.station.channels)
    )


def _stream(mount: Mount) -> shapes.Stream:
    return shapes.Stream(
        quality=mount.quality,
        url=mount.url,
        type=mount.content_type,
        kilobits=mount.kilobits,
        megabytes_an_hour=bytes_an_hour(mount) / 1e6,
    )


def _piece(found: on_air.Piece) -> shapes.Piece:
    settings = station().settings
    return shapes.Piece(
        channel=found.channel,
        starts=found.start.astimezone(settings.zone),
        ends=found.end.astimezone(settings.zone),
        kind=found.kind,
        title=found.title,
        speaker=found.speaker,
        words=found.heading,
        live=found.live,
        page=None if found.request_id is None else shares.address(settings, found.request_id),
    )
