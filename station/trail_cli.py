"""The command that shows what operators did, at the desk and by commands."""

from pathlib import Path

import click

from station import trail
from station.books import csv
from station.cli import opened, write_text
from station.command import Answer, answers
from station.errors import WrongInput
from station.members import with_email
from station.trail import CONSOLE, Done, Wanted


@click.command("trail")
@click.option("--about", default="", help="Deeds of one kind alone, like week, fees or moderation.")
@click.option("--by", "email", help="Those of one operator alone, by their address.")
@click.option("--console", is_flag=True, help="Those that were typed as commands alone.")
@click.option("--before", type=int, help="Those older than the one with this number.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Write all as a table, too.")
@answers
def trail_command(
    about: str, email: str | None, console: bool, before: int | None, table: Path | None
) -> Answer:
    """Say what operators did, to what and why, the newest first."""
    with opened() as (settings, database), database.reading() as session:
        person = None if email is None else with_email(session, email)
        if email is not None and person is None:
            raise WrongInput("person-unknown", email=email)
        theirs = None if person is None else person.account_id
        who = CONSOLE if console else theirs
        wanted = Wanted(about, who, before)
        if table is not None:
            write_text(
                table, csv.csv_of_trail(trail.newest(session, wanted, most=None), settings.zone)
            )
        found = trail.newest(session, wanted)
        facts = [_facts(done) for done in found]
        lines = [
            f"{done.deed.id:>6}  {done.deed.at.astimezone(settings.zone):%Y-%m-%d %H:%M}  "
            f"{done.name or 'console'}: {_said(done)}"
            for done in found
        ]
    older = f"mweya trail --before {found[-1].deed.id}" if len(found) == trail.PAGE else None
    return Answer({"deeds": facts}, lines or ["Nothing was done yet."], older)


def _said(done: Done) -> str:
    deed = done.deed
    told = deed.said or " ".join(filter(None, [deed.act, deed.subject]))
    return f"{told} ({deed.reason})" if deed.reason else told


def _facts(done: Done) -> dict[str, object]:
    deed = done.deed
    return {
        "deed": deed.id,
        "at": deed.at.isoformat(timespec="seconds"),
        "name": done.name or None,
        "act": deed.act,
        "subject": deed.subject,
        "reason": deed.reason,
        "said": deed.said,
    }
