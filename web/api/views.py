"""Every route of the table is an address; what is asked is read by its type, or refused."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from station import languages
from station.errors import WrongInput
from station.languages import ENGLISH
from web import problems
from web.api import bearer, pace
from web.api.description import description
from web.api.routes import ROUTES, Route
from web.session import station

area = Blueprint("api", __name__)
# The page for people is one of the station's pages; what programs get looks at no cookie.
told = Blueprint("api_page", __name__, template_folder="templates")
DESCRIBED_SECONDS = 600


@area.before_request
def speak_english() -> None:
    """Programs are told everything in one language."""
    languages.speak(ENGLISH)


@told.get("/api/")
def page() -> ResponseReturnValue:
    """What programs can ask for, for those who write them."""
    return render_template(
        "api/page.html",
        told=description(station().settings),
        root=problems.ROOT,
        pace=pace.MOST_A_MINUTE,
    )


@told.app_template_filter("said")
def with_code(text: str) -> Markup:
    """What the code says of itself, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))  # noqa: S704  escaped


@area.get(f"{problems.ROOT}/openapi.json")
def openapi() -> Response:
    """The same for programs, as OpenAPI 3.1."""
    return _open(msgspec.json.encode(description(station().settings)), DESCRIBED_SECONDS)


def _serve(route: Route) -> Callable[..., ResponseReturnValue]:
    """The view that reads, guards and answers one route."""
    asked = route.asked

    def view(**named: str) -> ResponseReturnValue:
        if route.scope is None:
            pace.require()
        else:
            bearer.require(route.scope)
        body = msgspec.json.encode(route.view(_read(asked, {**request.args, **named})))
        if route.scope is None:
            return _open(body, route.kept_seconds)
        answer = Response(body, route.status, mimetype="application/json")
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    return view


def _read(asked: Any, named: dict[str, str]) -> Any:
    try:
        return msgspec.convert(named, asked, strict=False)
    except msgspec.ValidationError as error:
        raise WrongInput("asked-wrong", problem=error) from None


def _open(body: bytes, kept_seconds: int) -> Response:
    """An answer that anybody may have, keep for a while, and ask for again by its tag."""
    answer = Response(body, mimetype="application/json")
    answer.headers["Cache-Control"] = f"public, max-age={kept_seconds}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


for one in ROUTES:
    area.add_url_rule(
        problems.ROOT + one.path.replace("{", "<").replace("}", ">"),
        endpoint=one.name,
        view_func=_serve(one),
        methods=[one.method],
    )
