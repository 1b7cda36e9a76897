"""A request knows its station, its one instant, and who is asking: a cookie names a session.

The cookie holds only the session's token, signed; the session itself is a row that can be
ended from anywhere.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask import current_app, flash, g, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from playout.mounts import Mount
from station import languages, posts, signin
from station.db import Database
from station.errors import Refusal
from station.members import Person
from station.settings import Settings

TOKEN = "token"  # noqa: S105  the cookie's key, not a secret
KEY = "key"
ASKING = "asking"
WAS_HERE = "was-here"
# What proves who sends a form is no part of what the form asks.
PROOF = "proof_"
AFTER = "after"
TYPED = "typed"
ARRIVAL = "arrival"
LANGUAGE = "language"
QUALITY = "quality"
# Areas that answer everybody alike, so that one answer serves them all: no cookie is looked at.
ALIKE = frozenset({"alike", "api"})
CSRF_TOKEN = "csrf_token"  # noqa: S105  the same
SEE_OTHER = 303

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Station:
    """What every page needs; `mounts` says where the streams are now."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    mounts: Callable[[], Sequence[Mount]]


def station() -> Station:
    """The station that this application serves."""
    found: Station = current_app.extensions["mweya"]
    return found


def now() -> datetime:
    """The one instant that a request happens at."""
    if "now" not in g:
        g.now = station().clock()
    instant: datetime = g.now
    return instant


def person() -> Person | None:
    """Who is signed in, or nobody."""
    if "person" not in g:
        token = session.get(TOKEN)
        g.person = None
        if token:
            with station().database.reading() as reading:
                g.person = signin.who(reading, token, now())
    found: Person | None = g.person
    return found


def me() -> Person:
    """Who is signed in. Raises Refusal `sign-in-first`."""
    found = person()
    if found is None:
        raise Refusal("sign-in-first")
    return found


def speak() -> None:
    """Speak what was chosen here, or the person's language, or the best their browser asks for.

    What is answered to everybody alike is in the language that its address names, or their browser.
    """
    if request.blueprint in ALIKE:
        g.person = None
        named = (request.view_args or {}).get("language")
        best = request.accept_languages.best_match(languages.known())
        languages.speak(named if named in languages.known() else best or languages.ENGLISH)
        return
    who = person() if request.endpoint != "static" else None
    known = languages.known()
    wanted = (session.get(LANGUAGE, ""), who.language if who else "")
    said = next((one for one in wanted if one in known), None)
    languages.speak(said or request.accept_languages.best_match(known) or languages.ENGLISH)


def choose_language(language: str) -> None:
    """Speak a language in this browser from now on."""
    session[LANGUAGE] = language
    session.permanent = True


def quality_chosen() -> str:
    """The quality that was chosen in this browser; empty for none."""
    return str(session.get(QUALITY, ""))


def choose_quality(name: str) -> None:
    """Offer a quality first in this browser from now on."""
    session[QUALITY] = name
    session.permanent = True


def fall_silent(_: BaseException | None) -> None:
    """Speak English again once a request is over: its thread may do other things next."""
    languages.speak(languages.ENGLISH)


def require_person() -> None:
    """Let only signed-in people see an area."""
    me()


def require_operator() -> None:
    """Let only operators see an area. Raises Refusal `operators-only`."""
    if not me().operator:
        raise Refusal("operators-only")


def session_token() -> str:
    """The token of the session that the visitor's cookie names; empty without one."""
    return str(session.get(TOKEN, ""))


def browser() -> str:
    """What the visitor's browser calls itself."""
    return request.headers.get("User-Agent", "")


def ask_for_way_in(after: str, typed: str = "") -> str:
    """The secret that a browser asks for a way in with, which leads to `after` among our pages.

    The code that comes works in this browser alone, which remembers the address `typed` so long.
    """
    session[AFTER], session[TYPED] = after, typed
    session.setdefault(ASKING, secrets.token_urlsafe(24))
    # Reading mail may close the browser.
    session.permanent = True
    return str(session[ASKING])


def asked_for() -> tuple[str, str]:
    """The secret that this browser asked for a way in with, and where that leads; else nothing."""
    return str(session.get(ASKING, "")), str(session.get(AFTER, ""))


def address_typed() -> str:
    """The address that this browser asked for a way in with, or nothing."""
    return str(session.get(TYPED, ""))


def was_here() -> int:
    """The id of who signed in with this browser last; 0 for nobody."""
    found: int = session.get(WAS_HERE, 0)
    return found


def enter(token: str) -> None:
    """Remember a session in a fresh cookie."""
    _forget()
    session[TOKEN] = token
    session.permanent = True
    g.pop("person", None)
    session[WAS_HERE] = me().id


def leave() -> None:
    """End the session, here and in the database."""
    token = session.pop(TOKEN, None)
    _forget()
    if token:
        with station().database.writing() as writing:
            signin.sign_out(writing, token, now())
    g.person = None


def _forget() -> None:
    """Empty the cookie, but for what was chosen in this browser and who was here last."""
    kept = {name: session[name] for name in (LANGUAGE, QUALITY, WAS_HERE) if name in session}
    session.clear()
    session.update(kept)
    # Both outlive the browser, though nobody is signed in.
    session.permanent = session.permanent or bool(kept)


def form_key() -> str:
    """A fresh key for one form: whatever is sent with it again acts once."""
    return secrets.token_urlsafe(9)


def act_once(
    act: Callable[[Session], str], back: str, file_sha256: str = ""
) -> ResponseReturnValue:
    """Do what a form asks in one transaction, once a form key, and go back to a page.

    `act` returns the sentence that says what was done. Whatever it raises undoes it all; it may
    run again when its transaction had to make way. `file_sha256` names the file that came with
    the form. Raises Refusal `form-changed` when the key was sent before with other words.
    """
    key, who, body = request.form.get(KEY, ""), me().id, _body(file_sha256)

    def acting(writing: Session) -> str:
        if not key:
            return act(writing)
        return posts.once(writing, who, key, body, lambda: act(writing), now())

    flash(do_now(acting))
    return redirect(back, SEE_OTHER)


def do_now(act: Callable[[Session], T]) -> T:
    """What `act` does in one transaction, which may run again when it had to make way.

    The request's instant is not older than the wait for its transaction: what ran out meanwhile
    has run out.
    """

    def acting(writing: Session) -> T:
        g.now = station().clock()
        return act(writing)

    return station().database.do(acting)


def sent_before() -> bool:
    """Whether the form that is being sent was acted on before: its answer stands already."""
    with station().database.reading() as reading:
        return posts.answered(reading, me().id, request.form.get(KEY, ""))


def _body(file_sha256: str) -> str:
    said = request.form.items(multi=True)
    fields = sorted(
        (name, text)
        for name, text in said
        if name not in (KEY, ARRIVAL, CSRF_TOKEN) and not name.startswith(PROOF)
    )
    return json.dumps([request.path, fields, file_sha256])
