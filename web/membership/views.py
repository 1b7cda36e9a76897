"""The membership page: the year, its fee and receipts, stepping back, inviting friends."""

from flask import Blueprint, abort, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import lengths, money
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.members import AccountKind
from station.membership import applications, fees, invitations, years
from station.membership.applications import OPEN_STATES
from web import refusals
from web.membership.inviting import LINK, link_of, make
from web.membership.standing import answer, standing
from web.session import act_once, me, now, require_person, station

area = Blueprint("membership", __name__, url_prefix="/membership", template_folder="templates")
area.before_request(require_person)


@area.get("/")
def page() -> ResponseReturnValue:
    """Where this person stands."""
    return _draw()


@area.post("/withdrawal")
def withdraw() -> ResponseReturnValue:
    """Step back from one's application."""

    def act(session: Session) -> str:
        applications.withdraw(session, me(), now())
        return _("Your application is withdrawn. If you have paid already, please tell us.")

    return act_once(act, url_for("membership.page"))


@area.get("/cancellation")
def cancellation() -> ResponseReturnValue:
    """Say what stepping back would do, and ask once more."""
    settings = station().settings
    with station().database.writing() as session:
        # Done and undone: what is told is exactly what pressing the button would do now.
        rehearsal = session.begin_nested()
        would = years.cancel(session, settings, me(), now())
        rehearsal.rollback()
    return render_template("membership/cancellation.html", would=would)


@area.post("/cancellation")
def cancel() -> ResponseReturnValue:
    """Step back from the year while that can be done."""

    def act(session: Session) -> str:
        settings = station().settings
        done = years.cancel(session, settings, me(), now())
        return _(
            "Your membership is cancelled: %(weeks)s given back, %(refund)s come back to you.",
            weeks=lengths.weeks(done.voided),
            refund=money.price(done.refund_cents, settings.station.currency),
        )

    return act_once(act, url_for("membership.page"))


@area.get("/receipts/<reference>")
def receipt(reference: str) -> ResponseReturnValue:
    """A receipt to print; operators may see everybody's."""
    settings = station().settings
    with station().database.reading() as session:
        try:
            invoice = fees.by_reference(session, reference)
        except WrongInput:
            abort(404)
        if invoice.person_id != me().id and not me().operator:
            abort(404)
        found = fees.receipt(session, settings, invoice)
    return render_template("membership/receipt.html", receipt=found)


@area.post("/invitations")
def invite() -> ResponseReturnValue:
    """Make an invitation for one friend."""
    return make(1)


@area.get("/invitation")
def invitation() -> ResponseReturnValue:
    """The newest link that this browser made, to copy or to send on."""
    settings, token = station().settings, str(cookie.get(LINK, ""))
    with station().database.reading() as session:
        try:
            found = invitations.by_token(session, token, now())
        except Refusal:
            return render_template("membership/invitation.html", invitation=None)
    return render_template(
        "membership/invitation.html", invitation=found, link=link_of(settings, token)
    )


@area.post("/invitations/<int:invitation_id>/end")
def end(invitation_id: int) -> ResponseReturnValue:
    """Let an invitation work no more."""

    def act(session: Session) -> str:
        invitations.end(session, invitation_id, me(), now())
        return _("That invitation works no more.")

    return act_once(act, url_for("membership.page", _anchor="invitations"))


def _draw(problem: str = "") -> str:
    settings = station().settings
    with station().database.reading() as session:
        found = standing(session, me(), now())
        until = years.can_cancel_until(found.membership, settings) if found.membership else None
    return render_template(
        "membership/page.html",
        problem=problem,
        answer=answer(found, settings, now()),
        found=found,
        applying=found.application is not None and found.application.state in OPEN_STATES,
        cancel_until=until if until is not None and now() < until else None,
        may_invite=me().account.kind == AccountKind.MEMBER,
    )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
