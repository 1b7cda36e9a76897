"""Whoever has a recording's receipt reads what became of it, for as long as it is kept."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import receipt_codes, rights
from station.airtime import Week
from station.languages import gettext as _
from station.languages import marked
from station.ledger import Right
from station.recordings import Recording, RecordingState, spread_waits
from web.member.area import member_area
from web.member.cards import Card, cards, findings_of
from web.member.page import draw
from web.session import me, now, station

STANDS = {
    RecordingState.RECEIVED: marked("We have it and are checking it."),
    RecordingState.ACCEPTED: marked("It can air, and something else airs in its place."),
    RecordingState.REJECTED: marked("It can't air."),
    RecordingState.REPLACED: marked("Another one was sent in its place."),
    RecordingState.WITHDRAWN: marked("It was withdrawn."),
}
WITHDRAWN = marked("It can air, and was withdrawn.")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A recording with its week, what was found in it, and its card while it is what airs.

    `became` says in English what became of it, when it is not what airs.
    """

    recording: Recording
    week: Week
    findings: tuple[str, ...]
    card: Card | None
    became: str

    @property
    def stands(self) -> str:
        """What became of it, in a sentence."""
        if self.card is None:
            return _(self.became)
        return _("It can air. Its week: %(stage)s.", stage=self.card.stage.said)


area = member_area("receipts", draw, "/receipt")


@area.get("/<code>")
def page(code: str) -> ResponseReturnValue:
    """What became of a recording. Operators may look at anybody's."""
    who = None if me().operator else me().account_id
    with station().database.reading() as session:
        found = _receipt(session, receipt_codes.find(session, code, who))
    return render_template("member/receipt.html", receipt=found)


def _receipt(session: Session, recording: Recording) -> Receipt:
    settings = station().settings
    week = session.get_one(Right, recording.right_id).parsed_week(settings.zone)
    found = cards(session, settings, recording.account_id, [week], now())
    airs = (card for card in found if card.request and card.request.recording_id == recording.id)
    became = _became(session, recording)
    return Receipt(recording, week, findings_of(recording), next(airs, None), became)


def _became(session: Session, recording: Recording) -> str:
    """What became of a recording that is not what airs."""
    state = RecordingState(recording.state)
    if state is not RecordingState.ACCEPTED or rights.open_request(session, recording.right_id):
        return STANDS[state]
    waits = spread_waits(session, recording.right_id)
    return STANDS[RecordingState.RECEIVED] if waits else WITHDRAWN
