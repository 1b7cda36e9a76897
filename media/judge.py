"""What was measured in an upload decides, with the station's numbers, what a member is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from media.channels import Layout
from media.master import MOST_GAIN_DB
from media.probe import Claims
from media.verdict import Finding, clock, found
from station.sections import AudioSection
from station.treatment import Long, Treatment

# We decode so much more than a slot, to say by how much a recording is too long.
BEYOND_SLOT_SECONDS = 30.0
# Less than this over is cut without a word.
OVER_SECONDS = 0.1
LEAST_SECONDS = 5.0
# A part of an upload is missing when it is shorter than it claims by more than both.
MISSING_SECONDS, MISSING_SHARE = 0.5, 0.02
LEAST_ACTIVE_SHARE = 0.2
WORTH_TELLING_CUT_MS = 1000
WORTH_TELLING_GAIN_DB = 12.0
# Most codecs' packets last 20 to 26 ms.
PACKET_SECONDS = 0.025
UNREADABLE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a master must be, and what the member chose about it."""

    slot_seconds: float
    audio: AudioSection = field(default_factory=AudioSection)
    treatment: Treatment = field(default_factory=Treatment)

    @property
    def fade_out(self) -> bool:
        """Whether a recording that is too long is cut."""
        return self.treatment.long == Long.FADE

    @property
    def least_seconds(self) -> float:
        """The shortest recording that is taken: 5 s, less where slots are very short."""
        return min(LEAST_SECONDS, self.slot_seconds / 2)

    @property
    def decoded_seconds(self) -> float:
        """How much of an upload is decoded at most."""
        return self.slot_seconds + BEYOND_SLOT_SECONDS


@dataclass(frozen=True, slots=True)
class Heard:
    """What was found in a sound; loudness is minus infinity where there is none."""

    claims: Claims
    decoded_seconds: float
    bad_packets: int
    layout: Layout
    piece_seconds: float
    active_seconds: float
    cut_ms: int
    integrated_lufs: float
    true_peak_dbtp: float
    clipped: bool


def judge(heard: Heard, wanted: Wanted) -> tuple[Finding, ...]:
    """Every finding about a sound; what stops it comes first."""
    stopping = tuple(_stops(heard, wanted))
    return stopping + tuple(_notices(heard, wanted))


def _stops(heard: Heard, wanted: Wanted) -> Iterator[Finding]:
    decoded = heard.decoded_seconds
    if heard.bad_packets * PACKET_SECONDS > decoded * UNREADABLE_SHARE:
        yield found("unreadable")
        return
    whole = _claimed_whole(heard)
    if decoded >= wanted.decoded_seconds - OVER_SECONDS:
        if not wanted.fade_out:
            yield _far_too_long(heard, wanted)
        return
    if whole is not None:
        yield found("truncated", arrived=clock(decoded), whole=clock(whole))
    if heard.active_seconds == 0 or heard.integrated_lufs == float("-inf"):
        yield found("inaudible")
        return
    needed = wanted.audio.target_lufs - heard.integrated_lufs
    if needed > MOST_GAIN_DB:
        yield found("too-quiet", under=f"{needed - MOST_GAIN_DB:.0f}")
    elif heard.active_seconds < LEAST_ACTIVE_SHARE * decoded:
        yield found("mostly-silent", length=clock(heard.active_seconds), whole=clock(decoded))
    if heard.piece_seconds < wanted.least_seconds:
        length, least = clock(heard.piece_seconds), clock(wanted.least_seconds)
        yield found("too-short", length=length, least=least)
    over = heard.piece_seconds - wanted.slot_seconds
    if over > OVER_SECONDS and not wanted.fade_out:
        length, limit = clock(heard.piece_seconds), clock(wanted.slot_seconds)
        yield found("too-long", over=clock(over), length=length, limit=limit)


def _far_too_long(heard: Heard, wanted: Wanted) -> Finding:
    claimed = heard.claims.seconds
    known = claimed is not None and claimed >= heard.decoded_seconds
    length = clock(claimed) if known and claimed else f"more than {clock(wanted.decoded_seconds)}"
    return found("far-too-long", length=length, limit=clock(wanted.slot_seconds))


def _claimed_whole(heard: Heard) -> float | None:
    """How long a recording would be if all of it had arrived; None when all of it did."""
    decoded, claims = heard.decoded_seconds, heard.claims
    if claims.arrived < 1 - MISSING_SHARE:
        return decoded / claims.arrived
    if not claims.exact or claims.seconds is None:
        return None
    missing = claims.seconds - decoded
    if missing > max(MISSING_SECONDS, claims.seconds * MISSING_SHARE):
        return claims.seconds
    return None


def _notices(heard: Heard, wanted: Wanted) -> Iterator[Finding]:
    if 0 < heard.bad_packets * PACKET_SECONDS <= heard.decoded_seconds * UNREADABLE_SHARE:
        yield found("damaged", length=clock(heard.bad_packets * PACKET_SECONDS))
    if heard.clipped:
        yield found("clipped")
    if heard.layout is Layout.DEAD_CHANNEL:
        yield found("one-channel")
    if heard.layout is Layout.ANTIPHASE:
        yield found("antiphase")
    if heard.cut_ms >= WORTH_TELLING_CUT_MS:
        yield found("trimmed", length=clock(heard.cut_ms / 1000))
    gain = wanted.audio.target_lufs - heard.integrated_lufs
    if WORTH_TELLING_GAIN_DB <= gain <= MOST_GAIN_DB:
        yield found("lifted", gain=f"{gain:.0f}")
    if wanted.fade_out and heard.piece_seconds > wanted.slot_seconds + OVER_SECONDS:
        yield found("faded-out", limit=clock(wanted.slot_seconds))
