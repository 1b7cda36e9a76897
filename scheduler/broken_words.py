"""What the checker finds is told by title and name, in the words of whoever reads it."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler.limited import Limit
from scheduler.problem import Problem
from station.errors import Violation
from station.languages import gettext as _
from station.languages import marked
from station.members import Person
from station.rights import Request

SAID: Mapping[str, str] = {
    "inside-the-week": marked("%(pieces)s would not lie within the week."),
    "one-a-slot": marked("%(pieces)s would be in one slot."),
    "reserved": marked("%(pieces)s would run into starts that the station keeps."),
    Limit.SOON: marked("%(pieces)s would begin too soon."),
    Limit.LANGUAGE: marked("%(pieces)s is in a language that this channel does not air."),
    Limit.ADULT: marked("%(pieces)s is for adults, and may not air at that hour."),
    Limit.BAN: marked("%(pieces)s is banned there. Lift the ban first."),
    Limit.RULED_OUT: marked("%(pieces)s would air at a time that its holder ruled out."),
    Limit.WORTH: marked("%(pieces)s is a makegood, and that start is worth too little for it."),
    "pins": marked("%(pieces)s is pinned to another place. Let it go first."),
    "frozen": marked("%(pieces)s has begun, or begins too soon to move."),
    "holder-gap": marked(
        "%(pieces)s are of one person, and would be less than %(holder_gap)s slots apart."
    ),
    "sold-per-hour": marked(
        "%(pieces)s are sold airtime; a channel's hour may have %(sold_per_hour)s slots of it."
    ),
    "trade": marked("%(pieces)s are of one trade, and would follow each other."),
    "silence-gap": marked(
        "%(pieces)s are silences for different causes, and would be less than %(silence_gap)s "
        "slots apart."
    ),
    "together": marked(
        "%(pieces)s belong together: they start at the same instant on different channels."
    ),
}


def said(
    found: Violation, problem: Problem, who: Mapping[str, str], limit: Limit | None = None
) -> str:
    """One broken rule for people; `who` says which piece each id of the problem is.

    A `limit` is what is against the place of a piece that breaks its limits.
    """
    rule = limit or found.rule
    if rule not in SAID:
        return found.sentence
    pieces = ", ".join(who.get(name, name) for name in dict.fromkeys(found.ids))
    rules = problem.rules
    return _(
        SAID[rule],
        pieces=pieces,
        holder_gap=rules.holder_gap,
        sold_per_hour=rules.sold_per_hour,
        silence_gap=rules.silence_gap,
    )


def named(session: Session, request_ids: Collection[int]) -> dict[str, str]:
    """How people know some requests, by their ids in the problem: “The river”, Thandi Mokoena."""
    query = (
        sa.select(Request.id, Request.title, Person.name)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Request.id.in_(request_ids))
    )
    return {
        f"r{number}": f"“{title}” ({name})" if name else f"“{title}”"
        for number, title, name in session.execute(query)
    }
