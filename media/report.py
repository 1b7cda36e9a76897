"""What was found in an upload, in numbers and in findings."""

import dataclasses
import stat
from dataclasses import dataclass
from pathlib import Path

from media.digest import sha256_of
from media.verdict import Finding, Outcome, found, outcome
from station.errors import WrongInput
from station.sections import AudioSection

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

    def stopped(self, finding: Finding) -> "Report":
        """The same with one more finding, which comes first."""
        return dataclasses.replace(self, findings=(finding, *self.findings))


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found in a piece of fill, and its length and loudness once it is prepared."""

    findings: tuple[Finding, ...]
    duration_ms: int = 0
    integrated_lufs: float | None = None

    @property
    def outcome(self) -> Outcome:
        """Whether it can be used."""
        return Outcome.REJECTED if self.integrated_lufs is None else Outcome.ACCEPTED


def received(file: Path, audio: AudioSection) -> Report:
    """What can be said of an upload before it is opened: its bytes, and whether they are too many.

    Raises WrongInput `file-missing` or `file-unreadable`.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise WrongInput("file-unreadable", file=file, problem="it is not a plain file")
        report = Report((), sha256_of(file), file.stat().st_size)
    except FileNotFoundError:
        raise WrongInput("file-missing", file=file) from None
    except OSError as error:
        raise WrongInput("file-unreadable", file=file, problem=error.strerror) from None
    limit = audio.upload_megabytes
    if report.upload_bytes <= limit * MEGABYTE:
        return report
    megabytes = -(-report.upload_bytes // MEGABYTE)
    return report.stopped(found("too-big", megabytes=megabytes, limit=limit))
