"""An upload becomes a master of exactly one slot, or a verdict that says why not.

The recipe, top to bottom: hash, decide what it is by content, decode it, repair its channels,
trim it, measure it, judge it, take its part, clean and level it, put its ident before it, fill the
slot, master it, and measure the written file.
"""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media import (
    announcements,
    channels,
    clean,
    clipping,
    follow,
    ident,
    leveler,
    master,
    meter,
    peaks,
    probe,
    split,
)
from media import trim as trimming
from media.facts import CueKind, Facts
from media.follow import Follows
from media.judge import Heard, judge
from media.limit import Envelope
from media.master import Finished
from media.montage import Composed, FillSound, Piece
from media.orders import MASTER
from media.report import Report, received
from media.samples import FRAME_SAMPLES, Decibels, Samples, samples_in, seconds_of
from media.trim import Trimmed
from media.verdict import Finding, Outcome, found
from media.wanted import Wanted
from station.errors import Refusal
from station.treatment import FillKind, Ident

Tell = Callable[[str], None]


def unheard(step: str) -> None:
    """Tell nobody which step of the recipe is being done."""
    del step


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What lies beside an upload: the station's fill, the piece that follows, a recorded ident."""

    fill: tuple[FillSound, ...] = ()
    piece: Piece | None = None
    ident: Samples | None = None


NOTHING = Beside()


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A report, and the piece itself: repaired, trimmed, and cleaned where that was chosen."""

    report: Report
    piece: Samples | None = None
    envelope: Envelope | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report and, when the upload was accepted, its master and all that is known of it."""

    report: Report
    master: Finished | None = None
    facts: Facts | None = None


def examine(file: Path, wanted: Wanted) -> Examined:
    """Find out what an upload is and whether it can air.

    Raises WrongInput `file-missing` or `file-unreadable`, and Fault for a missing tool.
    """
    report = received(file, wanted.audio)
    if report.outcome is Outcome.REJECTED:
        return Examined(report)
    probed = probe.probe(file, wanted.decoded_seconds)
    if isinstance(probed, Finding):
        return Examined(report.stopped(probed))
    return _listen(report, probed, wanted)


def render(
    file: Path, folder: Path, wanted: Wanted, beside: Beside = NOTHING, tell: Tell = unheard
) -> Rendered:
    """Examine an upload and, when it can air, write its master into a folder.

    Raises what `examine` does.
    """
    tell("checking")
    said, wanted = announced(wanted, beside)
    examined = examine(file, wanted)
    report = examined.report
    if examined.piece is None or report.outcome is Outcome.REJECTED:
        return Rendered(report)
    tell("mastering")
    own = _own_part(examined, wanted)
    # Two slots of stereo have over two hundred megabytes: what was decoded may go.
    del examined
    slot, shape, ident_ms = _slot(own, wanted, beside, said, int(report.upload_sha256[:8], 16))
    # An ident or a fade changes what the slot begins with.
    known = said is None and len(own.sound) <= len(slot.sound)
    envelope = Envelope.of(slot.sound, own.envelope if known else None)
    del own
    try:
        file = folder / MASTER
        made = master.finish(envelope, file, wanted.audio, shape)
    except Refusal:
        return Rendered(report.stopped(found("unmasterable")))
    return Rendered(report, made, facts_of(made, slot, report, ident_ms))


def announced(wanted: Wanted, beside: Beside) -> tuple[Samples | None, Wanted]:
    """What is said before the piece, and what is wanted of the piece with so much less room."""
    said = _ident(wanted, beside)
    if said is None:
        return None, wanted
    most = min(seconds_of(said) + ident.PAUSE_SECONDS, _longest_ident(wanted))
    return said, dataclasses.replace(wanted, ident_seconds=most)


def facts_of(
    made: Finished, slot: Composed, report: Report | None = None, ident_ms: int = 0
) -> Facts:
    """All that is known of a master; of one that was made from no upload, less."""
    measured = made.measured
    audible = math.isfinite(measured.integrated_lufs)
    facts = Facts(
        sha256=made.sha256,
        integrated_lufs=round(measured.integrated_lufs, 2) if audible else None,
        true_peak_dbtp=round(measured.true_peak_dbtp, 2),
        range_lu=round(made.range_lu, 2),
        duration_ms=measured.duration_ms,
        samples=measured.samples,
        gain_db=round(made.gain_db, 2),
        limited_db=round(made.limited_db, 2),
        cues=slot.cues,
    )
    if report is None:
        return facts
    pieces = [cue for cue in slot.cues if cue.kind is CueKind.PIECE]
    return dataclasses.replace(
        facts,
        upload_sha256=report.upload_sha256,
        codec=report.codec,
        active_ms=report.active_ms,
        cut_head_ms=report.cut_head_ms,
        cut_tail_ms=report.cut_tail_ms,
        ident_ms=ident_ms,
        piece_ms=sum(cue.end_ms - cue.start_ms for cue in pieces),
    )


