"""An upload becomes a master of exactly one slot, or a verdict that says why not.

The recipe, top to bottom: hash, decide what it is by content, decode it in a box, repair its
channels, trim it, measure it, judge it, fill the slot, level it, write it, and measure the
written file again.
"""

import dataclasses
import math
import stat
from dataclasses import dataclass
from pathlib import Path

from media import channels, clipping, follow, master, meter, peaks, probe
from media import trim as trimming
from media.digest import sha256_of
from media.judge import Heard, Wanted, judge
from media.samples import Samples, milliseconds_of, seconds_of
from media.verdict import Finding, Outcome, found, outcome
from station.errors import Refusal, WrongInput

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in an upload; numbers are None where nothing was decoded.

    Loudness is the trimmed sound's, as heard from two loudspeakers; `duration_ms` is the
    whole upload's as decoded, `active_ms` the sound in it.
    """

    findings: tuple[Finding, ...]
    upload_sha256: str
    upload_bytes: int
    format: str | None = None
    codec: str | None = None
    channels: int | None = None
    sample_rate_hz: int | None = None
    layout: str | None = None
    duration_ms: int | None = None
    active_ms: int | None = None
    cut_head_ms: int | None = None
    cut_tail_ms: int | None = None
    integrated_lufs: float | None = None
    true_peak_dbtp: float | None = None

    @property
    def outcome(self) -> Outcome:
        """Whether it can air."""
        return outcome(self.findings)


@dataclass(frozen=True, slots=True)
class Examined:
    """A report, and the piece itself: repaired and trimmed, not yet levelled."""

    report: Report
    piece: Samples | None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report and, when the upload was accepted, its master and where the piece ends in it."""

    report: Report
    master: master.Finished | None
    piece_ms: int | None = None


def examine(file: Path, wanted: Wanted) -> Examined:
    """Find out what an upload is and whether it can air.

    Raises WrongInput `file-missing` or `file-unreadable`, and Fault for a missing tool.
    """
    report = _received(file)
    limit = wanted.audio.upload_megabytes
    if report.upload_bytes > limit * MEGABYTE:
        big = found("too-big", megabytes=-(-report.upload_bytes // MEGABYTE), limit=limit)
        return Examined(_stopped(report, big), None)
    probed = probe.probe(file, wanted.decoded_seconds)
    if isinstance(probed, Finding):
        return Examined(_stopped(report, probed), None)
    return _listen(report, probed, wanted)


def render(file: Path, folder: Path, wanted: Wanted) -> Rendered:
    """Examine an upload and, when it can air, write its master into a folder.

    Raises what `examine` does.
    """
    examined = examine(file, wanted)
    if examined.piece is None or examined.report.outcome is Outcome.REJECTED:
        return Rendered(examined.report, None)
    report, piece = examined.report, examined.piece
    seed = int(report.upload_sha256[:8], 16)
    lufs = report.integrated_lufs or wanted.audio.target_lufs
    slot = follow.whole_slot(piece, lufs, wanted.slot_seconds, seed).sound
    piece_ms = min(milliseconds_of(piece), milliseconds_of(slot))
    # A slot of stereo has over a hundred megabytes: what was decoded may go.
    del examined, piece
    try:
        finished = master.finish(slot, folder / master.MASTER_NAME, wanted.audio)
    except Refusal:
        return Rendered(_stopped(report, found("unmasterable")), None)
    return Rendered(report, finished, piece_ms)


def _received(file: Path) -> Report:
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise WrongInput("file-unreadable", file=file, problem="it is not a plain file")
        return Report((), sha256_of(file), file.stat().st_size)
    except FileNotFoundError:
        raise WrongInput("file-missing", file=file) from None
    except OSError as error:
        raise WrongInput("file-unreadable", file=file, problem=error.strerror) from None


def _stopped(report: Report, finding: Finding) -> Report:
    return dataclasses.replace(report, findings=(finding, *report.findings))


def _listen(report: Report, probed: probe.Probed, wanted: Wanted) -> Examined:
    """Measure what was decoded, and judge it."""
    claims = probed.claims
    repaired = channels.repair(probed.sound)
    sound, layout = repaired.sound, repaired.layout
    trimmed = trimming.trim(sound, wanted.limit_seconds)
    lufs = meter.integrated(meter.weighted_power(trimmed.sound))
    heard = Heard(
        claims=claims,
        decoded_seconds=seconds_of(sound),
        bad_packets=probed.bad_packets,
        layout=layout,
        piece_seconds=seconds_of(trimmed.sound),
        active_seconds=trimmed.active_ms / 1000,
        cut_ms=trimmed.cut_head_ms + trimmed.cut_tail_ms,
        integrated_lufs=lufs,
        true_peak_dbtp=peaks.true_peak(trimmed.sound),
        clipped=clipping.is_clipped(trimmed.sound),
        offset=repaired.offset,
        broken_samples=repaired.broken,
    )
    return Examined(
        Report(
            findings=judge(heard, wanted),
            upload_sha256=report.upload_sha256,
            upload_bytes=report.upload_bytes,
            format=claims.format,
            codec=claims.codec,
            channels=claims.channels,
            sample_rate_hz=claims.sample_rate_hz,
            layout=layout,
            duration_ms=milliseconds_of(sound),
            active_ms=trimmed.active_ms,
            cut_head_ms=trimmed.cut_head_ms,
            cut_tail_ms=trimmed.cut_tail_ms,
            integrated_lufs=lufs if math.isfinite(lufs) else None,
            true_peak_dbtp=heard.true_peak_dbtp,
        ),
        trimmed.sound,
    )
