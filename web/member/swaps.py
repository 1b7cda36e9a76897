"""Somebody who has a place asks somebody else to exchange times, and the other one answers."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduler import swap as swapping
from station.airtime import Span, Week
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.market import swaps
from station.settings import Settings
from web.desk.day import day_span
from web.ids import read_id
from web.member.area import member_area, page_at
from web.member.page import draw as draw_page
from web.places import Seen, earliest, place_of, places_of_others
from web.session import act_once, me, now, station

DAYS_IN_A_WEEK = 7


def draw(problem: str = "") -> str:
    """The places of others to ask for, or the member's page when there is no own one."""
    settings, request_id = station().settings, (request.view_args or {}).get("request_id", 0)
    with station().database.reading() as session:
        mine = place_of(session, settings, request_id)
        if mine is None or mine.account_id != me().account_id or _too_late(mine):
            return draw_page(problem)
        week = Week.of(mine.at, settings.zone)
        weekday, daypart = _asked_for(settings, mine)
        spans = _spans(settings, week, weekday, daypart)
        others = places_of_others(session, settings, week, spans, me().account_id)
    return render_template(
        "member/swap.html",
        problem=problem,
        mine=mine,
        places=[one for one in others if one.at > earliest(settings, now())],
        days=[(number, day_span(week, number).start) for number in range(1, DAYS_IN_A_WEEK + 1)],
        weekday=weekday,
        daypart=daypart,
        wanted=request.form.get("wanted"),
    )


area = member_area("swaps", draw)


@area.get("/requests/<int:request_id>/swap")
def page(request_id: int) -> ResponseReturnValue:
    """The places of others, by day and part of the day."""
    with station().database.reading() as session:
        mine = place_of(session, station().settings, request_id)
    if mine is None:
        raise Refusal("swap-not-placed")
    if mine.account_id != me().account_id:
        raise Refusal("right-not-yours")
    if _too_late(mine):
        raise Refusal("swap-late")
    return draw()


@area.post("/requests/<int:request_id>/swap")
def propose(request_id: int) -> ResponseReturnValue:
    """Ask for one of the places."""
    wanted = read_id(request.form, "wanted")
    if not wanted:
        raise WrongInput("text-missing", name=_("time that you would like"))

    def act(session: Session) -> str:
        settings = station().settings
        swaps.propose(session, settings, request_id, wanted, me().account_id, now())
        return _("Asked. You are told as soon as there is an answer.")

    return act_once(act, page_at("swaps"))


@area.post("/swaps/<int:swap_id>/accept")
def accept(swap_id: int) -> ResponseReturnValue:
    """Exchange the two places, when every rule of the grid allows it."""

    def act(session: Session) -> str:
        swapping.accept(session, station().settings, swap_id, me(), now())
        return _("Exchanged. Your new time is written below.")

    return act_once(act, url_for("member.page"))


@area.post("/swaps/<int:swap_id>/refuse")
def refuse(swap_id: int) -> ResponseReturnValue:
    """Keep one's own place."""

    def act(session: Session) -> str:
        swaps.refuse(session, swap_id, me(), now())
        return _("Refused. You keep your time.")

    return act_once(act, url_for("member.page"))


@area.post("/swaps/<int:swap_id>/withdraw")
def withdraw(swap_id: int) -> ResponseReturnValue:
    """Take one's question back."""

    def act(session: Session) -> str:
        swaps.withdraw(session, swap_id, me(), now())
        return _("Taken back. You keep your time.")

    return act_once(act, url_for("member.page"))


def _too_late(mine: Seen) -> bool:
    return mine.at <= earliest(station().settings, now())


def _asked_for(settings: Settings, mine: Seen) -> tuple[int, str]:
    """The day and the part of it that are looked at: at first those of the own place."""
    weekday = request.args.get("day", 0, type=int)
    if not 1 <= weekday <= DAYS_IN_A_WEEK:
        weekday = mine.at.astimezone(settings.zone).isoweekday()
    daypart = request.args.get("part", "")
    if daypart not in settings.dayparts:
        week = Week.of(mine.at, settings.zone)
        names = (
            name
            for name in settings.dayparts
            if any(mine.at in span for span in settings.daypart(name).spans(week))
        )
        daypart = next(names, "")
    return weekday, daypart


def _spans(settings: Settings, week: Week, weekday: int, daypart: str) -> list[Span]:
    """The part of the day, or the whole day where it has no parts."""
    day = day_span(week, weekday)
    if not daypart:
        return [day]
    parts = settings.daypart(daypart).spans(week)
    return [
        Span(max(part.start, day.start), min(part.end, day.end))
        for part in parts
        if part.overlaps(day)
    ]