def _listen(report: Report, probed: probe.Probed, wanted: Wanted) -> Examined:
    """Measure what was decoded, and judge it."""
    repaired = channels.repair(probed.sound)
    trimmed = trimming.trim(repaired.sound, wanted.limit_seconds)
    piece = trimmed.sound
    envelope, to_clean = Envelope.of(piece), clean.find(piece)
    heard = Heard(
        claims=probed.claims,
        decoded_seconds=seconds_of(repaired.sound),
        bad_packets=probed.bad_packets,
        layout=repaired.layout,
        piece_seconds=seconds_of(piece),
        active_seconds=trimmed.active_ms / 1000,
        cut_ms=trimmed.cut_head_ms + trimmed.cut_tail_ms,
        integrated_lufs=meter.integrated(envelope.powers),
        true_peak_dbtp=peaks.true_peak(piece, envelope.peaks),
        clipped=clipping.is_clipped(piece, envelope.peaks),
        offset=repaired.offset,
        broken_samples=repaired.broken,
        hum=to_clean.hum_hz is not None and trimmed.active_ms > 0,
        rumble=to_clean.rumbles and trimmed.active_ms > 0,
    )
    told = _told(report, heard, trimmed, judge(heard, wanted))
    if wanted.treatment.clean:
        piece = clean.cleaned(piece, to_clean)
        envelope = Envelope.of(piece)
    return Examined(told, piece, envelope)


def _told(report: Report, heard: Heard, trimmed: Trimmed, findings: tuple[Finding, ...]) -> Report:
    claims, lufs = heard.claims, heard.integrated_lufs
    return Report(
        findings=findings,
        upload_sha256=report.upload_sha256,
        upload_bytes=report.upload_bytes,
        format=claims.format,
        codec=claims.codec,
        channels=claims.channels,
        sample_rate_hz=claims.sample_rate_hz,
        layout=heard.layout,
        duration_ms=round(heard.decoded_seconds * 1000),
        active_ms=trimmed.active_ms,
        cut_head_ms=trimmed.cut_head_ms,
        cut_tail_ms=trimmed.cut_tail_ms,
        integrated_lufs=lufs if math.isfinite(lufs) else None,
        true_peak_dbtp=heard.true_peak_dbtp,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """What of a piece airs in this slot, and its loudness under the leveler's gains."""

    sound: Samples
    envelope: Envelope
    curve: Decibels | None
    lufs: float


def _own_part(examined: Examined, wanted: Wanted) -> _Own:
    """The piece, or its part where it is spread over two rights."""
    piece, envelope = examined.piece, examined.envelope
    if piece is None or envelope is None:
        raise AssertionError
    curve = leveler.level_curve(envelope.powers) if wanted.treatment.level else None
    lufs = meter.integrated(envelope.powers, curve)
    part = wanted.treatment.part
    if not part or len(piece) <= samples_in(wanted.room_seconds):
        return _Own(piece, envelope, curve, lufs)
    # What is over by less than is worth a word goes.
    piece = piece[: samples_in(wanted.limit_seconds)]
    cut = split.cut_point(piece, wanted.slot_seconds, wanted.room_seconds)
    half = split.half(piece, cut, part)
    begins = 0 if part == 1 else round(cut.resume / FRAME_SAMPLES)
    curve = None if curve is None else curve[begins:][: len(half) // FRAME_SAMPLES]
    return _Own(half, Envelope.of(half), curve, lufs)


def _slot(
    own: _Own, wanted: Wanted, beside: Beside, said: Samples | None, seed: int
) -> tuple[Composed, Decibels | None, int]:
    """The whole slot, the leveler's gain of each of its milliseconds, and the ident's length."""
    piece, ident_ms = own.sound, 0
    if said is not None and wanted.treatment.part < 2:  # noqa: PLR2004  the second goes on
        loud = meter.integrated(meter.weighted_power(said))
        piece, ident_ms = ident.with_ident(piece, own.lufs, said, loud, wanted.ident_seconds)
    # Nothing is told between two parts: only beds follow the first.
    first = wanted.treatment.part == 1
    fill = tuple(one for one in beside.fill if not first or one.kind is FillKind.BED)
    follows = Follows(wanted.treatment.short, fill, beside.piece)
    slot = follow.whole_slot(piece, own.lufs, wanted.slot_seconds, seed, follows, ident_ms)
    if own.curve is None:
        return slot, None, ident_ms
    shape = np.zeros(-(-len(slot.sound) // FRAME_SAMPLES), np.float32)
    there = shape[ident_ms:]
    there[: len(own.curve)] = own.curve[: len(there)]
    return slot, shape, ident_ms


def _ident(wanted: Wanted, beside: Beside) -> Samples | None:
    """What is said before the piece, recorded or spoken; None when nothing is."""
    treatment = wanted.treatment
    if treatment.ident == Ident.RECORDED:
        return beside.ident
    if treatment.ident == Ident.SPOKEN and treatment.ident_words:
        voice = announcements.voice(wanted.language, wanted.audio.voice)
        return ident.spoken_ident(treatment.ident_words, voice, _longest_ident(wanted))
    return None


def _longest_ident(wanted: Wanted) -> float:
    return min(wanted.audio.ident_seconds, wanted.slot_seconds / 2)
