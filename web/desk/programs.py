"""Programs on the desk: the tokens they ask with, and the addresses that are told what happens."""

from flask import Blueprint, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import tokens, webhooks
from station.errors import Refusal
from station.languages import gettext as _
from station.tokens import Scope
from web import refusals
from web.desk.record import act_on_record
from web.proof import proven
from web.session import me, now, station

area = Blueprint("programs", __name__, url_prefix="/programs")

# A secret is told once: the page that comes next takes it out of the browser's cookie.
SECRET, WHOSE = "program-secret", "program-name"


@area.get("/")
def page() -> ResponseReturnValue:
    """Which programs may ask, and which addresses are told."""
    return _draw()


@area.post("/tokens")
@proven
def make_token() -> ResponseReturnValue:
    """Make a token, and show its secret once."""

    def act(session: Session) -> str:
        asked = request.form.get("name", ""), request.form.get("scope", "")
        token, secret = tokens.make(session, me(), *asked, now())
        cookie[SECRET], cookie[WHOSE] = secret, token.name
        return _("The token “%(name)s” works from now on.", name=token.name)

    return act_on_record(act, _back(), subject=request.form.get("name", ""))


@area.post("/tokens/<int:token_id>/revoking")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token."""

    def act(session: Session) -> str:
        token = tokens.revoke(session, token_id, now())
        return _("The token “%(name)s” does not work any more.", name=token.name)

    return act_on_record(act, _back())


@area.post("/webhooks")
@proven
def add_webhook() -> ResponseReturnValue:
    """Tell an address what happens, and show once what its posts are signed with."""
    address = request.form.get("address", "")
    webhooks.require_elsewhere(address)

    def act(session: Session) -> str:
        webhook = webhooks.add(session, address, now())
        cookie[SECRET], cookie[WHOSE] = webhook.secret, webhook.address
        return _("%(address)s is told what happens from now on.", address=webhook.site)

    return act_on_record(act, _back(), subject=webhooks.site_of(address))


@area.post("/webhooks/<int:webhook_id>/testing")
def test_webhook(webhook_id: int) -> ResponseReturnValue:
    """Send a test to a webhook."""

    def act(session: Session) -> str:
        webhooks.test(session, webhook_id, now())
        return _("A test is on its way. Load this page again to see whether it arrived.")

    return act_on_record(act, _back())


@area.post("/webhooks/<int:webhook_id>/removing")
def remove_webhook(webhook_id: int) -> ResponseReturnValue:
    """Tell a webhook nothing any more."""

    def act(session: Session) -> str:
        webhook = webhooks.remove(session, webhook_id, now())
        return _("%(address)s is told nothing any more.", address=webhook.site)

    return act_on_record(act, _back())


def _back() -> str:
    return url_for("desk.programs.page")


def _draw(problem: str = "") -> str:
    with station().database.reading() as session:
        made, told = tokens.working(session), webhooks.working(session)
    return render_template(
        "desk/programs.html",
        problem=problem,
        secret=cookie.pop(SECRET, ""),
        whose=cookie.pop(WHOSE, ""),
        tokens=made,
        webhooks=told,
        scopes=Scope,
        typed=request.form,
        longest=tokens.LONGEST_NAME,
    )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
