"""What was measured in an upload decides, with the station's numbers, what a member is told."""

from collections.abc import Iterator
from dataclasses import dataclass

from media.channels import Layout
from media.master import MOST_GAIN_DB
from media.probe import Claims
from media.samples import RATE_HZ
from media.verdict import Finding, found
from media.wanted import Wanted

# Less than this over is cut without a word.
OVER_SECONDS = 0.1
# Encoders add or drop up to this much, and no member misses it.
MISSING_SECONDS = 0.5
LEAST_ACTIVE_SHARE = 0.2
WORTH_TELLING_CUT_MS = 1000
WORTH_TELLING_GAIN_DB = 12.0
WORTH_TELLING_LOST_SECONDS = 0.02
LEAST_TOLD_SECONDS = 0.1
# Most codecs' packets last 20 to 26 ms, FLAC's up to 120.
PACKET_SECONDS, LONGEST_PACKET_SECONDS = 0.025, 0.12
# Less of a file than this says nothing about how long it was.
LEAST_SHARE = 1e-3
TOO_DAMAGED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Heard:
    """What was found in a sound; loudness is minus infinity where there is none.

    `bad_packets` could not be decoded, and `broken_samples` came out as no samples at all.
    """

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
    offset: bool = False
    broken_samples: int = 0
    hum: bool = False
    rumble: bool = False

    @property
    def lost_seconds(self) -> float:
        """How much of what arrived could not be read."""
        return self.bad_packets * PACKET_SECONDS + self.broken_samples / RATE_HZ

    @property
    def kept_seconds(self) -> float:
        """How much could be read."""
        return self.decoded_seconds - self.broken_samples / RATE_HZ


def judge(heard: Heard, wanted: Wanted) -> tuple[Finding, ...]:
    """Every finding about a sound; what stops it comes first."""
    lost, kept = _lost_seconds(heard), heard.kept_seconds
    if heard.lost_seconds > kept:
        return (found("unreadable"),)
    if lost > kept * TOO_DAMAGED_SHARE:
        return (found("too-damaged", lost_seconds=lost, kept_seconds=kept),)
    stopping = tuple(_stops(heard, wanted))
    # What can't air was not put right: only what helps to send a better one is told.
    righted = () if stopping else tuple(_righted(heard, wanted))
    return (*stopping, *_damage(heard), *_noticed(heard, wanted), *righted)


def _stops(heard: Heard, wanted: Wanted) -> Iterator[Finding]:
    decoded = heard.decoded_seconds
    end_unheard = decoded >= wanted.decoded_seconds - OVER_SECONDS
    if end_unheard and not wanted.fade_out:
        yield _far_too_long(heard, wanted)
        return
    whole = None if end_unheard else _whole_seconds(heard)
    if whole is not None:
        yield found("truncated", arrived_seconds=decoded, whole_seconds=whole)
    if heard.active_seconds == 0 or heard.integrated_lufs == float("-inf"):
        yield found("inaudible")
        return
    needed = wanted.audio.target_lufs - heard.integrated_lufs
    if needed > MOST_GAIN_DB:
        yield found("too-quiet", under=f"{needed - MOST_GAIN_DB:.0f}")
    elif heard.active_seconds < LEAST_ACTIVE_SHARE * decoded:
        yield found("mostly-silent", length_seconds=heard.active_seconds, whole_seconds=decoded)
    yield from _length(heard.piece_seconds, wanted)


def _length(seconds: float, wanted: Wanted) -> Iterator[Finding]:
    """Whether a trimmed piece is too short or too long."""
    if seconds < wanted.least_seconds:
        yield found("too-short", length_seconds=seconds, least_seconds=wanted.least_seconds)
    if wanted.treatment.part > 1 and seconds <= wanted.room_seconds + OVER_SECONDS:
        yield found("one-part", length_seconds=seconds)
    if seconds - wanted.limit_seconds > OVER_SECONDS and not wanted.fade_out:
        yield _too_long(seconds, wanted)


