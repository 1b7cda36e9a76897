"""A holder lets a recording that is too long be faded out, or spreads it over two rights."""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import too_long
from station.languages import gettext as _
from web.ids import read_id
from web.member.area import member_area, page_at
from web.member.page import draw
from web.session import act_once, me, now, station

area = member_area("longer", draw)


@area.post("/rights/<int:right_id>/faded")
def fade(right_id: int) -> ResponseReturnValue:
    """Take a recording again that is too long, to be faded out."""

    def act(session: Session) -> str:
        settings, who = station().settings, me().account_id
        again = too_long.fade_out(session, settings, read_id(request.form, "recording"), who, now())
        return _("“%(title)s” will be faded out. We are checking it again.", title=again.title)

    return act_once(act, page_at(f"right-{right_id}"))


@area.post("/rights/<int:right_id>/spread")
def spread(right_id: int) -> ResponseReturnValue:
    """Take a recording again that is too long, in two parts."""

    def act(session: Session) -> str:
        settings, who, form = station().settings, me().account_id, request.form
        recording, other = read_id(form, "recording"), read_id(form, "other")
        title = too_long.spread(session, settings, recording, other, who, now())[0].title
        return _("“%(title)s” will air in two parts. We are checking it again.", title=title)

    return act_once(act, page_at(f"right-{right_id}"))
