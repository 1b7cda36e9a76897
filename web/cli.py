"""The commands about the pages: serve them, and let somebody in."""

import signal
import sys
from datetime import UTC, datetime
from types import FrameType

import click

from station import trail
from station.cli import opened
from station.command import Answer, answers
from station.errors import WrongInput
from station.members import with_email


@click.group()
def web() -> None:
    """The pages for members, the operator and listeners."""


@web.command("run")
@click.option("--host", help="Where to listen. Default: the setting web.host.")
@click.option("--port", type=click.IntRange(0, 65535), help="0 is a free one.")
@answers
def run(host: str | None, port: int | None) -> Answer:
    """Serve the pages until interrupted."""
    from web.app import serve

    signal.signal(signal.SIGTERM, _end)
    with opened() as (settings, database):
        asked = settings.web.port if port is None else port
        serve(settings, database, host or settings.web.host, asked, _say)
    return Answer({"stopped": True}, ["The pages are closed."], "mweya web run")


@click.command("signin")
@click.argument("email")
@answers
def signin(email: str) -> Answer:
    """Make a link that signs the person with address EMAIL in, once."""
    from station.signin import new_link
    from station.ways_in import link_to

    with opened() as (settings, database), database.writing() as session:
        person = with_email(session, email)
        if person is None:
            raise WrongInput("person-unknown", email=email)
        now = datetime.now(UTC)
        link = link_to(settings, new_link(session, person, now))
        trail.write(session, None, "members.sign_in_link", now, subject=person.name)
    return Answer(
        {"email": person.email, "link": link},
        [f"This signs {person.name} in, once, within ten minutes:", link],
        "mweya web run (where the pages are not served yet)",
    )


def _say(url: str) -> None:
    click.echo(f"The pages are at {url}", err=True)


def _end(_: int, __: FrameType | None) -> None:
    sys.exit(0)
