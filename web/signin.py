"""Signing in is a letter's link or code, or a passkey; only a form that is sent uses one up."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from station import attempts, codes, messages, passkeys, signin, ways_in
from station.codes import Purpose
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.members import LONGEST_TEXT, with_email
from station.membership import applications
from web import refusals
from web.session import (
    AFTER,
    SEE_OTHER,
    address_typed,
    ask_for_way_in,
    asked_for,
    browser,
    do_now,
    enter,
    leave,
    me,
    now,
    person,
    station,
    was_here,
)

# What is asked of a passkey before anybody is known.
ENTERING = "enter"

area = Blueprint("signin", __name__)


@area.get("/signin")
def ask() -> ResponseReturnValue:
    """Show the form that asks for a letter, and the button that asks for a passkey."""
    if person() is not None:
        return redirect(inside(request.args.get(AFTER, "")) or url_for("member.page"), SEE_OTHER)
    return _draw_ask()


@area.post("/signin")
def send() -> ResponseReturnValue:
    """Send a link and a code, and say the same whether or not the address is known."""
    typed = request.form.get("email", "").strip()[:LONGEST_TEXT]
    if not typed:
        raise WrongInput("text-missing", name=_("email address"))
    secret = ask_for_way_in(inside(request.form.get(AFTER, "")), typed)
    network = attempts.network_of(request.remote_addr)

    def act(session: Session) -> None:
        settings, number = station().settings, messages.number_in(typed)
        subject = number or typed.lower()
        who = messages.with_phone(session, number) if number else with_email(session, typed)
        returning = who is not None and who.id == was_here()
        attempts.count_letter(session, subject, network, settings, now(), returning=returning)
        if number:
            _message(session, number, secret)
        else:
            _write(session, typed, secret)

    do_now(act)
    return redirect(url_for("signin.sent"), SEE_OTHER)


@area.get("/signin/sent")
def sent() -> ResponseReturnValue:
    """Say where to look, and take the code."""
    return _draw_sent()


@area.post("/signin/code")
def use_code() -> ResponseReturnValue:
    """Sign in by the code of the letter that this browser asked for."""
    (secret, after), typed = asked_for(), request.form.get("code", "")
    network = attempts.network_of(request.remote_addr)

    def act(session: Session) -> str:
        attempts.require_few_wrong(session, network, station().settings, now())
        found = signin.use_code(session, secret, typed, now(), browser())
        if found is None:
            attempts.count_wrong(session, network, now())
            return ""
        return _arrived(session, found.token) if found.by_letter else found.token

    token = do_now(act)
    # What was counted stays counted.
    if not token:
        raise WrongInput("code-wrong")
    return _come_in(token, after)


@area.post("/signin/passkey")
def use_passkey() -> ResponseReturnValue:
    """Sign in by a passkey."""
    site, answer = passkeys.site_of(station().settings), request.form.get("passkey", "")

    def act(session: Session) -> str:
        if site is None:
            raise WrongInput("passkey-wrong")
        found = passkeys.use(session, station().settings, site, answer, ENTERING, now())
        return signin.sign_in(session, found.person_id, now(), browser())

    return _come_in(do_now(act), request.form.get(AFTER, ""))


@area.get("/signin/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show the button; mail scanners open links, so opening one must not use it up."""
    return render_template("enter.html", token=token, after=inside(request.args.get(AFTER, "")))


@area.post("/signin/<token>")
def use(token: str) -> ResponseReturnValue:
    """Use the link up and sign in."""

    def act(session: Session) -> str:
        return _arrived(session, signin.use_link(session, token, now(), browser()))

    return _come_in(do_now(act), request.form.get(AFTER, ""))


@area.post("/signout")
def out() -> ResponseReturnValue:
    """Sign out."""
    leave()
    flash(_("You are signed out."))
    return redirect(url_for("public.page"), SEE_OTHER)


def inside(path: str) -> str:
    """A path of our own pages, or nothing: a link may not lead anywhere else afterwards."""
    fit = len(path) <= LONGEST_TEXT and path.isprintable() and "\\" not in path
    return path if fit and path.startswith("/") and not path.startswith("//") else ""


def _write(session: Session, email: str, secret: str) -> None:
    who = with_email(session, email)
    if who is not None and not signin.asked_lately(session, who, now()):
        ways_in.write_link(session, station().settings, who, now(), asked_for()[1], secret)


def _message(session: Session, number: str, secret: str) -> None:
    settings, who = station().settings, messages.with_phone(session, number)
    lately = codes.sent_lately(session, Purpose.SIGN_IN, secret, now())
    if who is not None and messages.phone_of(settings, who) and not lately:
        ways_in.message_code(session, settings, who, secret, Purpose.SIGN_IN, now())


def _arrived(session: Session, token: str) -> str:
    """The letter reached them: what they applied for with this address counts now."""
    who = signin.who(session, token, now())
    if who is not None:
        applications.prove(session, station().settings, who, now())
    return token


def _come_in(token: str, after: str) -> ResponseReturnValue:
    enter(token)
    flash(_welcome())
    first = "desk.page" if me().operator else "member.page"
    return redirect(inside(after) or url_for(first), SEE_OTHER)


def _welcome() -> str:
    """That they are in, and how it is easier the next time."""
    if passkeys.site_of(station().settings) is not None:
        with station().database.reading() as session:
            if not passkeys.of(session, me().id):
                said = _(
                    "You are signed in. Next time your fingerprint can do it: "
                    '<a href="%(address)s">set up a passkey</a>.'
                )
                return Markup(said) % {"address": url_for("security.page")}  # noqa: S704  our own
    return _("You are signed in.")


def _draw_ask(problem: str = "") -> str:
    settings = station().settings
    site = passkeys.site_of(settings)
    return render_template(
        "signin.html",
        problem=problem,
        phones=messages.way_of(settings),
        after=inside(request.values.get(AFTER, "")) or asked_for()[1],
        question=passkeys.question(settings, site, ENTERING, now()) if site else "",
        typed=request.form or {"email": address_typed()},
    )


def _draw_sent(problem: str = "") -> str:
    return render_template(
        "sent.html",
        problem=problem,
        phones=messages.way_of(station().settings),
        minutes=ways_in.MINUTES,
    )


def _refused(refusal: Refusal) -> ResponseReturnValue:
    if refusal.code in ("code-wrong", "codes-guessed"):
        return _draw_sent(refusal.sentence), refusals.status_of(refusal)
    if refusal.code in ("text-missing", "asked-often", "passkey-wrong") and person() is None:
        return _draw_ask(refusal.sentence), refusals.status_of(refusal)
    return refusals.refused(refusal)


area.register_error_handler(Refusal, _refused)
