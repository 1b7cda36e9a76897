"""What the operator brings as fill is written at its own length and at one working loudness.

It is examined like any upload, by what its kind may be; the same bytes give the same sound.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media import ffmpeg, flac, ingest
from media.digest import sha256_of
from media.flac import Pcm
from media.samples import RATE_HZ, Samples, amplitude, samples_in
from media.verdict import Finding, Outcome, found, outcome
from media.wanted import Wanted
from station.fill import FillKind
from station.treatment import Long, Treatment

SOUND_NAME, PREVIEW_NAME = "sound.flac", "sound.mp3"
# Every piece of fill lies at one loudness, so that pieces of several hands fit together.
WORKING_LUFS = -20.0
WORKING_PEAK_DBTP = -1.0
LONGEST_IDENT_SECONDS = 30.0
# What is said briefly, and may be shorter than a recording that is to fill a slot.
BRIEF = frozenset({FillKind.IDENT, FillKind.OPENING, FillKind.CLOSE})
FULL_SCALE = 32767


@dataclass(frozen=True, slots=True)
class Files:
    """A sound of its own length and its low-data preview, written and measured."""

    sound: Path
    sound_sha256: str
    preview: Path
    preview_sha256: str
    duration_ms: int
    integrated_lufs: float


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found in a piece of fill, and the files of it where it can be used."""

    findings: tuple[Finding, ...]
    files: Files | None = None

    @property
    def outcome(self) -> Outcome:
        """Whether it can be used."""
        return outcome(self.findings)

    @property
    def sentences(self) -> list[str]:
        """What the operator is told."""
        return [finding.sentence for finding in self.findings]


def prepare(file: Path, folder: Path, kind: FillKind, wanted: Wanted) -> Prepared:
    """Examine a piece of fill and, when it can be used, write its files into a folder.

    An ident, an opening or a close lasts 30 s at most, a promo a slot; of a bed the first slot is
    kept. Raises WrongInput `file-missing` or `file-unreadable`, and Fault for a missing tool.
    """
    examined = ingest.examine(file, _allowed(kind, wanted))
    report, piece = examined.report, examined.piece
    findings = tuple(_of_fill(report.findings, kind))
    if piece is None or report.integrated_lufs is None or outcome(findings) is Outcome.REJECTED:
        return Prepared(findings)
    gain_db = _gain(report.integrated_lufs, report.true_peak_dbtp or 0.0)
    pcm = _in_16_bits(piece[: samples_in(wanted.slot_seconds)], gain_db)
    sound, preview = folder / SOUND_NAME, folder / PREVIEW_NAME
    flac.write(sound, pcm.shape[1], [pcm])
    ffmpeg.encode_preview(pcm, preview)
    files = Files(
        sound=sound,
        sound_sha256=sha256_of(sound),
        preview=preview,
        preview_sha256=sha256_of(preview),
        duration_ms=round(len(pcm) * 1000 / RATE_HZ),
        integrated_lufs=round(report.integrated_lufs + gain_db, 2),
    )
    return Prepared(findings, files)


def _allowed(kind: FillKind, wanted: Wanted) -> Wanted:
    """How long a kind may be, in the terms of a recording's check."""
    cut = Treatment(long=Long.FADE if kind is FillKind.BED else Long.ASK)
    longest = min(LONGEST_IDENT_SECONDS, wanted.slot_seconds) if kind in BRIEF else None
    return dataclasses.replace(wanted, slot_seconds=longest or wanted.slot_seconds, treatment=cut)


def _of_fill(findings: Sequence[Finding], kind: FillKind) -> Iterator[Finding]:
    """What a recording's check found, without what is true of members' weeks alone."""
    for one in findings:
        if one.code == "too-long":
            lengths = {name: one.facts[name] for name in ("length_seconds", "limit_seconds")}
            yield found("far-too-long", **lengths)
        elif one.code != "faded-out" and not (one.code == "too-short" and kind in BRIEF):
            yield one


def _gain(lufs: float, peak_dbtp: float) -> float:
    """What brings a sound to the working loudness, less where its peaks would not fit."""
    return min(WORKING_LUFS - lufs, WORKING_PEAK_DBTP - peak_dbtp)


def _in_16_bits(sound: Samples, gain_db: float) -> Pcm:
    """A sound at another level, rounded; its peaks must fit."""
    louder = sound * np.float32(amplitude(gain_db) * FULL_SCALE)
    pcm: Pcm = np.rint(louder, out=louder).astype(np.int16)
    return pcm
