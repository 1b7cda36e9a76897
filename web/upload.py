"""An upload goes straight to disk under a limit, and is kept under the hash of its bytes."""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage

from media.sniff import Sound, sniff
from media.store import arriving, keep
from station.errors import WrongInput
from station.recordings import stored_at
from station.settings import Settings
from web.session import station

MEGABYTE = 1_000_000
LONGEST_NAME = 200
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
        return arriving(station().settings.media_folder)


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes that are kept: what they were called, their hash and how many they are."""

    file_name: str
    sha256: str
    size: int


def keep_upload(file: FileStorage | None, settings: Settings) -> Upload:
    """Keep an uploaded file's bytes in the station's media folder.

    Raises WrongInput `upload-missing`, `upload-empty` or `upload-large`.
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
    stream.flush()
    keep(settings.media_folder, Path(stream.name), sha256)
    return Upload(PurePath(file.filename).name[-LONGEST_NAME:], sha256, size)


def keep_sound(file: FileStorage | None, settings: Settings) -> str:
    """Keep a sound that may be sent or not; its hash, empty when none came.

    Raises WrongInput `upload-not-sound`, `upload-empty` or `upload-large`.
    """
    if file is None or not file.filename:
        return ""
    sha256 = keep_upload(file, settings).sha256
    if not isinstance(sniff(stored_at(settings.media_folder, sha256)), Sound):
        raise WrongInput("upload-not-sound")
    return sha256
