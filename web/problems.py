"""What goes wrong is told to a program as a problem (RFC 9457), where a person gets a page."""

from http import HTTPStatus
from typing import Any

import msgspec
from flask import Response, request
from msgspec import Struct
from werkzeug.exceptions import HTTPException

ROOT = "/api/v1"
TYPE = "application/problem+json"
SERVER_ERROR = 500


class Problem(Struct, frozen=True, omit_defaults=True):
    """What went wrong: `title` says the status in words, `detail` what happened and what to do.

    `code` names a refusal for programs; one that is known stays the same. `number` is what the
    operator finds a broken answer by in the station's log.
    """

    status: int
    title: str
    detail: str
    code: str = ""
    number: str = ""


def are_wanted() -> bool:
    """Whether a program asks, and not a person's browser."""
    return request.path == ROOT or request.path.startswith(f"{ROOT}/")


def answer(
    status: int, detail: str, code: str = "", number: str = "", **headers: Any
) -> tuple[Response, int]:
    """A problem as an answer, of which nobody keeps a copy."""
    told = Problem(status, HTTPStatus(status).phrase, detail, code, number)
    response = Response(msgspec.json.encode(told), status, mimetype=TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    if status == HTTPStatus.UNAUTHORIZED:
        # RFC 6750, section 3.
        response.headers["WWW-Authenticate"] = "Bearer"
    response.headers.update(headers)
    return response, status


def of_http(error: HTTPException, detail: str) -> tuple[Response, int]:
    """The problem that the framework found, with what its answer has to carry besides."""
    kept = {
        name: said
        for name, said in error.get_response().headers.items()
        if name in ("Allow", "Retry-After")
    }
    return answer(error.code or SERVER_ERROR, detail, **kept)
