"""A listener of our own hears what the public hears, from outside."""

import http.client
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import ffmpeg

from station.errors import Fault

# Icecast answers a mount without a source with 404, and one that starves with nothing.
SOUNDING_BYTES = 4000
SOUNDING_SECONDS = 3.0
RECORD_GRACE_SECONDS = 15


def sounding(url: str, seconds: float = SOUNDING_SECONDS) -> bool:
    """Whether a mount sends a stream to whoever comes, within some seconds.

    Intended silence counts: it is sent at the same constant rate.
    """
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=seconds)
    try:
        connection.request("GET", where.path)
        answer = connection.getresponse()
        return answer.status == http.HTTPStatus.OK and len(answer.read(SOUNDING_BYTES)) > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def turned_away(url: str, seconds: float = SOUNDING_SECONDS) -> bool:
    """Whether Icecast answers and lets nobody in, as when a mount is full of listeners."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=seconds)
    try:
        connection.request("GET", where.path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return status not in (http.HTTPStatus.OK, http.HTTPStatus.NOT_FOUND)


def record(url: str, seconds: float, file: Path) -> Path:
    """Record a mount for some seconds as 48 kHz stereo WAV. Raises Fault when it can't be heard."""
    heard = ffmpeg.input(url, t=seconds).output(str(file), ar=48_000, ac=2, format="wav")
    command = heard.global_args("-nostdin", "-v", "error", "-y").compile()
    try:
        subprocess.run(
            command, check=True, capture_output=True, timeout=seconds + RECORD_GRACE_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Fault(f"{url} sent too little to record {seconds} s", permanent=False) from None
    except subprocess.CalledProcessError as problem:
        said = problem.stderr.decode(errors="replace").strip()
        raise Fault(f"{url} can't be recorded: {said}", permanent=False) from None
    return file
