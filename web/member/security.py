"""How a person signs in and where they are signed in: each passkey and session can be ended."""

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import passkeys, signin
from station.codes import hashed
from station.errors import WrongInput
from station.languages import gettext as _
from station.languages import ngettext
from station.members import Person
from web.browsers import in_words
from web.member.area import member_area
from web.proof import proven
from web.session import SEE_OTHER, act_once, browser, do_now, me, now, session_token, station


@dataclass(frozen=True, slots=True)
class Place:
    """One browser that somebody is signed in with; `here` is the one that asks."""

    session_hash: str
    browser: str
    since: datetime
    here: bool


def draw(problem: str = "") -> str:
    """The page with a person's passkeys and sessions."""
    settings, token = station().settings, session_token()
    site = passkeys.site_of(settings)
    with station().database.reading() as session:
        mine = passkeys.of(session, me().id)
        who = session.get_one(Person, me().id)
        asked = (
            passkeys.question_for_new(session, settings, site, who, token, now()) if site else ""
        )
        places = [
            Place(one.token_hash, in_words(one.browser), one.since, one.token_hash == hashed(token))
            for one in signin.sessions_of(session, me().id, now())
        ]
    return render_template(
        "member/security.html",
        problem=problem,
        passkeys=mine,
        question=asked if len(mine) < passkeys.MOST_PASSKEYS else "",
        places=places,
        device=in_words(browser()),
        longest=passkeys.LONGEST_NAME,
    )


area = member_area("security", draw, "/member/security")


@area.get("/")
def page() -> ResponseReturnValue:
    """How I sign in, and where I am signed in."""
    return draw()


@area.post("/passkeys")
@proven
def add() -> ResponseReturnValue:
    """Keep a passkey that this device has made."""
    site, name = passkeys.site_of(station().settings), request.form.get("name", "")
    answer = request.form.get("passkey", "")

    def act(session: Session) -> str:
        if site is None:
            raise WrongInput("passkey-wrong")
        made = (session, station().settings, site, me(), answer, name)
        added = passkeys.add(*made, session_token(), now())
        return _("From now on “%(name)s” signs you in.", name=added.name)

    return act_once(act, url_for("security.page"))


@area.post("/passkeys/<int:passkey_id>/name")
def rename(passkey_id: int) -> ResponseReturnValue:
    """Call a passkey something else."""
    name = request.form.get("name", "")

    def act(session: Session) -> str:
        renamed = passkeys.rename(session, passkey_id, me().id, name)
        return _("It is called “%(name)s” now.", name=renamed.name)

    return act_once(act, url_for("security.page"))


@area.post("/passkeys/<int:passkey_id>/removal")
@proven
def remove(passkey_id: int) -> ResponseReturnValue:
    """Let a passkey work no more."""

    def act(session: Session) -> str:
        removed = passkeys.remove(session, station().settings, passkey_id, me(), now())
        return _("“%(name)s” signs nobody in any more.", name=removed.name)

    return act_once(act, url_for("security.page"))


@area.post("/sessions/<session_hash>/end")
def end(session_hash: str) -> ResponseReturnValue:
    """Sign one browser out."""
    ended = do_now(lambda session: signin.end_session(session, me().id, session_hash, now()))
    return _told(ended)


@area.post("/sessions/end")
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    but = session_token()
    return _told(do_now(lambda session: signin.end_sessions(session, me().id, now(), but)))


def _told(ended: int) -> ResponseReturnValue:
    flash(
        ngettext("%(num)s browser is signed out.", "%(num)s browsers are signed out.", ended)
        if ended
        else _("That browser was signed out already.")
    )
    return redirect(url_for("security.page"), SEE_OTHER)
