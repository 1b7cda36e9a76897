"""What the engineer does about each order, with the files of the spool."""

from contextlib import suppress
from functools import partial
from pathlib import Path

from media import ffmpeg, flac, ingest, master, prepare, silence
from media import fill as station_fill
from media.flac import Pcm
from media.ingest import Beside, Tell
from media.limit import Envelope
from media.montage import Composed, FillSound, Piece, Source
from media.orders import (
    CLOSE,
    IDENT,
    MASTER,
    OPENING,
    PIECE,
    PLAIN_PREVIEW,
    PREVIEW,
    UPLOAD,
    WAVEFORM,
    Emergency,
    Examine,
    Fill,
    Made,
    Order,
    Prepare,
    Render,
    Silence,
)
from media.samples import Samples
from media.silence import Dedication, Run
from media.wanted import FillFile, Wanted
from media.waveform import waveform
from station.errors import Fault

# Of what is said beside a piece no more is read: it is cut anyway, and takes memory meanwhile.
LONGEST_OWN_SECONDS = 100.0
PLAIN_FOLDER = "plain"


def do(order: Order, spool: Path, tell: Tell) -> object:
    """Do one order; its files are in the spool, and so is what is made.

    Raises Fault when a tool is missing, Refusal when a sound can't be brought to the target.
    """
    match order:
        case Examine(wanted):
            _, wanted = ingest.announced(wanted, Beside(ident=_own(spool / IDENT)))
            return ingest.examine(spool / UPLOAD, wanted).report
        case Render(wanted, fills):
            return _render(spool, wanted, fills, tell)
        case Prepare(wanted, kind):
            return prepare.prepare(spool / UPLOAD, spool, kind, wanted)
        case Silence(wanted, who, cause, place, count):
            said = Dedication(who, cause, wanted.language)
            opening, close = (_own(spool / name) for name in (OPENING, CLOSE))
            sound = silence.silence(
                said, wanted.slot_seconds, wanted.audio, Run(place, count), opening, close
            )
            return _made(Composed(sound, ()), spool, wanted)
        case Fill(wanted, station, seed, fills):
            library = _library(spool, fills)
            slot = station_fill.fill(wanted.slot_seconds, station, seed, wanted.audio, library)
            return _made(slot, spool, wanted)
        case Emergency(wanted, station):
            sound = station_fill.emergency(wanted.slot_seconds, station, wanted.audio)
            return _made(Composed(sound, ()), spool, wanted)


def _render(spool: Path, wanted: Wanted, fills: tuple[FillFile, ...], tell: Tell) -> Made:
    beside = Beside(_library(spool, fills), _piece(spool, wanted), _own(spool / IDENT))
    rendered = ingest.render(spool / UPLOAD, spool, wanted, beside, tell)
    if rendered.master is None:
        return Made(rendered.report, None)
    tell("previewing")
    _show(rendered.master.pcm, spool)
    made = Made(rendered.report, rendered.facts)
    # What was read of the master may go before the other way is made.
    del rendered
    if wanted.treatment.level or wanted.treatment.clean:
        _show_plain(spool, wanted, beside)
    return made


def _made(slot: Composed, spool: Path, wanted: Wanted) -> Made:
    made = master.finish(Envelope.of(slot.sound), spool / MASTER, wanted.audio)
    _show(made.pcm, spool)
    return Made(None, ingest.facts_of(made, slot))


def _show(pcm: Pcm, spool: Path) -> None:
    """Write what a page shows of a master: its preview and its waveform."""
    ffmpeg.encode_preview(pcm, spool / PREVIEW)
    (spool / WAVEFORM).write_bytes(waveform(pcm))


def _show_plain(spool: Path, wanted: Wanted, beside: Beside) -> None:
    """Write the preview of what the piece would be without the leveler and the filters."""
    folder = spool / PLAIN_FOLDER
    folder.mkdir()
    rendered = ingest.render(spool / UPLOAD, folder, wanted.plain, beside)
    if rendered.master is not None:
        ffmpeg.encode_preview(rendered.master.pcm, spool / PLAIN_PREVIEW)


def _library(spool: Path, fills: tuple[FillFile, ...]) -> tuple[FillSound, ...]:
    """The station's fill that can be read: a damaged piece stops nobody's own."""
    found = []
    for one in fills:
        with suppress(Fault):
            found.append(FillSound(one.kind, _source(spool / one.name), one.lufs, one.number))
    return tuple(found)


def _source(file: Path) -> Source:
    """A sound that is read when it is laid."""
    count, channels = flac.shape(file)
    return Source(count, channels, partial(flac.sound, file))


def _piece(spool: Path, wanted: Wanted) -> Piece | None:
    """The member's other piece that follows; None where there is none, or it can't be heard."""
    if not (spool / PIECE).exists():
        return None
    examined = ingest.examine(spool / PIECE, wanted.alone)
    if examined.piece is None or examined.report.integrated_lufs is None:
        return None
    return Piece(examined.piece, examined.report.integrated_lufs)


def _own(file: Path) -> Samples | None:
    """A recording that is said beside a piece, repaired and trimmed; None without one."""
    if not file.exists():
        return None
    examined = ingest.examine(file, Wanted(LONGEST_OWN_SECONDS))
    return examined.piece
