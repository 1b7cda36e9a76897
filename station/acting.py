"""A command that acts for a person names them by their address, and their weeks by a pattern."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from station.errors import WrongInput
from station.ledger import Right, held
from station.market.selection import choose
from station.members import Person, with_email
from station.schema import open_station
from station.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Acting:
    """One transaction in which a person acts, at one instant."""

    session: Session
    settings: Settings
    who: Person
    now: datetime


@contextmanager
def acting(email: str) -> Iterator[Acting]:
    """Open the station in `MWEYA_HOME` for one transaction of the person with an address.

    Raises WrongInput `person-unknown`.
    """
    settings = load()
    database = open_station(settings)
    try:
        with database.writing() as session:
            # SQLite's lock is waited for here, so that the instant is not older than it.
            session.connection()
            who = with_email(session, email)
            if who is None:
                raise WrongInput("person-unknown", email=email)
            yield Acting(session, settings, who, datetime.now(UTC))
    finally:
        database.close()


def as_person(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--as`, which says who acts."""
    return click.option(
        "--as", "email", metavar="EMAIL", required=True, help="The address of the person who acts."
    )(command)


def of_weeks(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that choose among the weeks of a person's rights."""
    options = (
        click.option("--from", "first", metavar="WEEK", help="The first week."),
        click.option("--to", "last", metavar="WEEK", help="The last week; default: the first."),
        click.option(
            "--every",
            type=click.IntRange(min=1),
            default=1,
            help="Every so many weeks; 2: each second.",
        ),
        click.option("--but", multiple=True, metavar="WEEK", help="Not this week; again for more."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def rights_of_weeks(
    act: Acting, first: str | None, last: str | None, every: int, but: tuple[str, ...]
) -> list[Right]:
    """One right of the person in each chosen week; without `--to`, of the first week alone.

    Raises WrongInput `week-unknown` or `rights-missing`.
    """
    if first is None:
        raise WrongInput("rights-missing")
    found = held(act.session, act.who.account_id)
    chosen = choose(found, act.settings, first=first, last=last or first, every=every, but=but)
    # Whoever holds several rights of a week gives one of each away at a time.
    return list({right.week: right for right in reversed(chosen)}.values())[::-1]
