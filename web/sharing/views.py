"""Anybody with its address sees a piece's title, whose it is, when it airs, and where to listen."""

from datetime import datetime

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from station import grid, shares
from station.airtime import Week
from station.languages import gettext as _
from station.moments import local_text
from station.shares import SharedPiece
from web.feeds import ics
from web.session import now, quality_chosen, station
from web.streams import streams_of
from web.voices.piece import beside
from web.words import zone_name

area = Blueprint("pieces", __name__, url_prefix="/p", template_folder="templates")


@area.get("/<code>")
def page(code: str) -> ResponseReturnValue:
    """A piece's page; 404 without a piece that has or had a time on air."""
    settings = station().settings
    request_id = shares.request_named(settings, code)
    with station().database.reading() as session:
        found = None if request_id is None else shares.piece(session, settings, request_id, now())
        if found is None or request_id is None:
            abort(404)
        more = beside(session, request_id, found)
    return render_template(
        "sharing/piece.html",
        piece=found,
        name=named(found),
        when=when(found),
        zone=zone_name(settings.zone, found.air.start if found.air else now()),
        address=shares.address(settings, request_id),
        code=code,
        beside=more,
        streams=streams_of(station().mounts(), found.channel, quality_chosen()),
    )


@area.get("/<code>.ics")
def reminder(code: str) -> ResponseReturnValue:
    """A piece that is to come, for a calendar; 404 once it has begun or was withdrawn."""
    settings = station().settings
    request_id = shares.request_named(settings, code)
    with station().database.reading() as session:
        found = None if request_id is None else shares.piece(session, settings, request_id, now())
        if request_id is None or found is None or found.air is None or found.air.start <= now():
            abort(404)
        version = grid.published(session, Week.of(found.air.start, settings.zone))
        if version is None:
            abort(404)
        text = ics.reminder(settings, request_id, found, found.air, version, now())
    return Response(text, mimetype="text/calendar")


def named(piece: SharedPiece) -> str:
    """What a piece is called on its page."""
    if piece.silent:
        return _("Silence for %(cause)s", cause=piece.title)
    return piece.title


def when(piece: SharedPiece) -> str:
    """A piece's time and channel, in words that stay true in a preview that somebody keeps."""
    if piece.air is None:
        return ""
    settings = station().settings
    at, channel = local_text(piece.air.start, settings), settings.channel_name(piece.channel)
    return _("%(time)s, channel %(channel)s", time=at, channel=channel)


@area.app_template_global("piece_address")
def piece_address(request_id: int) -> str:
    """The address of a request's piece, for whoever its holder sends it to."""
    return shares.address(station().settings, request_id)


@area.app_template_global("piece_code")
def piece_code(request_id: int) -> str:
    """What names a request's piece in its address."""
    return shares.code_of(station().settings, request_id)


@area.app_template_filter("in_full")
def in_full(instant: datetime) -> str:
    """A local date and time that stays true wherever it is sent to."""
    return local_text(instant, station().settings)
