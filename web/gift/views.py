"""A gift's link shows who gives what; accepting or refusing uses it up, opening it does not."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import signin
from station.errors import Refusal
from station.languages import gettext as _
from station.languages import marked, spoken
from station.market import gifts
from station.market.offers import Offer
from station.members import LONGEST_TEXT, Applicant, clean_email, with_account
from station.rights import clean_text
from station.ways_in import write_link
from web import refusals
from web.deals import weeks_of
from web.member.forms import read_text
from web.member.giving import airtime
from web.session import SEE_OTHER, act_once, browser, do_now, enter, me, now, person, station

OVER = 410
SIGN_IN = marked("Sign in first, then open this link again.")

area = Blueprint("gift", __name__, url_prefix="/gift", template_folder="templates")


@area.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Who gives what, until when. Mail scanners open links, so opening one uses nothing up."""
    return _draw(token)


@area.post("/<token>/accept")
def accept(token: str) -> ResponseReturnValue:
    """Accept as whoever is signed in."""

    def act(session: Session) -> str:
        accepted = gifts.accept_by_link(session, station().settings, token, me(), now())
        return _yours(accepted[0])

    return act_once(act, url_for("member.page"))


@area.post("/<token>/join")
def join(token: str) -> ResponseReturnValue:
    """Accept as somebody new, who is signed in here at once and gets a way back in by letter."""
    if person() is not None:
        return redirect(url_for("gift.show", token=token), SEE_OTHER)
    applicant = Applicant(
        name=clean_text(read_text(request.form, "name", _("name")), _("name"), LONGEST_TEXT),
        email=clean_email(read_text(request.form, "email", _("email address"))),
        language=spoken(),
    )

    def act(session: Session) -> tuple[str, str]:
        settings = station().settings
        offer, somebody = gifts.accept_by_link(session, settings, token, applicant, now())
        write_link(session, settings, somebody, now())
        # Nobody has shown yet that the address is theirs.
        entered = signin.sign_in(session, somebody.id, now(), browser(), proven=False)
        return entered, _yours(offer)

    session_token, said = do_now(act)
    enter(session_token)
    flash(said)
    return redirect(url_for("member.page"), SEE_OTHER)


@area.post("/<token>/refuse")
def refuse(token: str) -> ResponseReturnValue:
    """Refuse, as whoever holds the link."""
    do_now(lambda session: gifts.refuse_by_link(session, station().settings, token, now()))
    flash(_("Refused. It is back with its giver."))
    return redirect(url_for("public.page"), SEE_OTHER)


def _yours(offer: Offer) -> str:
    return _("Yours: %(airtime)s. Now say what is to be heard.", airtime=airtime(offer))


def _draw(token: str, problem: str = "") -> str:
    settings = station().settings
    with station().database.reading() as session:
        offer = gifts.by_link(session, token, now())
        giver = with_account(session, offer.giver_id)
    return render_template(
        "gift/page.html",
        problem=problem,
        token=token,
        offer=offer,
        giver=giver.name,
        weeks=weeks_of(offer, settings),
        own=person() is not None and me().account_id == offer.giver_id,
        typed=request.form,
    )


def _refused(refusal: Refusal) -> ResponseReturnValue:
    if refusal.code == "sign-in-first":
        return refusals.refused(refusal)
    if refusal.code == "offer-ended":
        return render_template("gift/over.html"), OVER
    sentence = refusal.sentence
    if refusal.code == "email-taken":
        sentence = f"{sentence} {_(SIGN_IN)}"
    try:
        page = _draw((request.view_args or {})["token"], sentence)
    except Refusal:
        return render_template("gift/over.html"), OVER
    return page, refusals.status_of(refusal)


area.register_error_handler(Refusal, _refused)
