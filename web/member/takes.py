"""What a member sees and hears of the piece that a right asks for, and how it was made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from station import went_out
from station.languages import gettext as _
from station.languages import marked
from station.recordings import (
    Master,
    Recording,
    preview_at,
    recording_of,
    waveform_at,
)
from station.retake import can_retake
from station.settings import Settings
from station.treatment import Ident, Treatment
from web import waveform
from web.member.cards import Card
from web.member.stages import Stage
from web.words import clock_length

# A page that shows many weeks draws the sound of the first ones alone.
MOST_DRAWN = 4
WORTH_TELLING_DB = 1.0
# What a verdict says of the gain already.
TOLD_GAIN = "lifted"
FILL = marked("The station's fill follows.")
FOLLOWS = {
    "again": marked("It is heard again after that."),
    "another": marked("Your other piece follows."),
    "bed": FILL,
    "ident": FILL,
    "promo": FILL,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece as it will air. `plain` is the preview of how it was sent, where it was changed.

    `recording_id` is the upload that may be taken again with another treatment, if any; `drawn`
    is how loud it is, moment by moment.
    """

    recording_id: int | None
    treatment: Treatment
    preview: str
    preview_bytes: int
    plain: str | None
    told: str
    drawn: waveform.Drawn | None

    @property
    def changed(self) -> str:
        """What was done to it, in words: evened out, without hum, or both; empty when nothing."""
        match self.treatment.level, self.treatment.clean:
            case True, True:
                return _("evened out and without hum")
            case True, False:
                return _("evened out")
            case False, True:
                return _("without hum")
        return ""


def heard(
    session: Session, settings: Settings, cards: Sequence[Card], now: datetime
) -> dict[int, Heard]:
    """What can be heard of each card's piece, by its right."""
    found: dict[int, Heard] = {}
    for card in cards:
        master = None if card.request is None else card.request.master
        if card.request is not None and master is not None and master.preview_sha256 is not None:
            asked = card.request.recording_id
            recording = session.get(Recording, asked) if asked is not None else None
            # A piece of an earlier week that airs again is changed nowhere.
            own = recording if recording and recording.right_id == card.right_id else None
            again = own and can_retake(session, settings, own, now)
            found[card.right_id] = _heard(
                settings,
                recording,
                master,
                recording_id=asked if again else None,
                draws=len(found) < MOST_DRAWN,
            )
    return found


def clipped(session: Session, settings: Settings, cards: Sequence[Card]) -> frozenset[int]:
    """The rights whose piece can be heard as it went out."""
    folder, found = settings.recordings_folder, set()
    for card in cards:
        if card.stage is Stage.AIRED and card.request is not None:
            mine = went_out.heard_of(session, [card.right_id], card.request.account_id)
            outcome = mine.get(card.right_id)
            if outcome and recording_of(folder, outcome.channel, outcome.slot_number):
                found.add(card.right_id)
    return frozenset(found)


def _heard(
    settings: Settings,
    recording: Recording | None,
    master: Master,
    *,
    recording_id: int | None,
    draws: bool,
) -> Heard:
    preview = master.preview_sha256 or ""
    place = preview_at(settings.media_folder, preview)
    treatment = recording.chosen if recording is not None else Treatment()
    changed = treatment.level or treatment.clean
    return Heard(
        recording_id=recording_id,
        treatment=treatment,
        preview=preview,
        preview_bytes=place.stat().st_size if place.exists() else 0,
        plain=master.facts.get("plain_preview_sha256") if changed else None,
        told=told(master.facts, recording.codes, treatment) if recording else "",
        drawn=_drawn(waveform_at(settings.media_folder, master.sha256), master) if draws else None,
    )


def told(facts: Mapping[str, Any], codes: Sequence[str], treatment: Treatment) -> str:
    """What became of a piece, in short sentences; empty where nothing is known of it."""
    if facts.get("piece_ms") is None:
        return ""
    return " ".join((*_order(facts), *_missing_ident(facts, treatment), *_gain(facts, codes)))


def _order(facts: Mapping[str, Any]) -> Iterator[str]:
    """What comes when in its slot."""
    length = clock_length(facts["piece_ms"] / 1000)
    if facts.get("ident_ms"):
        yield _("Announced, it lasts %(length)s.", length=length)
    else:
        yield _("It lasts %(length)s.", length=length)
    yield from dict.fromkeys(_(said) for said in _follows(facts))


def _missing_ident(facts: Mapping[str, Any], treatment: Treatment) -> Iterator[str]:
    chosen = treatment.ident != Ident.NONE and treatment.part <= 1
    if chosen and facts.get("ident_ms") == 0:
        yield _("It is not announced: what you chose for that is too long, or can't be heard.")


def _gain(facts: Mapping[str, Any], codes: Sequence[str]) -> Iterator[str]:
    gain_db = facts.get("gain_db") or 0.0
    if abs(gain_db) < WORTH_TELLING_DB or TOLD_GAIN in codes:
        return
    if gain_db > 0:
        yield _("We made it %(gain)s dB louder.", gain=f"{gain_db:.0f}")
    else:
        yield _("We made it %(gain)s dB quieter.", gain=f"{-gain_db:.0f}")


def _follows(facts: Mapping[str, Any]) -> Iterator[str]:
    """What is said of what comes after the piece, in order."""
    after = False
    for cue in facts.get("cues", ()):
        if after and cue["kind"] in FOLLOWS:
            yield FOLLOWS[cue["kind"]]
        after = after or cue["kind"] == "piece"


def _drawn(file: Path, master: Master) -> waveform.Drawn | None:
    try:
        pairs = file.read_bytes()
    except FileNotFoundError:
        return None
    facts, whole_ms = master.facts, master.duration_ms
    ends_ms = facts.get("ident_ms", 0) + (facts.get("piece_ms") or whole_ms)
    share = ends_ms / whole_ms
    return waveform.drawn(pairs, share)
