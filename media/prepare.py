"""What the operator brings as fill is kept at its own length and at one working loudness.

It is examined like any upload, by what its kind may be, and can be prepared again at any time:
the same bytes give the same sound.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from media import ffmpeg, flac, ingest
from media.orders import MASTER, PREVIEW
from media.report import Prepared
from media.samples import Samples, amplitude, milliseconds_of, samples_in
from media.verdict import Finding, Outcome, found, outcome
from media.wanted import Wanted
from station.treatment import FillKind, Long, Treatment

# Every piece of fill lies at one loudness, so that pieces of several hands fit together.
WORKING_LUFS = -20.0
WORKING_PEAK_DBTP = -1.0
LONGEST_IDENT_SECONDS = 30.0
# What is said briefly, and may be shorter than a recording that is to fill a slot.
TOO_LONG = frozenset({"too-long", "far-too-long", "endless"})
BRIEF = frozenset({FillKind.IDENT, FillKind.OPENING, FillKind.CLOSE})


def prepare(file: Path, folder: Path, kind: FillKind, wanted: Wanted) -> Prepared:
    """Examine a piece of fill and, when it can be used, write its sound and its preview.

    An ident, an opening or a close lasts 30 s at most, a promo a slot; of a bed the first slot is
    kept. Raises WrongInput `file-missing` or `file-unreadable`, and Fault for a missing tool.
    """
    allowed = _allowed(kind, wanted)
    examined = ingest.examine(file, allowed)
    report, piece = examined.report, examined.piece
    findings = tuple(_of_fill(report.findings, kind))
    if piece is None or report.integrated_lufs is None or outcome(findings) is Outcome.REJECTED:
        return Prepared(findings)
    piece = piece[: samples_in(allowed.slot_seconds)]
    gain_db = _gain(report.integrated_lufs, report.true_peak_dbtp or 0.0)
    sound: Samples = piece * np.float32(amplitude(gain_db))
    pcm = flac.pcm(sound)
    flac.write(folder / MASTER, sound.shape[1], [pcm])
    ffmpeg.encode_preview(pcm, folder / PREVIEW)
    return Prepared(findings, milliseconds_of(sound), round(report.integrated_lufs + gain_db, 2))


def _allowed(kind: FillKind, wanted: Wanted) -> Wanted:
    """How long a kind may be, in the terms of a recording's check."""
    cut = Treatment(long=Long.FADE if kind is FillKind.BED else Long.ASK)
    longest = min(LONGEST_IDENT_SECONDS, wanted.slot_seconds) if kind in BRIEF else None
    return dataclasses.replace(wanted, slot_seconds=longest or wanted.slot_seconds, treatment=cut)


def _of_fill(findings: Sequence[Finding], kind: FillKind) -> Iterator[Finding]:
    """What a recording's check found, without what is true of members' weeks alone."""
    for one in findings:
        if one.code in TOO_LONG:
            yield found("fill-too-long", limit_seconds=one.facts["limit_seconds"])
        elif one.code != "faded-out" and not (one.code == "too-short" and kind in BRIEF):
            yield one


def _gain(lufs: float, peak_dbtp: float) -> float:
    """What brings a sound to the working loudness, less where its peaks would not fit."""
    return min(WORKING_LUFS - lufs, WORKING_PEAK_DBTP - peak_dbtp)
