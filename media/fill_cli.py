"""The commands about the station's own fill: what the operator brings, sees and retires."""

import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from station import fill as kept
from station import trail
from station.cli import opened
from station.command import Answer, answers
from station.errors import WrongInput
from station.fill import FillPiece
from station.treatment import FillKind

if TYPE_CHECKING:
    from station.settings import Settings

NEXT = "mweya fill list"
MEGABYTE = 1_000_000
KIND = click.Choice([str(kind) for kind in FillKind])


@click.group("fill")
def fill_group() -> None:
    """The station's own material: beds, idents, promos, and what is said around silences."""


@fill_group.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", required=True, type=KIND, help="What it is for.")
@click.option("--title", required=True, help="What the desk calls it.")
@answers
def add(file: Path, kind: str, title: str) -> Answer:
    """Check FILE and use it from now on. Exits 1 when it can't be used."""
    from media.worker import Worker

    with opened() as (settings, database), Worker.of(settings, database) as worker:
        now = datetime.now(UTC)
        upload_sha256 = _kept(file, settings)
        with database.writing() as session:
            piece = kept.receive(session, FillKind(kind), title, upload_sha256, now)
            trail.write(session, None, "fill.add", now, subject=piece.title)
        made = worker.shelf.prepare(piece, now)
        facts, sentences = _facts(made), made.facts["sentences"]
        if made.state != kept.FillState.USED:
            with database.writing() as session:
                kept.retire(session, piece.id, now)
            facts = {"fill": None, "verdict": "rejected", "sentences": sentences}
            return Answer(facts, ["It can't be used.", *sentences], found_problems=True)
    told = f"“{made.title}” is used as {_named(kind)}, number {made.id}."
    return Answer({**facts, "verdict": "accepted"}, [told, *sentences], NEXT)


@fill_group.command("list")
@answers
def list_fill() -> Answer:
    """List what was brought and not retired."""
    with opened() as (_, database), database.reading() as session:
        pieces = kept.listed(session)
    lines = [
        f"{piece.id:>4}  {piece.kind:<8} {piece.duration_ms / 1000:>6.1f} s  {piece.title}"
        f"{'' if piece.state == kept.FillState.USED else f' ({piece.state})'}"
        for piece in pieces
    ]
    empty = ["Nothing was brought: the station plays a bed and an ident of its own making."]
    facts = {"fill": [_facts(piece) for piece in pieces]}
    return Answer(facts, lines or empty, "mweya fill add FILE --kind KIND --title TITLE")


@fill_group.command("retire")
@click.argument("number", type=int)
@answers
def retire(number: int) -> Answer:
    """Use the piece with this NUMBER no longer."""
    with opened() as (_, database), database.writing() as session:
        now = datetime.now(UTC)
        piece = kept.retire(session, number, now)
        trail.write(session, None, "fill.retire", now, subject=piece.title)
    return Answer(_facts(piece), [f"“{piece.title}” is used no longer."], NEXT)


def _kept(file: Path, settings: "Settings") -> str:
    """Copy a file's bytes into the store, and say their hash.

    Raises WrongInput `file-missing`, `file-unreadable` or `upload-large`.
    """
    from media import store
    from media.digest import sha256_of

    limit, name = settings.audio.upload_megabytes, click.format_filename(file)
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            raise WrongInput("file-unreadable", file=name, problem="it is not a plain file")
        if found.st_size > limit * MEGABYTE:
            raise WrongInput("upload-large", limit=limit)
        with store.work_folder(settings.media_folder) as folder:
            copy = Path(shutil.copyfile(file, folder / "upload"))
            sha256 = sha256_of(copy)
            store.keep(settings.media_folder, copy, sha256)
            return sha256
    except FileNotFoundError:
        raise WrongInput("file-missing", file=name) from None
    except OSError as error:
        raise WrongInput("file-unreadable", file=name, problem=error.strerror) from None


def _named(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _facts(piece: FillPiece) -> dict[str, object]:
    return {
        "fill": piece.id,
        "kind": piece.kind,
        "title": piece.title,
        "state": piece.state,
        "duration_ms": piece.duration_ms,
        "sound_sha256": piece.sound_sha256 or None,
        "sentences": piece.facts.get("sentences", []),
    }
