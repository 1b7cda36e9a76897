"""Joining: what membership is and costs, whether there is room, and the form to apply with."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import attempts, signin
from station.errors import Refusal
from station.languages import gettext as _
from station.ledger import WEEKS_IN_A_YEAR
from station.members import AccountKind, Applicant, Person, clean_email, with_email
from station.membership import applications, invitations, places
from station.ways_in import MINUTES, write_link
from web import refusals
from web.join.forms import TRAP, read_applicant, trapped
from web.session import SEE_OTHER, act_once, ask_for_way_in, do_now, me, now, person, station

OVER = "invitation-over"
# What is answered like success: only the owner of an address may learn that it is known.
ALREADY_HERE = "email-taken"

area = Blueprint("join", __name__, url_prefix="/join", template_folder="templates")


@area.get("")
def page() -> ResponseReturnValue:
    """What membership is, and the form to apply with."""
    return _look(None)


@area.get("/<token>")
def invited(token: str) -> ResponseReturnValue:
    """The same for whoever was invited, with who invites."""
    return _look(token)


@area.get("/sent")
def sent() -> ResponseReturnValue:
    """Say where to look next."""
    return render_template("join/sent.html", minutes=MINUTES)


@area.post("")
def apply() -> ResponseReturnValue:
    """Apply without an invitation."""
    return _apply(None)


@area.post("/<token>")
def apply_invited(token: str) -> ResponseReturnValue:
    """Apply by an invitation."""
    return _apply(token)


def _look(token: str | None) -> ResponseReturnValue:
    """Who has applied sees where that stands instead."""
    who = person()
    if who is not None:
        with station().database.reading() as session:
            if applications.current(session, who.id) is not None:
                return redirect(url_for("membership.page"), SEE_OTHER)
    return _draw(token)


def _apply(token: str | None) -> ResponseReturnValue:
    introduction = request.form.get("introduction", "")
    if trapped(request.form):
        return redirect(url_for("join.sent"), SEE_OTHER)
    if person() is None:
        _apply_as(read_applicant(request.form), introduction, token)
        return redirect(url_for("join.sent"), SEE_OTHER)

    def act(session: Session) -> str:
        settings = station().settings
        applications.apply(session, settings, me(), introduction, token, now())
        return _("Thank you: we have your application.")

    return act_once(act, url_for("membership.page"))


def _apply_as(applicant: Applicant, introduction: str, token: str | None) -> None:
    """Apply as somebody new; whoever is here already gets a letter with a way in instead.

    Both are counted and answered alike, to the cookie: nobody learns from this page whose address
    is known.
    """
    after = url_for("membership.page")
    secret = ask_for_way_in(after)

    def write(session: Session, who: Person) -> None:
        write_link(session, station().settings, who, now(), after, secret)

    def act(session: Session) -> None:
        settings = station().settings
        made = applications.apply(
            session, settings, applicant, introduction, token, now(), proven=False
        )
        _count(session, made.person.email)
        write(session, made.person)

    def remind(session: Session) -> None:
        _count(session, clean_email(applicant.email))
        who = with_email(session, applicant.email)
        if who is not None and not signin.asked_lately(session, who, now()):
            write(session, who)

    try:
        do_now(act)
    except Refusal as refusal:
        if refusal.code != ALREADY_HERE:
            raise
        do_now(remind)


def _count(session: Session, email: str) -> None:
    network = attempts.network_of(request.remote_addr)
    attempts.count_letter(session, email, network, station().settings, now())


def _draw(token: str | None, problem: str = "") -> str:
    with station().database.reading() as session:
        invitation = None if token is None else invitations.by_token(session, token, now())
        found = places.places(session, station().settings, now())
        waiting = applications.count_waiting(session)
        return render_template(
            "join/page.html",
            problem=problem,
            token=token,
            invitation=invitation,
            places=found,
            waiting=waiting,
            weeks=WEEKS_IN_A_YEAR,
            trap=TRAP,
            typed=request.form,
            longest=applications.LONGEST_INTRODUCTION,
            shortest=applications.SHORTEST_INTRODUCTION,
            member=AccountKind.MEMBER,
        )


def _refused(refusal: Refusal) -> ResponseReturnValue:
    if refusal.code != OVER:
        try:
            token = (request.view_args or {}).get("token")
            return _draw(token, refusal.sentence), refusals.status_of(refusal)
        except Refusal as over:
            # The invitation ran out while the form lay open.
            refusal = over
    return render_template("join/over.html"), refusals.status_of(refusal)


area.register_error_handler(Refusal, _refused)
