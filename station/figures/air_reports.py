"""Reports about what was heard: start accuracy, dead air, listeners and the data they needed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from station.airtime import FIRST_YEAR, Span
from station.figures.accuracy import Accuracy, accuracy
from station.figures.dead_air import dead_air
from station.figures.listeners import HourOfWeek, Listening, by_slot, listeners
from station.figures.report import Cell, Found, Picture, Report
from station.languages import dated, marked, ngettext
from station.languages import gettext as _
from station.lengths import counted, figures
from station.settings import Settings

HOURS = 24
ALL = marked("all")


def _accuracy(session: Session, settings: Settings, span: Span, now: datetime) -> Found:
    del now
    found = accuracy(session, settings, span)
    total, weeks = found.total, found.by_week
    headline = _("No member's piece has aired in these days.")
    if total.median_ms is not None:
        headline = _(
            "Half of the pieces began within %(median)s ms of their time, 99 of 100 within "
            "%(p99)s ms.",
            median=figures(total.median_ms),
            p99=figures(total.p99_ms or 0),
        )
    picture = Picture(
        tuple(one.week for one in weeks),
        ((_("99th percentile"), tuple(float(one.p99_ms or 0) for one in weeks)),),
        _("ms from their time, 99 of 100 pieces"),
    )
    rows = [_accuracy_row(settings, one) for one in (*weeks, *found.by_channel, total)]
    return Found(headline, rows, picture)


def _accuracy_row(settings: Settings, one: Accuracy) -> tuple[Cell, ...]:
    channel = _(ALL) if one.channel is None else settings.channel_name(one.channel)
    return (
        *(one.week or _(ALL), channel, one.pieces, one.watched, one.aired, one.late, one.cut),
        *(one.replaced, one.missed, one.taken_down, one.median_ms, one.p99_ms, one.worst_ms),
    )


def _dead_air(session: Session, settings: Settings, span: Span, now: datetime) -> Found:
    found = dead_air(session, settings, span, now)
    headline = _("There was no dead air.")
    if times := found.total.times:
        headline = ngettext(
            "Dead air once: %(seconds)s s, %(percent)s %% of the time.",
            "Dead air %(num)s times: %(seconds)s s together, %(percent)s %% of the time.",
            times,
            num=counted(times),
            seconds=figures(found.total.seconds, "#,##0"),
            percent=figures(found.total.percent, "0.0###"),
        )
    channels = found.by_channel
    return Found(
        headline,
        [
            (
                *(settings.channel_name(one.channel), one.start, one.end, one.seconds),
                ", ".join(one.qualities),
            )
            for one in found.stretches
        ],
        Picture(
            tuple(settings.channel_name(one.channel or 0) for one in channels),
            ((_("dead air"), tuple(one.seconds for one in channels)),),
            _("seconds"),
        ),
    )


def _listeners(session: Session, settings: Settings, span: Span, now: datetime) -> Found:
    del now
    found = listeners(session, settings, span)
    rows = [
        (
            *(settings.channel_name(one.channel), _weekday(one.weekday), f"{one.hour:02}:00"),
            *(one.mean, one.most),
        )
        for one in found.by_hour
    ]
    return Found(_listened(found.total), rows, _by_hour(settings, found.by_hour))


def _weekday(number: int) -> str:
    """A weekday's name by its ISO number."""
    return dated(date.fromisocalendar(FIRST_YEAR, 1, number), "EEEE")


def _listened(total: Listening) -> str:
    return _(
        "Players listened for %(hours)s hours; at most %(most)s were tuned in to one channel.",
        hours=figures(total.listener_hours, "#,##0"),
        most=figures(total.most),
    )


def _by_hour(settings: Settings, hours: Iterable[HourOfWeek]) -> Picture:
    """The mean of each hour of the day, over the days that were counted."""
    means: dict[tuple[int, int], list[float]] = defaultdict(list)
    for one in hours:
        means[one.channel, one.hour].append(one.mean)

    def mean(channel: int, hour: int) -> float:
        counts = means.get((channel, hour), [])
        return sum(counts) / len(counts) if counts else 0.0

    return Picture(
        tuple(f"{hour:02}" for hour in range(HOURS)),
        tuple(
            (
                settings.channel_name(channel),
                tuple(mean(channel, hour) for hour in range(HOURS)),
            )
            for channel in range(settings.channels)
        ),
        _("players on average, by hour of the day"),
    )


def _slots(session: Session, settings: Settings, span: Span, now: datetime) -> Found:
    del now
    rows = (
        (settings.channel_name(one.channel), one.start, one.title, one.speaker, one.mean, one.most)
        for one in by_slot(session, settings, span)
    )
    return Found(_("How many players were tuned in, slot by slot."), rows)


def _data(session: Session, settings: Settings, span: Span, now: datetime) -> Found:
    del now
    found = listeners(session, settings, span)
    each = found.by_channel
    headline = _("Nobody has listened since data is counted.")
    if found.total.megabytes_an_hour is not None:
        headline = _(
            "An hour of listening took %(megabytes)s MB on average.",
            megabytes=figures(found.total.megabytes_an_hour, "0.0"),
        )
    names = [settings.channel_name(channel) for channel in range(settings.channels)]
    rows = [
        (name, one.listener_hours, one.kilobits, one.megabytes_an_hour)
        for name, one in zip((*names, _(ALL)), (*each, found.total), strict=True)
    ]
    picture = Picture(
        tuple(names),
        ((_("MB an hour"), tuple(one.megabytes_an_hour or 0.0 for one in each)),),
        _("MB for an hour of listening"),
    )
    return Found(headline, rows, picture)


REPORTS = (
    Report(
        "accuracy",
        marked("Start accuracy"),
        marked(
            "How far from their time members' pieces began, and how their slots ended. The error "
            "is what the engines sent; “watched” are those that the station's own listener heard."
        ),
        (
            *(marked("week"), marked("channel"), marked("pieces"), marked("watched")),
            *(marked("aired"), marked("late"), marked("cut"), marked("replaced")),
            *(marked("missed"), marked("taken down"), marked("median ms")),
            *(marked("99th percentile ms"), marked("worst ms")),
        ),
        _accuracy,
    ),
    Report(
        "dead-air",
        marked("Dead air"),
        marked(
            "Quiet that nobody planned, or nothing at all, on at least one mount of a channel, "
            "as the station's own listener had it."
        ),
        (
            *(marked("channel"), marked("from"), marked("to"), marked("seconds")),
            marked("mounts"),
        ),
        _dead_air,
    ),
    Report(
        "listeners",
        marked("Listeners by hour"),
        marked(
            "Players connected to the station's mounts, counted each minute, without its own. "
            "Hours are local."
        ),
        (marked("channel"), marked("weekday"), marked("hour"), marked("mean"), marked("most")),
        _listeners,
    ),
    Report(
        "slots",
        marked("Listeners by slot"),
        marked("The same for each slot, with what was planned in it."),
        (
            *(marked("channel"), marked("at"), marked("title"), marked("speaker")),
            *(marked("mean"), marked("most")),
        ),
        _slots,
    ),
    Report(
        "data",
        marked("Data for an hour"),
        marked(
            "What an hour of listening cost in data: each count of players, by the rate of the "
            "stream that they had. Headers of the network come on top."
        ),
        (
            *(marked("channel"), marked("listener hours"), marked("kbit/s")),
            marked("MB for a listener hour"),
        ),
        _data,
    ),
)
