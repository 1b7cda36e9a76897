"""What the checker finds is told by title and name, in the words of whoever reads it."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler.problem import Problem
from station.errors import Violation
from station.languages import gettext as _
from station.languages import marked
from station.members import Person
from station.rights import Request

SAID = {
    "inside-the-week": marked("%(pieces)s would not lie within the week."),
    "one-a-slot": marked("%(pieces)s would be in one slot."),
    "reserved": marked("%(pieces)s would run into starts that the station keeps."),
    "limits": marked(
        "%(pieces)s may not be there: it begins too soon, or the channel's language, the hours for "
        "adults, times that were ruled out, a ban or the worth of a makegood is against it."
    ),
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


def said(found: Violation, problem: Problem, who: Mapping[str, str]) -> str:
    """One broken rule for people; `who` says which piece each id of the problem is."""
    if found.rule not in SAID:
        return found.sentence
    pieces = ", ".join(who.get(name, name) for name in dict.fromkeys(found.ids))
    rules = problem.rules
    return _(
        SAID[found.rule],
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
