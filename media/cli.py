"""`mweya media check` and `mweya media render` are the whole pipeline, without a database."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from station import settings
from station.command import Answer, answers
from station.errors import Refusal
from station.sections import SettingsFile
from station.treatment import Long, Short, Treatment

if TYPE_CHECKING:
    from media.facts import Facts
    from media.report import Report
    from media.wanted import Wanted

OPTIONS = (
    click.option(
        "--slot-seconds",
        type=click.IntRange(2, 900),
        help="A slot's length. Default: the station's, or 300.",
    ),
    click.option(
        "--target-lufs",
        type=click.FloatRange(-31, -9),
        help="The loudness to reach. Default: the station's, or -16.",
    ),
    click.option("--fade-out", is_flag=True, help="Fade a too long recording out."),
    click.option(
        "--part",
        type=click.IntRange(1, 2),
        help="Spread a too long recording over two slots; which of them.",
    ),
    click.option("--again", is_flag=True, help="Let a short recording follow itself."),
    click.option("--ident", default="", metavar="WORDS", help="What is spoken before it."),
    click.option("--level", is_flag=True, help="Even out near and far voices."),
    click.option("--clean", is_flag=True, help="Take away hum and rumble."),
    click.option("--language", default="en", metavar="CODE", help="The sentences' language."),
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What both commands can be told about the piece."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.group()
def media() -> None:
    """Check a recording and make it airable, with no station and no database."""


@media.command()
@click.argument("file", type=click.Path(path_type=Path))
@_options
@answers
def check(file: Path, **chosen: Any) -> Answer:
    """Say what a member who uploaded FILE would be told. Exits 1 when it can't air."""
    from media.session import in_a_studio
    from media.verdict import Outcome

    wanted = _wanted(**chosen)
    with in_a_studio(wanted.slot_seconds) as session:
        report = session.examine(file, wanted)
    facts = {**_verdict(report, wanted), **_upload(report), "sha256": report.upload_sha256}
    rejected = report.outcome is Outcome.REJECTED
    step = None if rejected else f"mweya media render {click.format_filename(file)} --out MASTER"
    return Answer(facts, _lines(report, wanted), step, found_problems=rejected)


@media.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The FLAC to write.")
@click.option("--preview", type=click.Path(path_type=Path), help="An MP3 of little data to write.")
@_options
@answers
def render(file: Path, out: Path, preview: Path | None, **chosen: Any) -> Answer:
    """Make the finished piece of exactly one slot from FILE. Exits 1 when it can't air.

    In the JSON, the numbers at the top are the master's, measured from the written file;
    those of the recording are under "upload".
    """
    from media import orders
    from media.session import in_a_studio
    from media.store import put_in_place

    wanted = _wanted(**chosen)
    with in_a_studio(wanted.slot_seconds) as session:
        report, facts = session.render(file, wanted)
        said = {**_verdict(report, wanted), "upload": _upload(report)}
        if facts is None:
            empty = dict.fromkeys(("integrated_lufs", "true_peak_dbtp", "duration_ms", "sha256"))
            said |= {**empty, "active_ms": report.active_ms, "out": None}
            return Answer(said, _lines(report, wanted), found_problems=True)
        put_in_place(session.studio.result(orders.MASTER), out)
        if preview is not None:
            put_in_place(session.studio.result(orders.PREVIEW), preview)
    said |= {**asdict(facts), "out": str(out)}
    told = [*_lines(report, wanted), _in_words(facts, out)]
    return Answer(said, told, f"mweya media check {click.format_filename(out)}")


def _wanted(
    slot_seconds: int | None,
    target_lufs: float | None,
    fade_out: bool,
    part: int | None,
    again: bool,
    ident: str,
    level: bool,
    clean: bool,
    language: str,
) -> "Wanted":
    """The station's numbers, or the defaults where there is no station; and what was chosen."""
    import msgspec

    from media.wanted import Wanted
    from station.treatment import Ident

    found: SettingsFile
    try:
        found = settings.load()
    except Refusal as refusal:
        if refusal.code != "station-missing":
            raise
        found = SettingsFile()
    audio = found.audio
    if target_lufs is not None:
        audio = msgspec.structs.replace(audio, target_lufs=target_lufs)
    cut = Long.FADE if fade_out else Long.ASK
    treatment = Treatment(
        long=Long.SPREAD if part else cut,
        part=part or 0,
        short=Short.AGAIN if again else Short.FILL,
        ident=Ident.SPOKEN if ident else Ident.NONE,
        ident_words=ident,
        level=level,
        clean=clean,
    )
    seconds = slot_seconds or found.station.slot_seconds
    return Wanted(seconds, audio, treatment, language=language)


def _verdict(report: "Report", wanted: "Wanted") -> dict[str, object]:
    return {
        "verdict": str(report.outcome),
        "codes": [finding.code for finding in report.findings],
        "sentences": _sentences(report, wanted),
        "findings": [asdict(finding) for finding in report.findings],
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


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)


def _sentences(report: "Report", wanted: "Wanted") -> list[str]:
    from media.verdict import sentence

    return [sentence(one.code, one.facts, wanted.language) for one in report.findings]


def _lines(report: "Report", wanted: "Wanted") -> list[str]:
    first = "It can't air." if report.outcome == "rejected" else "It can air."
    return [first, *_sentences(report, wanted)]


def _in_words(facts: "Facts", out: Path) -> str:
    return (
        f"{click.format_filename(out)}: {facts.duration_ms / 1000:g} s at "
        f"{facts.integrated_lufs:.1f} LUFS, true peak {facts.true_peak_dbtp:.1f} dBTP."
    )
