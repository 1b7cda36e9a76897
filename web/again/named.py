"""What an address of listening again names is found here: 404 of nothing, 410 of what is gone."""

from datetime import date, timedelta

from flask import abort
from sqlalchemy.orm import Session

from station import listen_again, profiles
from station.airtime import FIRST_YEAR, LAST_YEAR, Span
from station.causes import Cause
from station.listen_again import DAYS, Entry
from station.members import Person, with_account
from web.session import now, station

GONE = 410


def of_voice(session: Session, code: str) -> tuple[Person, list[Entry]]:
    """Whose code it is, and what can be heard again of them; 410 of who allows it no more."""
    settings = station().settings
    account_id = profiles.account_named(settings, code)
    chosen = None if account_id is None else profiles.of(session, account_id)
    if account_id is None or chosen is None:
        abort(404)
    if not chosen.again:
        abort(GONE)
    found = listen_again.of_account(session, settings, account_id, now())
    return with_account(session, account_id), found


def of_cause(session: Session, cause_id: int) -> tuple[Cause, list[Entry]]:
    """A cause of the list, and its silences that can be heard again; 404 of any other."""
    found = listen_again.cause(session, cause_id)
    if found is None:
        abort(404)
    return found, listen_again.of_cause(session, station().settings, found, now())


def days(channel: int) -> dict[date, list[Entry]]:
    """What can be heard again of a channel's last days, the newest day first."""
    settings = station().settings
    today = now().astimezone(settings.zone).date()
    first, last = (
        listen_again.day_span(settings, one) for one in (today - timedelta(days=DAYS), today)
    )
    with station().database.reading() as session:
        stretch = Span(first.start, last.end)
        found = listen_again.of_days(session, settings, channel, stretch, now())
    return dict(reversed(listen_again.by_day(found, settings).items()))


def of_day(channel: int, day: date) -> list[Entry]:
    """What can be heard again of a channel's day, in the order it aired."""
    settings = station().settings
    with station().database.reading() as session:
        span = listen_again.day_span(settings, day)
        return listen_again.of_days(session, settings, channel, span, now())


def channel(number: int) -> int:
    """A channel, counted from 0, by its number from 1; 404 of none."""
    if not 0 < number <= station().settings.channels:
        abort(404)
    return number - 1


def day(text: str) -> date:
    """A day as addresses have it, 2026-11-25; 404 for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if found.isoformat() != text or not FIRST_YEAR <= found.year < LAST_YEAR:
        abort(404)
    return found
