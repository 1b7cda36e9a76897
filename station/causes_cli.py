"""The commands about the list of causes for silence."""

from datetime import UTC, datetime

import click

from station import causes as kept
from station import trail
from station.acting import acting, as_person
from station.causes import Cause
from station.cli import opened
from station.command import Answer, answers

NEXT = "mweya airtime causes list"


@click.group()
def causes() -> None:
    """The list of causes for silence: operators decide, members propose."""


@causes.command("list")
@answers
def list_causes() -> Answer:
    """List what members can choose, and what waits for a decision."""
    with opened() as (_, database), database.reading() as session:
        listed, waiting = kept.listed(session), kept.waiting(session)
    facts = {
        "listed": [_facts(cause) for cause in listed],
        "waiting": [_facts(cause) for cause in waiting],
    }
    lines = [
        *(f"{cause.id:>4}  {cause.words}" for cause in listed),
        *(f"{cause.id:>4}  {cause.words} (proposed)" for cause in waiting),
    ]
    return Answer(facts, lines or ["The list is empty."], "mweya airtime causes add WORDS")


@causes.command("add")
@click.argument("words")
@answers
def add(words: str) -> Answer:
    """Put WORDS on the list, proposed before or not."""
    with opened() as (_, database), database.writing() as session:
        now = datetime.now(UTC)
        cause = kept.add(session, words, now)
        trail.write(session, None, "causes.add", now, subject=cause.words)
    return Answer(_facts(cause), [f"“{cause.words}” is on the list."], NEXT)


@causes.command("decline")
@click.argument("cause", type=int)
@answers
def decline(cause: int) -> Answer:
    """Decline CAUSE, given by its number, or take it off the list."""
    with opened() as (_, database), database.writing() as session:
        now = datetime.now(UTC)
        declined = kept.decide(session, cause, listed=False, now=now)
        trail.write(session, None, "causes.decline", now, subject=declined.words)
    return Answer(_facts(declined), [f"“{declined.words}” is not on the list."], NEXT)


@causes.command("propose")
@click.argument("words")
@as_person
@answers
def propose(words: str, email: str) -> Answer:
    """Propose WORDS for the list as a member."""
    with acting(email) as act:
        proposed = kept.propose(act.session, act.who, words, act.now)
    return Answer(_facts(proposed), [f"“{proposed.words}” waits for the operators."], NEXT)


def _facts(cause: Cause) -> dict[str, object]:
    return {"cause": cause.id, "words": cause.words, "state": cause.state}
