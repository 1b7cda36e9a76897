"""A member chooses what everybody may see and hear of them, and reads what listeners wrote."""

from collections.abc import Mapping

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import listen_again, postcards, profiles, thanks
from station.errors import Refusal
from station.languages import gettext as _
from station.postcards import LONGEST_WORDS as LONGEST_ANSWER
from station.profiles import LONGEST_WORDS, Choice, Profile
from station.rights import Request
from web.member.area import member_area
from web.member.forms import TICKED
from web.session import act_once, me, now, station

TICKS = ("shown", "with_place", "with_coming", "with_past", "takes_postcards", "again")


def draw(problem: str = "") -> str:
    """What is shown of me, what can be heard again, and what listeners sent."""
    settings, mine = station().settings, me().account_id
    with station().database.reading() as session:
        chosen = profiles.of(session, mine)
        aired = profiles.past(session, settings, Request.account_id == mine)
        said = thanks.of_requests(session, [one.request_id for one in aired])
        all_thanks = thanks.of_account(session, mine)
        withheld = listen_again.withheld_of(session, mine)
        cards = postcards.of_account(session, mine)
    return render_template(
        "member/voice.html",
        problem=problem,
        typed=_typed(chosen),
        chosen=chosen,
        aired=aired,
        thanks=said,
        all_thanks=all_thanks,
        withheld=withheld,
        cards=cards,
        longest_words=LONGEST_WORDS,
        longest_answer=LONGEST_ANSWER,
    )


area = member_area("voice", draw, "/member/voice")


@area.get("/")
def page() -> ResponseReturnValue:
    """What is shown of me, and what listeners sent."""
    return draw()


@area.post("/")
def choose() -> ResponseReturnValue:
    """Choose what everybody may see and hear of me."""
    ticks = {name: request.form.get(name) == TICKED for name in TICKS}
    choice = Choice(words=request.form.get("words", ""), **ticks)

    def act(session: Session) -> str:
        profiles.choose(session, me().account_id, choice, now())
        if choice.shown:
            return _("Kept. Everybody can see your page.")
        return _("Kept. You have no page that others can see.")

    return act_once(act, url_for("voice.page"))


@area.post("/pieces/<int:request_id>/withhold")
def withhold(request_id: int) -> ResponseReturnValue:
    """Take one piece away from what can be heard again."""

    def act(session: Session) -> str:
        asked = _mine(session, request_id)
        listen_again.withhold(session, asked, me().account_id, now())
        return _("“%(title)s” can't be heard again any more.", title=asked.title)

    return act_once(act, url_for("voice.page", _anchor="pieces"))


@area.post("/pieces/<int:request_id>/offer")
def offer(request_id: int) -> ResponseReturnValue:
    """Let one piece be heard again that was taken away here."""

    def act(session: Session) -> str:
        asked = _mine(session, request_id)
        listen_again.offer(session, asked, me().account_id)
        return _("“%(title)s” can be heard again.", title=asked.title)

    return act_once(act, url_for("voice.page", _anchor="pieces"))


@area.post("/postcards/<int:card_id>/answer")
def answer(card_id: int) -> ResponseReturnValue:
    """Answer whoever wrote, through the station."""
    words = request.form.get("words", "")

    def act(session: Session) -> str:
        card = postcards.answer(session, station().settings, me(), card_id, words, now())
        return _("Your answer is on its way to %(name)s.", name=card.name)

    return act_once(act, url_for("voice.page", _anchor="postcards"))


@area.post("/postcards/<int:card_id>/block")
def block(card_id: int) -> ResponseReturnValue:
    """Take nothing more from whoever wrote."""

    def act(session: Session) -> str:
        card = postcards.turn_away(session, me(), card_id)
        return _("You get nothing more from %(name)s.", name=card.name)

    return act_once(act, url_for("voice.page", _anchor="postcards"))


@area.post("/postcards/<int:card_id>/report")
def report(card_id: int) -> ResponseReturnValue:
    """Take nothing more from whoever wrote, and let the operators read it."""

    def act(session: Session) -> str:
        card = postcards.report(session, me(), card_id, now())
        return _(
            "The operators will read what %(name)s wrote, and you get no more of it.",
            name=card.name,
        )

    return act_once(act, url_for("voice.page", _anchor="postcards"))


def _mine(session: Session, request_id: int) -> Request:
    """A request of whoever is signed in. Raises Refusal `recording-not-yours`."""
    found = session.get(Request, request_id)
    if found is None or found.account_id != me().account_id:
        raise Refusal("recording-not-yours")
    return found


def _typed(chosen: Profile | None) -> Mapping[str, str]:
    """The choice as it is, or as it was typed when that was refused."""
    if "choosing" in request.form:
        return request.form
    if chosen is None:
        return {}
    ticked = {name: TICKED if getattr(chosen, name) else "" for name in TICKS}
    return {"words": chosen.words, **ticked}
