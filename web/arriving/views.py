"""Files arrive in chunks by the tus protocol 1.0.0: creation, checksum, expiration, termination.

The form that a file is for is posted afterwards, with the arrival's key in place of the file.
See https://tus.io/protocols/resumable-upload.
"""

import base64
import binascii
import hashlib
from typing import IO

from flask import Blueprint, Response, abort, make_response, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date

from media import store
from station import arrivals
from station.arrivals import KEPT, Arrival
from station.errors import Refusal, WrongInput
from web.refusals import status_of
from web.session import do_now, me, now, require_person, station
from web.upload import MEGABYTE, bare_name, require_room

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
CHUNK = "application/offset+octet-stream"
CHECKSUMS = ("sha1", "sha256")
WRONG_CHECKSUM = 460
PIECE_BYTES = 64_000

area = Blueprint("arriving", __name__, url_prefix="/member/arriving")
area.before_request(require_person)


@area.before_request
def _require_version() -> None:
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        abort(412)


@area.after_request
def _speak_tus(response: Response) -> Response:
    response.headers["Tus-Resumable"] = response.headers["Tus-Version"] = VERSION
    return response


@area.errorhandler(Refusal)
def _refused(refusal: Refusal) -> ResponseReturnValue:
    return _said(refusal.sentence, status_of(refusal))


@area.errorhandler(HTTPException)
def _wrong(error: HTTPException) -> ResponseReturnValue:
    return _said("", error.code or 400)


@area.route("/", methods=["OPTIONS"], provide_automatic_options=False)
def can() -> ResponseReturnValue:
    """What of the protocol is spoken here."""
    most = station().settings.audio.upload_megabytes * MEGABYTE
    algorithms = ",".join(CHECKSUMS)
    told = {"Tus-Max-Size": str(most), "Tus-Checksum-Algorithm": algorithms}
    return "", 204, {"Tus-Extension": EXTENSIONS, **told}


@area.post("/")
def begin() -> ResponseReturnValue:
    """Expect a file. Raises WrongInput `upload-empty` or `upload-large`, or as `require_room`."""
    size, most = _number("Upload-Length"), station().settings.audio.upload_megabytes
    if not size:
        raise WrongInput("upload-empty")
    if size > most * MEGABYTE:
        raise WrongInput("upload-large", limit=most)
    require_room(size)
    who, name = me().id, _file_name(request.headers.get("Upload-Metadata", ""))
    arrival = do_now(lambda session: arrivals.begin(session, who, name, size, now()))
    where = url_for("arriving.carry_on", key=arrival.key)
    return _answer(arrival, 0, 201, Location=where)


@area.route("/<key>", methods=["HEAD"])
def how_far(key: str) -> ResponseReturnValue:
    """How much of a file has arrived. Raises Refusal `arrival-unknown`."""
    arrival = _mine(key)
    with store.arrival(station().settings.media_folder, key) as file:
        return _answer(arrival, have(arrival, file), 200)


@area.patch("/<key>")
def carry_on(key: str) -> ResponseReturnValue:
    """Take the next chunk of a file. Raises Refusal `arrival-unknown`."""
    if request.mimetype != CHUNK:
        abort(415)
    _mine(key)
    with store.arrival(station().settings.media_folder, key) as file:
        # Another chunk may have come while we waited for the file.
        arrival = _mine(key)
        start = have(arrival, file)
        if _number("Upload-Offset") != start:
            abort(409)
        end = _write_chunk(file, start, arrival.size_bytes)
        if not do_now(lambda s: arrivals.advance(s, key, arrival.arrived_bytes, end, now())):
            raise Refusal("arrival-unknown")
    return _answer(_mine(key), end, 204)


@area.delete("/<key>")
def end(key: str) -> ResponseReturnValue:
    """Forget a file. Raises Refusal `arrival-unknown`."""
    who = me().id
    do_now(lambda session: arrivals.end(session, who, key, now()))
    store.forget_arrival(station().settings.media_folder, key)
    return "", 204


def have(arrival: Arrival, file: IO[bytes]) -> int:
    """How many bytes of a file are really here: a power cut may have kept less than was noted."""
    if arrival.upload_sha256:
        return arrival.size_bytes
    return min(arrival.arrived_bytes, file.seek(0, 2))


def _write_chunk(file: IO[bytes], start: int, size: int) -> int:
    """Write the request's body; where it ends. What is beyond a file's size is refused."""
    algorithm, _, digest = request.headers.get("Upload-Checksum", "").partition(" ")
    if algorithm and algorithm not in CHECKSUMS:
        abort(400)
    summed, end = hashlib.new(algorithm or "sha1", usedforsecurity=False), start
    file.seek(start)
    while piece := request.stream.read(PIECE_BYTES):
        end += len(piece)
        if end > size:
            abort(413)
        file.write(piece)
        summed.update(piece)
    file.flush()
    if algorithm and base64.b64encode(summed.digest()).decode() != digest:
        return abort(_said("", WRONG_CHECKSUM))
    return end


def _mine(key: str) -> Arrival:
    with station().database.reading() as session:
        return arrivals.require_mine(session, me().id, key, now())


def _answer(arrival: Arrival, offset: int, status: int, **more: str) -> Response:
    response = _said("", status)
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Length"] = str(arrival.size_bytes)
    response.headers["Upload-Expires"] = http_date(arrival.touched_at + KEPT)
    response.headers.update(more)
    return response


def _said(sentence: str, status: int) -> Response:
    return make_response(sentence, status, {"Content-Type": "text/plain; charset=utf-8"})


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):  # noqa: PLR2004  petabytes
        abort(400)
    return int(text)


def _file_name(metadata: str) -> str:
    """The file's name, of the pairs of a name and a base64 text that tus has it in."""
    pairs = (pair.strip().partition(" ") for pair in metadata.split(","))
    said = {name: text for name, _, text in pairs}
    try:
        return bare_name(base64.b64decode(said.get("filename", ""), validate=True).decode())
    except (binascii.Error, UnicodeDecodeError):
        return ""