def _far_too_long(heard: Heard, wanted: Wanted) -> Finding:
    """What is said of a recording that was not decoded to its end."""
    claimed, limit = heard.claims.seconds, wanted.limit_seconds
    if claimed is None or claimed < heard.decoded_seconds:
        code = "endless-for-two" if wanted.spread else "endless"
        return found(code, heard_seconds=heard.decoded_seconds, limit_seconds=limit)
    if not wanted.spread and claimed <= wanted.room_seconds * 2:
        return _too_long(claimed, wanted)
    return found("far-too-long", length_seconds=claimed, limit_seconds=limit)


def _too_long(seconds: float, wanted: Wanted) -> Finding:
    return found(
        "too-long-for-two" if wanted.spread else "too-long",
        over_seconds=seconds - wanted.limit_seconds,
        length_seconds=seconds,
        limit_seconds=wanted.limit_seconds,
    )


def _whole_seconds(heard: Heard) -> float | None:
    """How long a recording would be if all of it had arrived; None when all of it did."""
    claims, decoded = heard.claims, heard.decoded_seconds
    if claims.arrived is None:
        if claims.torn:
            return None
        # What could not be read is damage, and is told as such.
        missing = _missing_seconds(heard) - heard.bad_packets * LONGEST_PACKET_SECONDS
        return claims.seconds if missing > MISSING_SECONDS else None
    share = max(claims.arrived, LEAST_SHARE)
    if decoded / share - decoded <= MISSING_SECONDS:
        return None
    return claims.seconds if _missing_seconds(heard) > MISSING_SECONDS else decoded / share


def _missing_seconds(heard: Heard) -> float:
    """What lacks to the length that a file claims, where it can be believed."""
    claims = heard.claims
    believed = claims.seconds if claims.exact or claims.torn else None
    return max(0.0, believed - heard.decoded_seconds) if believed else 0.0


def _lost_seconds(heard: Heard) -> float:
    """How much arrived and could not be read; 0 where an end is missing, too."""
    if _whole_seconds(heard) is not None:
        return 0.0
    damaged = heard.claims.torn or heard.bad_packets
    return max(heard.lost_seconds, _missing_seconds(heard) if damaged else 0.0)


def _damage(heard: Heard) -> Iterator[Finding]:
    lost = _lost_seconds(heard)
    if lost > WORTH_TELLING_LOST_SECONDS:
        lost = max(lost, LEAST_TOLD_SECONDS)
        yield found("damaged", lost_seconds=lost, kept_seconds=heard.kept_seconds)


def _noticed(heard: Heard, wanted: Wanted) -> Iterator[Finding]:
    """What a member can do better next time."""
    if heard.clipped:
        yield found("clipped")
    if heard.hum and not wanted.treatment.clean:
        yield found("hum")
    if heard.layout is Layout.DEAD_CHANNEL:
        yield found("one-channel")
    if heard.layout is Layout.ANTIPHASE:
        yield found("antiphase")
    if heard.offset:
        yield found("offset")


def _righted(heard: Heard, wanted: Wanted) -> Iterator[Finding]:
    """What was put right, and what was done because the member chose it."""
    if heard.cut_ms >= WORTH_TELLING_CUT_MS:
        yield found("trimmed", length_seconds=heard.cut_ms / 1000)
    gain = wanted.audio.target_lufs - heard.integrated_lufs
    if gain >= WORTH_TELLING_GAIN_DB:
        yield found("lifted", gain=f"{gain:.0f}")
    if wanted.treatment.clean and (heard.hum or heard.rumble):
        yield found("cleaned")
    if wanted.treatment.level:
        yield found("levelled")
    if heard.piece_seconds <= wanted.room_seconds + OVER_SECONDS:
        return
    if wanted.fade_out:
        yield found("faded-out", limit_seconds=wanted.room_seconds)
    if wanted.spread:
        yield found("spread", part=max(wanted.treatment.part, 1))
