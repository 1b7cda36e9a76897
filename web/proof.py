"""What is hard to undo is done by a person who has shown, a moment ago, that it is them.

Whoever has not is shown one more step, which is the same form again with a place for a code or a
passkey in it: what was filled in is sent on, and nothing of it is kept meanwhile.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import attempts, codes, messages, passkeys, signin, ways_in
from station.codes import Purpose
from station.errors import Refusal, WrongInput
from web import refusals
from web.session import CSRF_TOKEN, PROOF, do_now, me, now, session_token, station

CODE, PASSKEY, WAY = f"{PROOF}code", f"{PROOF}passkey", f"{PROOF}way"
LETTER, PHONE = "letter", "phone"
FORBIDDEN = 403

View = Callable[..., ResponseReturnValue]


def proven(view: View) -> View:
    """The same view for whoever proved lately that it is them; for others the step before it."""

    @wraps(view)
    def shown(*values: Any, **named: Any) -> ResponseReturnValue:
        try:
            if do_now(_prove):
                return view(*values, **named)
            if request.form.get(CODE) or request.form.get(PASSKEY):
                raise WrongInput("code-wrong")
            do_now(_send)
        except Refusal as refusal:
            if refusal.code not in ("code-wrong", "passkey-wrong", "asked-often"):
                raise
            return _draw(refusal.sentence), refusals.status_of(refusal)
        return _draw(), FORBIDDEN

    return shown


def _prove(session: Session) -> bool:
    """Whether they have proved it before, or do so by what is sent now."""
    token, code = session_token(), request.form.get(CODE, "")
    if signin.proved_lately(session, token, now()):
        return True
    if answer := request.form.get(PASSKEY, ""):
        _require_own(session, answer)
    elif not code or codes.try_code(session, Purpose.PROOF, token, code, now()) is None:
        return False
    signin.prove(session, token, now())
    return True


def _require_own(session: Session, answer: str) -> None:
    settings = station().settings
    site = passkeys.site_of(settings)
    if site is None:
        raise WrongInput("passkey-wrong")
    used = passkeys.use(session, settings, site, answer, session_token(), now())
    if used.person_id != me().id:
        raise WrongInput("passkey-wrong")


def _send(session: Session) -> None:
    """Send a code the way that was asked for; by letter at once to whoever has no passkey."""
    settings, token = station().settings, session_token()
    way = request.form.get(WAY, "") or ("" if _passkeys(session) else LETTER)
    if way == PHONE and messages.phone_of(settings, me()):
        attempts.count(session, attempts.ASKER, f"person {me().id}", settings, now())
        ways_in.message_code(session, settings, me(), token, Purpose.PROOF, now())
    elif way and not codes.sent_lately(session, Purpose.PROOF, token, now()):
        attempts.count(session, attempts.ASKER, f"person {me().id}", settings, now())
        ways_in.write_proof(session, settings, me(), token, now())


def _passkeys(session: Session) -> list[passkeys.Passkey]:
    on_site = passkeys.site_of(station().settings) is not None
    return passkeys.of(session, me().id) if on_site else []


def _draw(problem: str = "") -> str:
    settings, token = station().settings, session_token()
    with station().database.reading() as session:
        mine = _passkeys(session)
        sent = codes.waiting(session, Purpose.PROOF, token, now()) is not None
    site = passkeys.site_of(settings)
    asked = passkeys.question(settings, site, token, now(), mine) if site and mine else ""
    filled = [
        (name, text)
        for name, text in request.form.items(multi=True)
        if name != CSRF_TOKEN and not name.startswith(PROOF)
    ]
    return render_template(
        "proof.html",
        problem=problem,
        action=request.full_path.rstrip("?"),
        filled=filled,
        question=asked,
        sent=sent,
        phone=messages.phone_of(settings, me()),
        minutes=ways_in.MINUTES,
        code=CODE,
        passkey=PASSKEY,
        way=WAY,
    )
