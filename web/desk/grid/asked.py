"""What a form of the grid asks for, or a drop, is read as a place or a stretch of a week."""

from flask import request

from scheduler.problem import Place
from station import bans
from station.airtime import Week, parse_local
from station.errors import WrongInput
from station.settings import Settings

ALL_CHANNELS = "all"


def place(settings: Settings, week: Week) -> Place:
    """The place that a form or a drop names.

    Raises WrongInput `channel-unknown`, `time-unknown` or `wish-elsewhere`.
    """
    channel = settings.channel_named(request.values.get("channel", ""))
    at = parse_local(request.values.get("at", ""), settings.zone)
    start = week.start_at(at, settings.slots)
    if not 0 <= start < week.starts(settings.slots):
        raise WrongInput("wish-elsewhere", week=week)
    return Place(channel, start)


def stretch(settings: Settings, week: Week) -> tuple[int | None, range]:
    """The channel of a ban, or None for all, and its starts.

    Raises WrongInput `channel-unknown`, `time-unknown`.
    """
    said = request.form.get("channel", ALL_CHANNELS)
    channel = None if said == ALL_CHANNELS else settings.channel_named(said)
    first, end = (request.form.get(name, "") for name in ("from", "until"))
    return channel, bans.span_of(settings, week, first, end)
