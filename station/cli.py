"""The commands about people, and what every command begins with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import sqlalchemy as sa

from station import books, ledger, members, trail
from station.airtime import Week
from station.command import Answer, answers, progress
from station.db import Database
from station.errors import Refusal, WrongInput
from station.membership import years
from station.membership.places import require_places
from station.rights import next_open_week
from station.schema import open_station
from station.settings import Settings, load
from station.statement import sentence, statement


@contextmanager
def opened() -> Iterator[tuple[Settings, Database]]:
    """The station in `MWEYA_HOME` with its database, closed again afterwards."""
    settings = load()
    database = open_station(settings)
    try:
        yield settings, database
    finally:
        database.close()


def read_text(file: Path) -> str:
    """A text file's content. Raises WrongInput `file-missing` or `file-unreadable`."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise WrongInput("file-missing", file=file) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise WrongInput("file-unreadable", file=file, problem=problem) from None


def write_text(file: Path, content: str) -> None:
    """Write a text file. Raises Refusal `file-unwritable`."""
    try:
        # As it is: CSV ends its lines in its own way.
        file.write_text(content, encoding="utf-8", newline="")
    except OSError as problem:
        raise Refusal("file-unwritable", file=file, problem=problem.strerror) from None


@click.group()
def member() -> None:
    """Members: admit them from a file, list them, print their statements."""


@member.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--first-week", metavar="WEEK", help="Their first week; default: the next open one.")
@answers
def import_file(file: Path, first_week: str | None) -> Answer:
    """Admit the members in a CSV FILE (name, email, phone, language, place) for a year.

    Members who are here already stay as they are. One broken line, and nothing is imported.
    """
    applicants, problems = members.read_member_file(read_text(file))
    if problems:
        told = "\n".join(problem.sentence for problem in problems)
        raise WrongInput("member-file-broken", problems=told)
    now = datetime.now(UTC)
    with opened() as (settings, database), database.writing() as session:
        week = Week.parse(first_week, settings.zone) if first_week else None
        week = week or next_open_week(settings, now)
        known = set(session.scalars(sa.select(members.Person.email)))
        new = [applicant for applicant in applicants if applicant.email not in known]
        require_places(session, settings, week, len(new))
        progress(f"Admitting {len(new)} members …")
        people = [members.admit(session, applicant, now) for applicant in new]
        years.begin(session, [years.NewYear(person, week) for person in people], now)
        trail.write(session, None, "members.import_file", now, subject=f"{len(new)} admitted")
    already = len(applicants) - len(new)
    return Answer(
        facts={
            "imported": len(new),
            "already_here": already,
            "rights": len(new) * ledger.WEEKS_IN_A_YEAR,
            "first_week": str(week),
        },
        lines=[
            f"{len(new)} members admitted, {already} were here already.",
            f"{len(new) * ledger.WEEKS_IN_A_YEAR} rights issued, the first for week {week}.",
        ],
        next_command="mweya up (members can now sign in and send their recordings)",
    )


@member.command("list")
@answers
def list_members() -> Answer:
    """List everybody who can hold airtime."""
    query = (
        sa.select(
            members.Person.id,
            members.Person.name,
            members.Person.email,
            members.Account.kind,
            members.Person.operator,
            sa.func.count(ledger.Right.id),
        )
        .join(members.Account, members.Account.id == members.Person.account_id)
        .outerjoin(ledger.Right, ledger.Right.account_id == members.Account.id)
        .group_by(members.Person.id, members.Account.kind)
        .order_by(members.Person.name, members.Person.id)
    )
    keys = ("id", "name", "email", "kind", "operator", "rights")
    with opened() as (_, database), database.reading() as session:
        people = [dict(zip(keys, row, strict=True)) for row in session.execute(query)]
    return Answer(
        facts={"members": people},
        lines=[
            f"{person['id']:>6}  {person['name']}  <{person['email']}>  {person['kind']}"
            f"{', operator' if person['operator'] else ''}, {person['rights']} rights"
            for person in people
        ],
        next_command="mweya member statement EMAIL",
    )


@member.command("statement")
@click.argument("email")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Write it as a table, too.")
@answers
def print_statement(email: str, table: Path | None) -> Answer:
    """Say where each five minutes of the person with address EMAIL are."""
    with opened() as (settings, database), database.reading() as session:
        person = members.with_email(session, email)
        if person is None:
            raise WrongInput("person-unknown", email=email)
        lines = statement(session, settings, person.account_id)
        if table is not None:
            write_text(table, books.csv_of_statement(lines, settings))
        return Answer(
            facts={
                "name": person.name,
                "email": person.email,
                "rights": [
                    {
                        "week": line.week,
                        "number": line.number,
                        "fate": line.fate,
                        "title": line.title,
                        "channel": line.channel,
                        "at": line.at and line.at.isoformat(),
                    }
                    for line in lines
                ],
            },
            lines=[f"{person.name} <{person.email}>"]
            + [f"  {line.week}  {sentence(line, settings)}" for line in lines],
            next_command="mweya ledger verify",
        )


@member.command("operator")
@click.argument("email")
@click.option("--no", "revoke", is_flag=True, help="Take the right to operate away again.")
@answers
def make_operator(email: str, revoke: bool) -> Answer:
    """Let the person with address EMAIL operate the station's desk."""
    with opened() as (_, database), database.writing() as session:
        person = members.with_email(session, email)
        if person is None:
            raise WrongInput("person-unknown", email=email)
        person.operator = not revoke
        facts = {"email": person.email, "operator": person.operator}
        said = f"{person.email} {'no longer operates' if revoke else 'may operate'} the station."
        now = datetime.now(UTC)
        trail.write(session, None, "members.operator", now, subject=person.name, said=said)
    return Answer(facts, [said], next_command=f"mweya signin {email}")
