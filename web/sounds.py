"""Sounds are sent in ranges as players want them, and only to whom they are for."""

from pathlib import Path

from flask import Response, abort, send_file

from station.recordings import preview_at
from web.session import station

KEPT_SECONDS = 3600
RECORDINGS = {".opus": "audio/ogg", ".mp3": "audio/mpeg"}


def send_preview(sha256: str) -> Response:
    """A low-data preview, for this browser to keep for a while; 404 when it is not there."""
    file = preview_at(station().settings.media_folder, sha256)
    if not file.exists():
        abort(404)
    answer = send_file(file, "audio/mpeg", conditional=True, etag=sha256, max_age=KEPT_SECONDS)
    answer.cache_control.private = True
    return answer


def send_recording(file: Path) -> Response:
    """What went out in a slot, as a listener received it."""
    answer = send_file(file, RECORDINGS[file.suffix], conditional=True, max_age=KEPT_SECONDS)
    answer.cache_control.private = True
    return answer
