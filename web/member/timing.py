"""A holder says anew when a piece would like to air."""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import timing
from station.languages import gettext as _
from web.member import forms
from web.member.area import member_area, page_at
from web.member.page import draw
from web.session import act_once, me, now, station

area = member_area("timing", draw)


@area.post("/rights/<int:right_id>/wishes")
def wish(right_id: int) -> ResponseReturnValue:
    """Exchange what was wished for."""
    wishes = forms.read_wishes(request.form)

    def act(session: Session) -> str:
        timing.wish_anew(session, station().settings, right_id, me().account_id, wishes, now())
        if not wishes:
            return _("Noted. Any time is good.")
        return _("Noted. We keep your wish when the week is planned, where we can.")

    return act_once(act, page_at(f"right-{right_id}"))
