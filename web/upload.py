"""An upload goes straight to disk under a limit, and is kept under the hash of its bytes."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path, PurePath
from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage

from media import store
from media.sniff import Sound, sniff
from station import arrivals, attempts
from station.arrivals import Arrival
from station.errors import Busy, Refusal, WrongInput
from station.recordings import stored_at
from station.settings import Settings
from web.session import ARRIVAL, do_now, me, now, station

MEGABYTE = 1_000_000
LONGEST_NAME = 200
# As many of the largest files may a member send in a day.
LARGEST_A_DAY = 10
# Extensions are listed because iOS greys out .m4a under audio/* alone. What a file is, is
# decided by its content, later.
ACCEPT = "audio/*,.opus,.ogg,.m4a,.mp4,.mp3,.wav,.amr,.3gp,.aac,.flac,.webm"


class Arriving(Request):
    """A request whose files are written to disk while they arrive."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        del total_content_length, content_type, filename, content_length
        return store.arriving(station().settings.media_folder)


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes that are kept: what they were called, their hash and how many they are."""

    file_name: str
    sha256: str
    size: int


def keep_upload(file: FileStorage | None, settings: Settings) -> Upload:
    """Keep an uploaded file's bytes in the station's media folder.

    Raises WrongInput `upload-missing`, `upload-empty` or `upload-large`, and what `require_room`
    does.
    """
    if file is None or not file.filename:
        raise WrongInput("upload-missing")
    stream = file.stream
    stream.seek(0)
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    size = stream.tell()
    if not size:
        raise WrongInput("upload-empty")
    if size > settings.audio.upload_megabytes * MEGABYTE:
        raise WrongInput("upload-large", limit=settings.audio.upload_megabytes)
    if not stored_at(settings.media_folder, sha256).exists():
        require_room(size)
    stream.flush()
    store.keep(settings.media_folder, Path(stream.name), sha256)
    return Upload(bare_name(file.filename), sha256, size)


def require_room(size: int) -> None:
    """See that there is room for so many bytes, and count them for the member who sends them.

    Raises Refusal `disk-full` or `sent-much`.
    """
    settings, who = station().settings, me()
    store.require_room(settings.media_folder, size)
    most = LARGEST_A_DAY * settings.audio.upload_megabytes
    bytes_a_day = most * MEGABYTE
    if not who.operator and not do_now(
        lambda session: attempts.count_bytes(session, who.id, size, bytes_a_day, now())
    ):
        raise Refusal("sent-much", most=most)


def keep_sent(sent: Request, settings: Settings) -> Upload:
    """Keep what a form brings: the file in it, or else the one that has arrived before it.

    Raises what `keep_upload` and `keep_arrived` do.
    """
    file, key = sent.files.get("file"), sent.form.get(ARRIVAL)
    if key and not (file and file.filename):
        return keep_arrived(key)
    return keep_upload(file, settings)


@contextmanager
def kept_for_another_try(upload: Upload) -> Iterator[None]:
    """Keep what came with a form that is refused meanwhile, so that nobody sends it again."""
    try:
        yield
    except (Refusal, Busy):
        who, (name, sha256, size) = me().id, astuple(upload)
        do_now(lambda session: arrivals.keep(session, who, name, size, sha256, now()))
        raise


def keep_arrived(key: str) -> Upload:
    """Keep the bytes of a file that has arrived in chunks before its form.

    Raises Refusal `arrival-unknown` or `arrival-unfinished`.
    """
    folder, who = station().settings.media_folder, me().id
    with station().database.reading() as session:
        arrivals.require_mine(session, who, key, now())
    with store.arrival(folder, key) as file:
        with station().database.reading() as session:
            arrival = arrivals.require_mine(session, who, key, now())
        sha256 = arrival.upload_sha256 or _store_arrived(folder, arrival, file)
    return Upload(arrival.file_name, sha256, arrival.size_bytes)


def bare_name(said: str) -> str:
    """What a file was called, without the folders it was in."""
    return PurePath(said).name[-LONGEST_NAME:]


def _store_arrived(folder: Path, arrival: Arrival, file: IO[bytes]) -> str:
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    arrived = min(arrival.arrived_bytes, file.tell())
    if arrived < arrival.size_bytes:
        raise Refusal("arrival-unfinished", arrived=arrived, size=arrival.size_bytes)
    store.keep(folder, Path(file.name), sha256)
    do_now(lambda session: arrivals.store(session, arrival.key, sha256))
    store.forget_arrival(folder, arrival.key)
    return sha256


def keep_sound(file: FileStorage | None, settings: Settings) -> str:
    """Keep a sound that may be sent or not; its hash, empty when none came.

    Raises WrongInput `upload-not-sound`, and what `keep_upload` does.
    """
    if file is None or not file.filename:
        return ""
    sha256 = keep_upload(file, settings).sha256
    if not isinstance(sniff(stored_at(settings.media_folder, sha256)), Sound):
        raise WrongInput("upload-not-sound")
    return sha256
