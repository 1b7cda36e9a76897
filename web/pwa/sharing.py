"""What was recorded or shared waits in the browser until its member says for which week it is."""

from collections.abc import Sequence

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station import arrivals, posts, presentation, rights
from station.airtime import Week
from station.recordings import LONGEST_MUSIC
from web.member.area import member_area
from web.member.cards import Card, cards
from web.member.page import MOST_WEEKS
from web.session import KEY, SEE_OTHER, me, now, station
from web.upload import ACCEPT, keep_upload

WEEKS_OFFERED = 8


def draw(problem: str = "") -> str:
    """Ask for which week the file is, with the form for the one that comes first to mind."""
    settings, account_id = station().settings, me().account_id
    this = Week.of(now(), settings.zone)
    weeks = [this.plus(number) for number in range(MOST_WEEKS)]
    with station().database.reading() as session:
        found = cards(session, settings, account_id, weeks, now())
        usual = presentation.of(session, account_id)
        arrived = arrivals.waiting(session, me().id, now())
    offered = [card for card in found if card.open]
    card = picked(offered, request.args.get("right", 0, type=int))
    return render_template(
        "pwa/share.html",
        problem=problem,
        card=card,
        others=[one for one in offered if one is not card][:WEEKS_OFFERED],
        usual=usual,
        typed={},
        accept=ACCEPT,
        arrived=arrived,
        longest_title=rights.LONGEST_TITLE,
        longest_music=LONGEST_MUSIC,
    )


def picked(offered: Sequence[Card], right_id: int) -> Card | None:
    """The card that was named; or else the first that asks for nothing yet, or the first."""
    named = [card for card in offered if card.right_id == right_id]
    free = [card for card in offered if card.request is None and not card.checking]
    return next(iter((*named, *free, *offered)), None)


area = member_area("shared", draw)


@area.get("/share")
def page() -> ResponseReturnValue:
    """Ask for which week."""
    return draw()


@area.post("/share")
def receive() -> ResponseReturnValue:
    """Keep a file that another program shares, where the browser could not keep it itself.

    It comes without our token, because no page of ours was open: nothing is done with it until
    the form that follows is sent.
    """
    upload = keep_upload(request.files.get("file"), station().settings)
    with station().database.writing() as session:
        arrivals.keep(session, me().id, upload.file_name, upload.size, upload.sha256, now())
    return redirect(url_for("shared.page"), SEE_OTHER)


@area.get("/answered")
def answered() -> Response:
    """Whether a form with a key was acted on: a browser may forget what it sent with it."""
    with station().database.reading() as session:
        return jsonify(answered=posts.answered(session, me().id, request.args.get(KEY, "")))
