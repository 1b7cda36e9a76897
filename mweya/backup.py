"""A backup is one file with all that a station can't make again; it restores into an empty home."""

import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
from pysqlite3 import dbapi2

from station.command import Answer, answers, progress
from station.db import connect
from station.errors import Refusal, WrongInput
from station.schema import open_station, revision
from station.settings import SECRETS_FILE, SETTINGS_FILE, Settings, home_folder, load

DATABASE_FILE = "station.db"
MEDIA = "media"
PARTS = (SETTINGS_FILE, SECRETS_FILE, DATABASE_FILE, MEDIA)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@answers
def backup(file: Path) -> Answer:
    """Write the station's settings, secrets, database and media to FILE, while it runs."""
    settings = load()
    open_station(settings).close()
    if settings.database.url:
        raise Refusal("backup-other-database")
    part = file.with_name(f".{file.name}.part")
    try:
        _write(settings, part)
        part.replace(file)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise Refusal("file-unwritable", file=file, problem=problem.strerror) from None
    size = file.stat().st_size
    return Answer(
        {"file": str(file), "bytes": size},
        [f"Written to {file}, {size / 1e6:.1f} MB. It holds secrets: keep it as you keep keys."],
        f"MWEYA_HOME=/somewhere/new mweya restore {file}",
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@answers
def restore(file: Path) -> Answer:
    """Make the station in FILE again in MWEYA_HOME, which must not exist or be empty."""
    home = home_folder()
    if home.exists() and any(home.iterdir()):
        raise Refusal("home-not-empty", home=home)
    if not file.exists():
        raise WrongInput("file-missing", file=file)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".restoring-") as scratch:
        whole = Path(scratch) / "home"
        _unpack(file, whole)
        if home.exists():
            home.rmdir()
        whole.rename(home)
    return Answer({"home": str(home)}, [f"The station is in {home} again."], "mweya ledger verify")


def copy_database(settings: Settings, target: Path) -> None:
    """Copy the SQLite database as of one instant, also while it is written to."""
    source = dbapi2.connect(settings.home / DATABASE_FILE)
    copy = dbapi2.connect(target)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()


def _write(settings: Settings, file: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / DATABASE_FILE
        progress("Copying the database …")
        copy_database(settings, database)
        progress("Copying the media …")
        with zipfile.ZipFile(file, "w") as archive:
            file.chmod(0o600)
            for name, source in _parts(settings, database):
                archive.write(source, arcname=name)


def _parts(settings: Settings, database: Path) -> Iterator[tuple[str, Path]]:
    """Every file to keep: its name in the backup, and where it lies."""
    yield DATABASE_FILE, database
    for name in (SETTINGS_FILE, SECRETS_FILE):
        yield name, settings.home / name
    for file in sorted(settings.media_folder.glob("??/*")):
        yield f"{MEDIA}/{file.relative_to(settings.media_folder)}", file


def _unpack(file: Path, whole: Path) -> None:
    # Unlike a tar, a zip can't write outside its folder: extractall drops such names.
    try:
        with zipfile.ZipFile(file) as archive:
            strangers = {Path(name).parts[0] for name in archive.namelist()} - set(PARTS)
            if strangers:
                raise WrongInput("backup-wrong", file=file)
            archive.extractall(whole)
        (whole / SECRETS_FILE).chmod(0o600)
        database = connect(f"sqlite:///{whole / DATABASE_FILE}")
        found = revision(database)
        database.close()
    except (zipfile.BadZipFile, OSError, RuntimeError):
        raise WrongInput("backup-wrong", file=file) from None
    if found is None:
        raise WrongInput("backup-wrong", file=file)
