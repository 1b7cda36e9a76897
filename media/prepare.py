"""What the operator brings as fill is kept at its own length and at one working loudness.

It is examined like any upload, by what its kind may be, and can be prepared again at any time:
the same bytes give the same sound.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from media import ffmpeg, ingest, store
from media.digest import sha256_of
from media.judge import Wanted
from media.samples import Samples, amplitude, milliseconds_of, samples_in
from media.verdict import Finding, Outcome, outcome
from station import fill, recordings
from station.db import Database
from station.fill import FillKind, FillPiece, FillState
from station.settings import Settings
from station.treatment import Long, Treatment

SOUND_NAME, PREVIEW_NAME = "sound.flac", "sound.mp3"
# Every piece of fill lies at one loudness, so that pieces of several hands fit together.
WORKING_LUFS = -20.0
WORKING_PEAK_DBTP = -1.0
LONGEST_IDENT_SECONDS = 30.0
# What is said briefly, and may be shorter than a recording that is to fill a slot.
BRIEF = frozenset({FillKind.IDENT, FillKind.OPENING, FillKind.CLOSE})
TOO_SHORT = "too-short"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found in a piece of fill; its sound is written where it can be used."""

    findings: tuple[Finding, ...]
    sound: Path | None = None
    sound_sha256: str = ""
    duration_ms: int = 0
    integrated_lufs: float | None = None

    @property
    def outcome(self) -> Outcome:
        """Whether it can be used."""
        return outcome(self.findings)

    @property
    def sentences(self) -> list[str]:
        """What the operator is told."""
        return [finding.sentence for finding in self.findings]


def prepare(file: Path, folder: Path, kind: FillKind, wanted: Wanted) -> Prepared:
    """Examine a piece of fill and, when it can be used, write its sound into a folder.

    An ident, an opening or a close lasts 30 s at most, a promo a slot; of a bed the first slot is
    kept. Raises WrongInput `file-missing` or `file-unreadable`, and Fault for a missing tool.
    """
    examined = ingest.examine(file, _allowed(kind, wanted))
    report, piece = examined.report, examined.piece
    brief = kind in BRIEF
    findings = tuple(one for one in report.findings if not (brief and one.code == TOO_SHORT))
    if piece is None or report.integrated_lufs is None or outcome(findings) is Outcome.REJECTED:
        return Prepared(findings)
    piece = piece[: samples_in(_allowed(kind, wanted).slot_seconds)]
    gain_db = _gain(report.integrated_lufs, report.true_peak_dbtp or 0.0)
    sound: Samples = piece * np.float32(amplitude(gain_db))
    written = ffmpeg.encode_flac(sound, folder, SOUND_NAME)
    return Prepared(
        findings,
        written,
        sha256_of(written),
        milliseconds_of(sound),
        round(report.integrated_lufs + gain_db, 2),
    )


def prepare_received(settings: Settings, database: Database, now: datetime) -> int:
    """Prepare every piece of fill that waits for it; how many there were.

    Raises what `prepare` does.
    """
    with database.reading() as session:
        waiting = fill.in_state(session, FillState.RECEIVED)
    for piece in waiting:
        prepare_piece(settings, database, piece, now)
    return len(waiting)


def prepare_piece(
    settings: Settings, database: Database, piece: FillPiece, now: datetime
) -> Prepared:
    """Prepare one piece that an operator brought: from now on it is used, or says why not.

    Raises what `prepare` does.
    """
    media_folder = settings.media_folder
    upload = recordings.stored_at(media_folder, piece.upload_sha256)
    wanted = Wanted(settings.station.slot_seconds, settings.audio)
    with store.work_folder(media_folder) as folder:
        made = prepare(upload, folder, FillKind(piece.kind), wanted)
        facts: Mapping[str, Any] = {"sentences": made.sentences}
        if made.sound is None:
            database.do(lambda session: fill.reject(session, piece.id, facts))
            return made
        preview = ffmpeg.encode_preview(made.sound, folder, PREVIEW_NAME)
        preview_sha256 = sha256_of(preview)
        store.keep(media_folder, preview, preview_sha256, recordings.PREVIEW_SUFFIX)
        store.keep(media_folder, made.sound, made.sound_sha256, recordings.MASTER_SUFFIX)
    facts = {**facts, "preview_sha256": preview_sha256, "integrated_lufs": made.integrated_lufs}
    database.do(
        lambda session: fill.accept(
            session, piece.id, made.sound_sha256, made.duration_ms, facts, now
        )
    )
    return made


def _allowed(kind: FillKind, wanted: Wanted) -> Wanted:
    """How long a kind may be, in the terms of a recording's check."""
    cut = Treatment(long=Long.FADE if kind is FillKind.BED else Long.ASK)
    longest = min(LONGEST_IDENT_SECONDS, wanted.slot_seconds) if kind in BRIEF else None
    return dataclasses.replace(wanted, slot_seconds=longest or wanted.slot_seconds, treatment=cut)


def _gain(lufs: float, peak_dbtp: float) -> float:
    """What brings a sound to the working loudness, less where its peaks would not fit."""
    return min(WORKING_LUFS - lufs, WORKING_PEAK_DBTP - peak_dbtp)
