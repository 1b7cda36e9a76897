"""The audio pipeline alone: no station and no database are needed."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from station import settings
from station.command import Answer, answers
from station.errors import Refusal
from station.sections import SettingsFile
from station.treatment import Long, Treatment

if TYPE_CHECKING:
    from media.ingest import Report
    from media.judge import Wanted
    from media.master import Finished

SLOT = click.option(
    "--slot-seconds",
    type=click.IntRange(2, 900),
    help="A slot's length. Default: the station's, or 300.",
)
TARGET = click.option(
    "--target-lufs",
    type=click.FloatRange(-31, -9),
    help="The loudness to reach. Default: the station's, or -16.",
)
FADE_OUT = click.option("--fade-out", is_flag=True, help="Fade a too long recording out.")


@click.group()
def media() -> None:
    """Check a recording and make it airable, with no station and no database."""


@media.command()
@click.argument("file", type=click.Path(path_type=Path))
@SLOT
@TARGET
@FADE_OUT
@answers
def check(
    file: Path, slot_seconds: int | None, target_lufs: float | None, fade_out: bool
) -> Answer:
    """Say what a member who uploaded FILE would be told. Exits 1 when it can't air."""
    from media.ingest import examine
    from media.verdict import Outcome

    report = examine(file, _wanted(slot_seconds, target_lufs, fade_out)).report
    facts = {**_verdict(report), **_upload(report), "sha256": report.upload_sha256}
    rejected = report.outcome is Outcome.REJECTED
    step = None if rejected else f"mweya media render {click.format_filename(file)} --out MASTER"
    return Answer(facts, _lines(report), step, found_problems=rejected)


@media.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The FLAC to write.")
@SLOT
@TARGET
@FADE_OUT
@answers
def render(
    file: Path, out: Path, slot_seconds: int | None, target_lufs: float | None, fade_out: bool
) -> Answer:
    """Make the finished piece of exactly one slot from FILE. Exits 1 when it can't air.

    In the JSON, the numbers at the top are the master's, measured from the written file;
    those of the recording are under "upload".
    """
    import tempfile

    from media.ingest import render as render_upload
    from media.master import MASTER_NAME
    from media.store import put_in_place

    with tempfile.TemporaryDirectory(prefix="mweya-render-") as folder:
        wanted = _wanted(slot_seconds, target_lufs, fade_out)
        rendered = render_upload(file, Path(folder), wanted)
        report = rendered.report
        facts = {**_verdict(report), "upload": _upload(report)}
        if rendered.master is None:
            empty = dict.fromkeys(("integrated_lufs", "true_peak_dbtp", "duration_ms", "sha256"))
            facts |= {**empty, "active_ms": report.active_ms, "out": None}
            return Answer(facts, _lines(report), found_problems=True)
        put_in_place(Path(folder) / MASTER_NAME, out)
    facts |= {
        **_master(rendered.master),
        "piece_ms": rendered.piece_ms,
        "active_ms": report.active_ms,
        "out": str(out),
    }
    told = [*_lines(report), _in_words(rendered.master, out)]
    return Answer(facts, told, f"mweya media check {click.format_filename(out)}")


def _wanted(slot_seconds: int | None, target_lufs: float | None, fade_out: bool) -> "Wanted":
    """The station's numbers, or the defaults where there is no station."""
    import msgspec

    from media.judge import Wanted

    chosen: SettingsFile
    try:
        chosen = settings.load()
    except Refusal as refusal:
        if refusal.code != "station-missing":
            raise
        chosen = SettingsFile()
    audio = chosen.audio
    if target_lufs is not None:
        audio = msgspec.structs.replace(audio, target_lufs=target_lufs)
    treatment = Treatment(long=Long.FADE if fade_out else Long.ASK)
    return Wanted(slot_seconds or chosen.station.slot_seconds, audio, treatment)


def _verdict(report: "Report") -> dict[str, object]:
    return {
        "verdict": str(report.outcome),
        "codes": [finding.code for finding in report.findings],
        "sentences": [finding.sentence for finding in report.findings],
    }


def _upload(report: "Report") -> dict[str, object]:
    return {
        "integrated_lufs": _rounded(report.integrated_lufs),
        "true_peak_dbtp": _rounded(report.true_peak_dbtp),
        "active_ms": report.active_ms,
        "duration_ms": report.duration_ms,
        "cut_head_ms": report.cut_head_ms,
        "cut_tail_ms": report.cut_tail_ms,
        "format": report.format,
        "codec": report.codec,
        "channels": report.channels,
        "sample_rate_hz": report.sample_rate_hz,
        "layout": report.layout,
        "upload_sha256": report.upload_sha256,
        "upload_bytes": report.upload_bytes,
    }


def _master(master: "Finished") -> dict[str, object]:
    return {
        "integrated_lufs": _rounded(master.measured.integrated_lufs),
        "true_peak_dbtp": _rounded(master.measured.true_peak_dbtp),
        "range_lu": _rounded(master.measured.range_lu),
        "duration_ms": master.measured.duration_ms,
        "samples": master.measured.samples,
        "gain_db": _rounded(master.gain_db),
        "sha256": master.sha256,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else round(number, 2)


def _lines(report: "Report") -> list[str]:
    said = [finding.sentence for finding in report.findings]
    if report.outcome == "rejected":
        return ["It can't air.", *said]
    return ["It can air.", *said]


def _in_words(master: "Finished", out: Path) -> str:
    measured = master.measured
    return (
        f"{click.format_filename(out)}: {measured.duration_ms / 1000:g} s at "
        f"{measured.integrated_lufs:.1f} LUFS, true peak {measured.true_peak_dbtp:.1f} dBTP."
    )
