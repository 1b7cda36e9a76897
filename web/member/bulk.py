"""Many weeks at once: chosen by a pattern, ticked, and then given, sold or kept silent together."""

from collections.abc import Callable, Collection
from typing import TypeVar

import sqlalchemy as sa
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import causes, lengths, rights, using
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.languages import marked
from station.ledger import Right, held
from station.market.selection import choose
from station.moments import week_name
from web.ids import read_ids
from web.member import forms
from web.member.area import member_area, page_at
from web.member.cards import Card, cards
from web.member.giving import linking, offering, tell_link
from web.member.selling import listing
from web.member.stages import Stage
from web.proof import proven
from web.session import act_once, me, now, station

T = TypeVar("T")
STEPS = (
    marked("Every week"),
    marked("Every second week"),
    marked("Every third week"),
    marked("Every fourth week"),
)
# What a pattern of weeks is asked for with.
PATTERN = {"from", "to", "every"}


def draw(problem: str = "") -> str:
    """The chosen weeks and what can be done with them; without any, the weeks to choose from."""
    ids = _ticked()
    chosen = [card for card in _movable() if card.right_id in ids]
    if not chosen:
        return _draw_weeks([], problem)
    with station().database.reading() as session:
        listed = causes.listed(session)
    return render_template(
        "member/chosen.html",
        problem=problem,
        chosen=chosen,
        weeks=[card.week for card in chosen],
        causes=listed,
        longest_cause=rights.LONGEST_CAUSE,
        typed=request.form,
    )


area = member_area("bulk", draw, "/member/bulk")


@area.get("/")
def page() -> ResponseReturnValue:
    """The weeks that can be passed on; those of a pattern that was asked for are ticked.

    What is in use is ticked by its holder alone.
    """
    asked, found = request.args, _movable()
    if not found or not PATTERN & asked.keys():
        return _draw_weeks([])
    movable = {card.right_id for card in found}
    used = {card.right_id for card in found if card.stage is not Stage.EMPTY}
    with station().database.reading() as session:
        mine = [right for right in held(session, me().account_id) if right.id in movable]
    pattern = choose(
        mine,
        station().settings,
        first=asked.get("from") or None,
        last=asked.get("to") or None,
        every=min(max(asked.get("every", 1, type=int), 1), len(STEPS)),
    )
    return _draw_weeks({right.id for right in pattern} - used)


@area.get("/chosen")
def chosen() -> ResponseReturnValue:
    """What can be done with the ticked weeks."""
    if not _ticked():
        raise WrongInput("rights-missing")
    return draw()


@area.post("/gift")
@proven
def give() -> ResponseReturnValue:
    """Offer the weeks to somebody here."""
    return act_once(_naming(offering(_ticked())), page_at("offers"))


@area.post("/link")
@proven
def give_by_link() -> ResponseReturnValue:
    """Offer the weeks to a friend who is not here yet."""
    return tell_link(_naming(linking(_ticked())))


@area.post("/sale")
@proven
def sell() -> ResponseReturnValue:
    """Sell the weeks together at one price."""
    return act_once(_naming(listing(_ticked())), page_at("offers"))


@area.post("/silence")
def dedicate() -> ResponseReturnValue:
    """Dedicate each of the weeks to silence for one cause."""
    ids, cause = _ticked(), forms.read_cause(request.form)
    if not ids:
        raise WrongInput("rights-missing")

    def act(session: Session) -> str:
        settings, who = station().settings, me().account_id
        asked = [
            using.dedicate(session, settings, right_id, who, cause, [], now()) for right_id in ids
        ]
        weeks = [one.right.parsed_week(settings.zone) for one in asked]
        first = week_name(min(weeks, key=str), now())
        facts = {"cause": cause, "weeks": lengths.weeks(len(weeks)), "week": first}
        return _("Silence for %(cause)s in %(weeks)s, the first in %(week)s.", **facts)

    return act_once(_naming(act), url_for("member.page"))


def _naming(act: Callable[[Session], T]) -> Callable[[Session], T]:
    """The same act; when a right is no longer held, its refusal names which.

    Raises Refusal `right-elsewhere`.
    """
    ids = _ticked()

    def acting(session: Session) -> T:
        mine = {right.id for right in held(session, me().account_id)}
        elsewhere = sa.select(Right).where(Right.id.in_(set(ids) - mine)).order_by(Right.week)
        if gone := session.scalars(elsewhere).all():
            raise Refusal("right-elsewhere", right=", ".join(map(str, gone)))
        return act(session)

    return acting


def _ticked() -> list[int]:
    """The ids of the rights that were ticked."""
    return sorted(set(read_ids(request.values, "right")))


def _movable() -> list[Card]:
    """The cards of what may be passed on now, earliest first."""
    settings, account_id = station().settings, me().account_id
    with station().database.reading() as session:
        mine = held(session, account_id)
        weeks = {right.week: right.parsed_week(settings.zone) for right in mine}
        found = cards(session, settings, account_id, list(weeks.values()), now())
    return [card for card in found if card.movable]


def _draw_weeks(ticked: Collection[int], problem: str = "") -> str:
    found = _movable()
    return render_template(
        "member/bulk.html",
        problem=problem,
        cards=found,
        weeks=list(dict.fromkeys(card.week for card in found)),
        ticked=ticked,
        steps=STEPS,
        asked=request.args,
    )
