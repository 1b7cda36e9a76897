"""An invitation's link is told once, and remembered by its maker's browser alone."""

from flask import session as cookie
from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station.languages import gettext as _
from station.membership import invitations
from station.settings import Settings
from web.session import act_once, me, now, station

LINK = "invitation"


def make(most_uses: int) -> ResponseReturnValue:
    """Make an invitation that works so many times, and show its link."""

    def act(session: Session) -> str:
        made = invitations.invite(session, station().settings, me(), most_uses, now())
        cookie[LINK] = made[1]
        return _("Your invitation is ready.")

    return act_once(act, url_for("membership.invitation"))


def link_of(settings: Settings, token: str) -> str:
    """The address that an invitation's link leads to."""
    return f"{settings.web_url}{url_for('join.invited', token=token)}"
