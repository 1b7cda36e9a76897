"""The member's page answers first, then shows offers and a card for each right."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from station import arrivals, causes, presentation, rights
from station.airtime import Week
from station.ledger import held
from station.recordings import LONGEST_MUSIC
from web.deals import deals_from, deals_to
from web.member.answers import answers, to_unfold
from web.member.area import member_area
from web.member.cards import Card, cards
from web.member.checks import steps
from web.member.choices import choices
from web.member.takes import clipped, heard
from web.membership.standing import answer, standing
from web.places import proposals
from web.session import me, now, station
from web.upload import ACCEPT

WEEKS_SHOWN = 4
MOST_WEEKS = 53
# Of whoever looks a year ahead, later cards are rows that lead to them: data costs money.
MOST_WHOLE = 10


def draw(problem: str = "") -> str:
    """The page as whoever is signed in sees it, with what was typed when it was refused."""
    settings, account_id = station().settings, me().account_id
    count = min(max(request.args.get("weeks", WEEKS_SHOWN, type=int), 1), MOST_WEEKS)
    this = Week.of(now(), settings.zone)
    weeks = [this.plus(n) for n in range(count)]
    with station().database.reading() as session:
        found = cards(session, settings, account_id, weeks, now())
        offered = choices(session, settings, account_id, found, now())
        to_me = deals_to(session, settings, account_id)
        from_me = deals_from(session, settings, account_id)
        swaps_to_me, swaps_from_me = proposals(session, settings, account_id)
        listed = causes.listed(session)
        usual = presentation.of(session, account_id)
        unfolded = _unfolded(found)
        whole = [one for at, one in enumerate(found) if at < MOST_WHOLE or one in unfolded]
        sounds, doing = heard(session, settings, whole, now()), steps(session, whole, now())
        clips = clipped(session, settings, whole)
        beyond = any(right.week > str(weeks[-1]) for right in held(session, account_id))
        arrived = arrivals.waiting(session, me().id, now())
        membership = standing(session, me(), now())
    refused = request.view_args or {}
    return render_template(
        "member/page.html",
        problem=problem,
        answers=answers(found, settings, now()),
        membership=answer(membership, settings, now()) if membership.under_way else None,
        joins=membership.membership is None,
        cards=found,
        whole=whole,
        unfolded=unfolded,
        choices=offered,
        to_me=to_me,
        from_me=from_me,
        more=count + 8 if beyond and count < MOST_WEEKS else None,
        swaps_to_me=swaps_to_me,
        swaps_from_me=swaps_from_me,
        causes=listed,
        usual=usual,
        heard=sounds,
        clips=clips,
        steps=doing,
        accept=ACCEPT,
        arrived=arrived,
        refused=refused.get("right_id"),
        refused_offer=refused.get("offer_id"),
        typed=request.form,
        longest_title=rights.LONGEST_TITLE,
        longest_music=LONGEST_MUSIC,
        longest_cause=rights.LONGEST_CAUSE,
    )


def _unfolded(found: Sequence[Card]) -> list[Card]:
    """The cards that lie open: those just dealt with, or else the one that matters."""
    refused, at = (request.view_args or {}).get("right_id"), request.args.get("at")
    dealt_with = [one for one in found if one.right_id == refused or f"right-{one.right_id}" == at]
    return dealt_with or to_unfold(found)


area = member_area("member", draw)


@area.get("/")
def page() -> ResponseReturnValue:
    """Answers first, then a card for each right of the next weeks."""
    return draw()
