"""Every part of a member's area needs its person, and keeps how far ahead they look."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for

from station.errors import Refusal
from web import refusals
from web.session import require_person


def member_area(name: str, draw: Callable[[str], str], prefix: str = "/member") -> Blueprint:
    """A part of the member's area whose refusals are shown on the page that `draw` draws."""
    area = Blueprint(name, __name__, url_prefix=prefix, template_folder="templates")
    area.before_request(require_person)
    area.url_defaults(_keep_looking_ahead)
    area.register_error_handler(Refusal, refusals.on_the_page(draw))
    return area


def page_at(anchor: str) -> str:
    """The address of a place on the member's page, where it lies unfolded."""
    return url_for("member.page", at=anchor, _anchor=anchor)


def _keep_looking_ahead(_: str, values: dict[str, Any]) -> None:
    """Whoever looks further ahead still does after sending a form."""
    if (weeks := request.args.get("weeks", type=int)) is not None:
        values.setdefault("weeks", weeks)
