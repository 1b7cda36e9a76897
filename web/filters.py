"""What every template can say: times, lengths and prices in words, and our own files by version."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, url_for

from station import languages, lengths, moments, money
from station.airtime import Week
from web import words
from web.session import form_key, now, person, station
from web.streams import bytes_an_hour, quality

STATIC = Path(__file__).parent / "static"


def register(app: Flask) -> None:
    """Give an application's templates their filters and names."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        languages.gettext, languages.unfilled, newstyle=True
    )
    app.add_template_filter(_moment, "moment")
    app.add_template_filter(_deadline, "deadline")
    app.add_template_filter(_to_the_minute, "to_the_minute")
    app.add_template_filter(_day, "day")
    app.add_template_filter(_date, "date")
    app.add_template_filter(_clock, "clock")
    app.add_template_filter(_until, "until")
    app.add_template_filter(_week_name, "week_name")
    app.add_template_filter(moments.week_name, "week_of")
    app.add_template_filter(_channel, "channel")
    app.add_template_filter(_daypart, "daypart")
    app.add_template_filter(_first_day, "first_day")
    app.add_template_filter(_last_day, "last_day")
    app.add_template_filter(_airtime, "airtime")
    app.add_template_filter(moments.week_days, "week_days")
    app.add_template_filter(lengths.counted, "counted")
    app.add_template_filter(lengths.figures, "figures")
    app.add_template_filter(lengths.weeks, "weeks")
    app.add_template_filter(lengths.length, "length_of")
    app.add_template_filter(money.price, "money")
    app.add_template_filter(money.shown, "exact")
    app.add_template_filter(words.megabytes, "megabytes")
    app.add_template_filter(bytes_an_hour, "bytes_an_hour")
    app.add_template_filter(quality, "quality")
    app.add_template_filter(words.clock_length, "clock_length")
    app.add_template_filter(_first_capital, "sentence")
    app.context_processor(_names)


def _names() -> dict[str, Any]:
    return {
        "settings": station().settings,
        "person": person(),
        "now": now(),
        "form_key": form_key,
        "file": _file,
        "slot_length": lengths.length(station().settings.station.slot_seconds),
        "zone_name": words.zone_name(station().settings.zone, now()),
        "languages": words.LANGUAGES,
        "spoken": languages.spoken(),
        "speakable": languages.known(),
    }


def _file(name: str) -> str:
    return url_for("static", filename=name, v=_version(name))


@cache
def _version(name: str) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def _moment(instant: datetime) -> str:
    return words.moment(instant, station().settings.zone, now())


def _deadline(instant: datetime) -> str:
    return words.deadline(instant, station().settings.zone, now())


def _to_the_minute(instant: datetime) -> str:
    return words.to_the_minute(instant, station().settings.zone, now())


def _day(instant: datetime) -> str:
    return words.day(instant, station().settings.zone, now())


def _date(instant: datetime) -> str:
    return words.date(instant, station().settings.zone)


def _clock(instant: datetime) -> str:
    return words.clock(instant, station().settings.zone)


def _until(instant: datetime) -> str:
    return words.until(instant, now())


def _week_name(week: Week) -> str:
    return moments.week_name(week, now())


def _airtime(weeks: Sequence[Week]) -> str:
    return moments.airtime(station().settings.station.slot_seconds, weeks, now())


def _channel(number: int) -> str:
    return station().settings.channel_name(number)


def _daypart(name: str) -> str:
    return station().settings.daypart_name(name)


def _first_day(week: Week | str) -> str:
    return moments.first_day(Week.parse(str(week), station().settings.zone))


def _last_day(week: Week | str) -> str:
    return moments.last_day(Week.parse(str(week), station().settings.zone))


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
