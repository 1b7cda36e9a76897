"""Signing in is a link in a letter: opening it shows a button, pressing the button uses it up."""

from datetime import datetime
from urllib.parse import quote, urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import letters, signin
from station.errors import WrongInput
from station.members import Person, with_email
from station.membership import applications
from station.settings import Settings
from web.session import SEE_OTHER, do_now, enter, leave, me, now, station

area = Blueprint("signin", __name__)

LETTER = """\
Hello {name},

here is your way into {station}. It works once, within {minutes} minutes:

{link}

If you did not ask for it, do nothing: without this letter nobody can use it.
"""


@area.get("/signin")
def ask() -> ResponseReturnValue:
    """Show the form that asks for a link."""
    return render_template("signin.html")


@area.post("/signin")
def send() -> ResponseReturnValue:
    """Send a link, and say the same whether or not the address is known."""
    email = request.form.get("email", "").strip()
    if not email:
        raise WrongInput("text-missing", name="email address")
    with station().database.writing() as session:
        person = with_email(session, email)
        if person is not None and not signin.asked_lately(session, person, now()):
            write_link(session, station().settings, person, now())
    return redirect(url_for("signin.sent"), SEE_OTHER)


@area.get("/signin/sent")
def sent() -> ResponseReturnValue:
    """Say where to look for the link."""
    minutes = int(signin.LINK_LASTS.total_seconds() // 60)
    return render_template("sent.html", minutes=minutes)


@area.get("/signin/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show the button; mail scanners open links, so opening one must not use it up."""
    return render_template("enter.html", token=token, after=_inside(request.args.get("after", "")))


@area.post("/signin/<token>")
def use(token: str) -> ResponseReturnValue:
    """Use the link up and sign in."""

    def act(session: Session) -> str:
        session_token = signin.use_link(session, token, now())
        who = signin.who(session, session_token, now())
        if who is not None:
            # The letter reached them: what they applied for with this address counts now.
            applications.prove(session, station().settings, who, now())
        return session_token

    enter(do_now(act))
    flash("You are signed in.")
    first = "desk.page" if me().operator else "member.page"
    return redirect(_inside(request.form.get("after", "")) or url_for(first), SEE_OTHER)


@area.post("/signout")
def out() -> ResponseReturnValue:
    """Sign out."""
    leave()
    flash("You are signed out.")
    return redirect(url_for("public.page"), SEE_OTHER)


def write_link(
    session: Session, settings: Settings, person: Person, instant: datetime, after: str = ""
) -> None:
    """Write a person the letter with a link, which leads to `after` among our pages."""
    link = link_for(session, settings, person, instant)
    letters.write(
        session,
        person,
        f"Your way into {settings.station.name}",
        LETTER.format(
            name=person.name,
            station=settings.station.name,
            minutes=int(signin.LINK_LASTS.total_seconds() // 60),
            link=f"{link}?after={quote(after)}" if after else link,
        ),
        instant,
    )


def link_for(session: Session, settings: Settings, person: Person, instant: datetime) -> str:
    """A link that signs a person in once."""
    return f"{settings.web_url}/signin/{signin.new_link(session, person, instant)}"


def _inside(path: str) -> str:
    """A path of our own pages, or nothing: a link may not lead anywhere else afterwards."""
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if ours and not parts.netloc and not parts.scheme else ""
