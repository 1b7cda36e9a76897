"""The commands about one's own airtime: silence, standing choices and makegoods."""

from datetime import UTC, datetime

import click
import sqlalchemy as sa

from station import makegoods, standing, using
from station.acting import acting, as_person, of_weeks, rights_of_weeks
from station.airtime import Week
from station.cli import opened
from station.command import Answer, answers
from station.errors import WrongInput
from station.ledger import Right
from station.makegoods import Makegood
from station.members import Person, with_email
from station.standing import StandingChoice, StandingKind

SAID = {
    StandingKind.POOL: "goes to the station's pool",
    StandingKind.LAST: "carries the last accepted piece again",
    StandingKind.EVERGREEN: "carries recording {recording}",
    StandingKind.SILENCE: "is silence for {cause}",
}


@click.group()
def airtime() -> None:
    """One's own airtime: silence, what unused weeks become, makegoods, swaps, causes."""


@airtime.command("dedicate")
@click.argument("cause")
@of_weeks
@as_person
@answers
def dedicate(
    cause: str, email: str, first: str | None, last: str | None, every: int, but: tuple[str, ...]
) -> Answer:
    """Dedicate weeks to silence for CAUSE instead of what they asked for before."""
    with acting(email) as act:
        chosen = rights_of_weeks(act, first, last, every, but)
        who = act.who.account_id
        asked = [
            using.dedicate(act.session, act.settings, right.id, who, cause, [], act.now)
            for right in chosen
        ]
        weeks, words = [request.week for request in asked], asked[0].title
    return Answer(
        {"cause": words, "weeks": weeks},
        [f"Silence for {words} in {len(weeks)} weeks: {', '.join(weeks)}."],
        f"mweya member statement {email}",
    )


@airtime.group("standing")
def standing_group() -> None:
    """What becomes of every week that nothing is sent for."""


@standing_group.command("show")
@as_person
@answers
def show(email: str) -> Answer:
    """Say what a person chose, and which recordings can be chosen."""
    with acting(email) as act:
        choice = standing.choice_of(act.session, act.who.account_id)
        pieces = standing.accepted_recordings(act.session, act.settings, act.who.account_id)
        recordings = [{"recording": piece.id, "title": piece.title} for piece in pieces]
        told = _choice_line(choice)
        facts = _choice_facts(choice) | {"recordings": recordings}
    lines = [f"Recording {piece['recording']}: {piece['title']}" for piece in recordings]
    return Answer(facts, [told, *lines], f"mweya airtime standing set KIND --as {email}")


@standing_group.command("set")
@click.argument("kind", type=click.Choice([str(kind) for kind in StandingKind]))
@click.option("--cause", help="What a silence is for.")
@click.option("--recording", type=int, help="Which recording airs, for evergreen.")
@as_person
@answers
def set_choice(kind: str, cause: str | None, recording: int | None, email: str) -> Answer:
    """Choose KIND: the pool, one's last piece, an evergreen piece, or silence."""
    with acting(email) as act:
        choice = standing.choose(
            act.session, act.who.account_id, StandingKind(kind), act.now, cause, recording
        )
        facts, told = _choice_facts(choice), _choice_line(choice)
    return Answer(facts, [told], f"mweya airtime standing show --as {email}")


@airtime.group("makegoods")
def makegoods_group() -> None:
    """Rights that were given for what did not air."""


@makegoods_group.command("list")
@click.option("--as", "email", metavar="EMAIL", help="Only those that one person holds.")
@answers
def list_makegoods(email: str | None) -> Answer:
    """List the makegoods of this week and later, with whoever holds them."""
    with opened() as (settings, database), database.reading() as session:
        if email is not None and with_email(session, email) is None:
            raise WrongInput("person-unknown", email=email)
        this = Week.of(datetime.now(UTC), settings.zone)
        query = (
            sa.select(Makegood, Right, Person)
            .join(Right, Right.id == Makegood.right_id)
            .join(Person, Person.account_id == Right.account_id)
            .where(Right.week >= str(this))
            .order_by(Right.week, Right.number)
        )
        if email is not None:
            query = query.where(Person.email == email.strip().lower())
        found = [
            {
                "right": right.id,
                "week": right.week,
                "holder": person.name,
                "least_worth": made.least_worth,
                "last_week": made.last_week,
            }
            for made, right, person in session.execute(query)
        ]
    lines = [
        f"{one['right']:>6}  {one['week']}  {one['holder']}, worth {one['least_worth']} points "
        f"or more, until {one['last_week']}"
        for one in found
    ]
    command = "mweya airtime makegoods put-off RIGHT WEEK --as EMAIL" if found else None
    return Answer({"makegoods": found}, lines or ["Nothing is owed to anybody."], command)


@makegoods_group.command("put-off")
@click.argument("right", type=int)
@click.argument("week")
@as_person
@answers
def put_off(right: int, week: str, email: str) -> Answer:
    """Exchange the makegood RIGHT for one of the later WEEK, with all that it asks for."""
    with acting(email) as act:
        chosen = Week.parse(week, act.settings.zone)
        who = act.who.account_id
        made = makegoods.put_off(act.session, act.settings, right, who, chosen, act.now)
        facts = {"right": made.id, "week": made.week, "number": made.number}
    return Answer(facts, [f"It comes in week {week} now."], f"mweya member statement {email}")


def _choice_facts(choice: StandingChoice | None) -> dict[str, object]:
    if choice is None:
        return {"kind": str(StandingKind.POOL), "cause": None, "recording": None}
    return {"kind": choice.kind, "cause": choice.cause, "recording": choice.recording_id}


def _choice_line(choice: StandingChoice | None) -> str:
    kind = StandingKind.POOL if choice is None else StandingKind(choice.kind)
    facts = _choice_facts(choice)
    said = SAID[kind].format(cause=facts["cause"], recording=facts["recording"])
    return f"A week that nothing is sent for {said}."
