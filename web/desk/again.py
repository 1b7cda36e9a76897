"""What can be heard again is taken away by an operator, for a reason that its member reads."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import listen_again, shares
from station.errors import Refusal
from station.languages import gettext as _
from station.rights import LONGEST_CAUSE, Request, clean_text
from web.desk.record import act_on_record
from web.session import me, now, station

LONGEST_REASON = LONGEST_CAUSE

area = Blueprint("again", __name__, url_prefix="/again")


@area.post("/<int:request_id>/withhold")
def withhold(request_id: int) -> ResponseReturnValue:
    """Let nobody hear a piece again."""
    reason = clean_text(request.form.get("reason", ""), _("reason"), LONGEST_REASON)

    def act(session: Session) -> str:
        asked = session.get(Request, request_id)
        if asked is None:
            raise Refusal("recording-not-yours")
        listen_again.withhold(session, asked, me().account_id, now(), reason)
        return _("“%(title)s” can't be heard again any more.", title=asked.title)

    back = url_for("pieces.page", code=shares.code_of(station().settings, request_id))
    return act_on_record(act, back, reason=reason)
