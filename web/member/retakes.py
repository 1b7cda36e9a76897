"""A member hears a piece evened out and as it was sent, and chooses; nothing is sent again."""

from flask import Response, abort
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import rights
from station.errors import Refusal
from station.languages import gettext as _
from station.retake import require_mine, retake
from web.member.area import member_area, page_at
from web.member.page import draw
from web.session import act_once, me, now, station
from web.sounds import send_preview

# What each button changes about a take; the rest stays as it is.
WAYS = {
    "plain": {"level": False, "clean": False},
    "level": {"level": True},
    "clean": {"clean": True},
}

area = member_area("retakes", draw)


@area.post("/recordings/<int:recording_id>/<any(plain, level, clean):way>")
def take_again(recording_id: int, way: str) -> ResponseReturnValue:
    """Take an upload again with another treatment; what airs now stays until that is ready."""

    def act(session: Session) -> str:
        settings, who = station().settings, me().account_id
        chosen = require_mine(session, recording_id, who).chosen
        ways = {"level": chosen.level, "clean": chosen.clean, **WAYS[way]}
        retake(session, settings, recording_id, who, **ways, now=now())
        return _("It is being made again. Until then the piece stays as it is.")

    with station().database.reading() as session:
        right_id = require_mine(session, recording_id, me().account_id).right_id
    return act_once(act, page_at(f"right-{right_id}"))


@area.get("/rights/<int:right_id>/piece/plain")
def plain(right_id: int) -> Response:
    """The piece as it was sent, for whoever asked for it, where it was changed."""
    with station().database.reading() as session:
        asked = rights.open_request(session, right_id)
        if asked is None or asked.account_id != me().account_id:
            raise Refusal("recording-not-yours")
        sha256 = asked.master.facts.get("plain_preview_sha256") if asked.master else None
    if sha256 is None:
        abort(404)
    return send_preview(sha256)
