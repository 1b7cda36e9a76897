"""The member's page: look, send, dedicate, give, sell, withdraw, answer offers."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import rights
from station.airtime import Week
from station.errors import Refusal
from station.ledger import require_holder
from station.market import gifts, offers, sales
from station.recordings import Recording, preview_at
from station.statement import sentence, statement
from web import refusals, words
from web.member import forms
from web.member.answers import answers
from web.member.cards import cards
from web.member.offers import deals_from, deals_to, listed
from web.session import act_once, me, now, require_person, station
from web.upload import ACCEPT, keep_upload

WEEKS_SHOWN = 4
MOST_WEEKS = 53
VOICE_NOTE_KILOBITS = 24
PIECE_KEPT_SECONDS = 3600

area = Blueprint("member", __name__, url_prefix="/member", template_folder="templates")
area.before_request(require_person)


@area.url_defaults
def _keep_looking_ahead(_: str, values: dict[str, Any]) -> None:
    """Whoever looks further ahead still does after sending a form."""
    if (weeks := request.args.get("weeks", type=int)) is not None:
        values.setdefault("weeks", weeks)


@area.get("/")
def page() -> ResponseReturnValue:
    """Answers first, then a card for each right of the next weeks."""
    return _draw()


@area.get("/statement")
def statement_page() -> ResponseReturnValue:
    """What became of every five minutes this person ever had."""
    settings = station().settings
    with station().database.reading() as session:
        lines = statement(session, settings, me().account_id)
    told = [(Week.parse(line.week, settings.zone), sentence(line, settings)) for line in lines]
    return render_template("member/statement.html", lines=told)


@area.post("/rights/<int:right_id>/recording")
def send(right_id: int) -> ResponseReturnValue:
    """Take a recording, and promise to check it."""
    settings, account_id = station().settings, me().account_id
    said = forms.read_recording(request.form)
    with station().database.reading() as session:
        rights.require_open(require_holder(session, right_id, account_id), settings, now())
    upload = keep_upload(request.files.get("file"), settings)

    def act(session: Session) -> str:
        recording = Recording(
            account_id=account_id,
            title=said.title,
            language=said.language,
            adult=said.adult,
            fade_out=said.fade_out,
            permission=True,
            file_name=upload.file_name,
            upload_sha256=upload.sha256,
            upload_bytes=upload.size,
        )
        rights.receive(session, settings, right_id, recording, said.wishes, now())
        return f"We have your recording ({words.megabytes(upload.size)}) and are checking it."

    return act_once(act, _back(right_id))


@area.post("/rights/<int:right_id>/silence")
def dedicate(right_id: int) -> ResponseReturnValue:
    """Dedicate a right to silence for a cause."""
    cause, wishes = forms.read_text(request.form, "cause"), forms.read_wishes(request.form)

    def act(session: Session) -> str:
        settings, who = station().settings, me().account_id
        rights.dedicate(session, settings, right_id, who, cause, wishes, now())
        length = words.length(settings.station.slot_seconds)
        return f"Your {length} are dedicated to silence for {cause}."

    return act_once(act, _back(right_id))


@area.post("/rights/<int:right_id>/gift")
def give(right_id: int) -> ResponseReturnValue:
    """Offer a right to a friend."""
    email = forms.read_text(request.form, "email", "email address of your friend")

    def act(session: Session) -> str:
        gifts.give(session, station().settings, [right_id], me().account_id, email, now())
        return f"Offered to {email}. They are your friend's once accepted."

    return act_once(act, url_for("member.page", _anchor="offers"))


@area.post("/rights/<int:right_id>/sale")
def sell(right_id: int) -> ResponseReturnValue:
    """List a right on the market."""
    cents = words.cents(forms.read_text(request.form, "price"))

    def act(session: Session) -> str:
        settings = station().settings
        sales.sell(session, settings, [right_id], me().account_id, cents, now())
        return f"For sale at {words.money(cents, settings.station.currency)}."

    return act_once(act, url_for("member.page", _anchor="offers"))


@area.post("/rights/<int:right_id>/withdrawal")
def withdraw(right_id: int) -> ResponseReturnValue:
    """Let a right ask for nothing again."""

    def act(session: Session) -> str:
        rights.withdraw_request(session, station().settings, right_id, me().account_id, now())
        return "Withdrawn. Nothing will air in these minutes unless you send something."

    return act_once(act, _back(right_id))


@area.get("/rights/<int:right_id>/piece")
def piece(right_id: int) -> Response:
    """The piece as it will air, for whoever asked for it, in ranges as players want it."""
    with station().database.reading() as session:
        asked = rights.open_request(session, right_id)
        if asked is None or asked.account_id != me().account_id:
            raise Refusal("recording-not-yours")
        sha256 = asked.master.preview_sha256 if asked.master else None
    file = preview_at(station().settings.media_folder, sha256) if sha256 else None
    if file is None or not file.exists():
        abort(404)
    answer = send_file(
        file, "audio/mpeg", conditional=True, etag=sha256 or "", max_age=PIECE_KEPT_SECONDS
    )
    answer.cache_control.private = True
    return answer


@area.post("/offers/<int:offer_id>/accept")
def accept(offer_id: int) -> ResponseReturnValue:
    """Accept a gift."""

    def act(session: Session) -> str:
        offer = gifts.accept(session, station().settings, offer_id, me(), now())
        length = words.length(station().settings.station.slot_seconds)
        return f"Yours: {length} of {listed(offer)}."

    return act_once(act, url_for("member.page"))


@area.post("/offers/<int:offer_id>/refuse")
def refuse(offer_id: int) -> ResponseReturnValue:
    """Refuse a gift."""

    def act(session: Session) -> str:
        gifts.refuse(session, station().settings, offer_id, me(), now())
        return "Refused. It is back with its giver."

    return act_once(act, url_for("member.page"))


@area.post("/offers/<int:offer_id>/withdraw")
def take_back(offer_id: int) -> ResponseReturnValue:
    """Take back an offer that nobody took."""

    def act(session: Session) -> str:
        offer = offers.withdraw(session, offer_id, me(), now())
        return f"Taken back: {listed(offer)} is in your hands again."

    return act_once(act, url_for("member.page"))


@area.post("/offers/<int:offer_id>/received")
def received(offer_id: int) -> ResponseReturnValue:
    """Say that a buyer's money came; the right is theirs."""

    def act(session: Session) -> str:
        offer = sales.received(session, station().settings, offer_id, me(), now())
        return f"Thank you: {listed(offer)} belongs to its buyer now."

    return act_once(act, url_for("member.page"))


def _back(right_id: int) -> str:
    return url_for("member.page", _anchor=f"right-{right_id}")


def _draw(problem: str = "") -> str:
    settings, account_id = station().settings, me().account_id
    count = min(max(request.args.get("weeks", WEEKS_SHOWN, type=int), 1), MOST_WEEKS)
    this = Week.of(now(), settings.zone)
    weeks = [this.plus(n) for n in range(count)]
    with station().database.reading() as session:
        found = cards(session, settings, account_id, weeks, now())
        to_me = deals_to(session, settings, account_id)
        from_me = deals_from(session, settings, account_id)
    return render_template(
        "member/page.html",
        problem=problem,
        answers=answers(found, settings, now()),
        cards=found,
        to_me=to_me,
        from_me=from_me,
        more=count + 8 if count < MOST_WEEKS else None,
        accept=ACCEPT,
        refused=(request.view_args or {}).get("right_id"),
        typed=request.form,
        longest_title=rights.LONGEST_TITLE,
        longest_cause=rights.LONGEST_CAUSE,
        note_bytes=settings.station.slot_seconds * VOICE_NOTE_KILOBITS * 1000 / 8,
    )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
