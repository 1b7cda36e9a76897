"""Every address that shows a page to somebody: found from the routes, so that none is forgotten."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import APIResponse, BrowserContext
from werkzeug.routing import Rule

from station import profiles, shares
from station.grid import newest_draft, places
from station.recordings import Recording
from tests.web.reach.full import Full, draft_week

AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"
LOOK = Path(__file__).with_name("look.js")
# Whose pages are looked at where: the same page is another one for each of them.
AREAS = {
    "nobody": ("",),
    "member": ("/member/rights/", "/receipt/"),
    "trader": ("/", "/member/", "/market/", "/gift/"),
    "checked": (),
    "refused": (),
    "payable": ("/membership/",),
    "waiting": ("/membership/",),
    "newcomer": ("/membership/", "/join"),
    "operator": ("/desk/",),
}
# Pages that are another page by who asks, or by what is asked of them.
ALSO = {
    "member": ("/member/", "/market/", "/member/voice/"),
    "checked": ("/member/",),
    "refused": ("/member/",),
    "trader": ("/member/?weeks=9", "/member/bulk/?every=2"),
    "operator": ("/desk/fees/?q=RF",),
}
SERVER_ERROR = 500


def addresses(station: Full, role: str) -> Iterator[tuple[str, str]]:
    """Each route of a role's areas with an address of it, and those of `ALSO`."""
    adapter = station.app().url_map.bind("localhost")
    values = named(station)
    for rule in adapter.map.iter_rules():
        if "GET" in (rule.methods or ()) and within(rule, AREAS[role]):
            mine = {
                name: values.get(f"{rule.endpoint} {name}", values.get(name, 1))
                for name in rule.arguments
            }
            address = adapter.build(rule.endpoint, mine, "GET")
            asked = f"?{station.traded.rights}" if rule.endpoint == "bulk.chosen" else ""
            yield rule.rule, address + asked
    yield from ((address, address) for address in ALSO.get(role, ()))


def within(rule: Rule, areas: tuple[str, ...]) -> bool:
    """Whether a route belongs to one of some areas; "/" alone is the front page."""
    return any(rule.rule == area if area == "/" else rule.rule.startswith(area) for area in areas)


def named(station: Full) -> dict[str, object]:
    """What routes name, such that there is a page: by the argument, or by it and its route."""
    voice = profiles.code_of(station.settings, station.people["member"].account_id)
    today = datetime.now(station.settings.zone).date()
    return {
        "voices.page code": voice,
        "again.voice code": voice,
        "again.voice_feed code": voice,
        "again.piece code": shares.code_of(station.settings, station.heard),
        "day": today.isoformat(),
        "request_id": station.traded.request,
        "desk.grid.piece_page request_id": drafted(station),
        "label": draft_week(station),
        "desk.moderation.pull_page channel": 0,
        "slot": station.settings.slots.number(datetime.now(station.settings.zone)),
        "filename": "air.css",
        "state": "missing",
        "language": "en",
        "person_id": station.joined.newcomer.id,
        "reference": station.joined.reference,
        "gift.show token": station.traded.gift.rpartition("/")[2],
        "signin.show token": station.link("member").rpartition("/")[2],
        "join.invited token": station.invited,
        "feeds.feed token": station.calendar,
        "receipts.page code": receipt(station),
        "pieces.page code": shares.code_of(station.settings, station.traded.request),
        "pieces.reminder code": shares.code_of(station.settings, station.traded.request),
    }


def drafted(station: Full) -> int | None:
    """A request that has a place in the draft."""
    with station.database.reading() as session:
        draft = newest_draft(session, draft_week(station))
        return None if draft is None else min(places(draft))


def receipt(station: Full) -> str | None:
    """The receipt of a recording of the member's."""
    mine = Recording.account_id == station.people["member"].account_id
    with station.database.reading() as session:
        return session.scalars(sa.select(Recording.receipt).where(mine)).first()


def ask(context: BrowserContext, address: str) -> APIResponse:
    """What an address answers to who asks, without going on to another one."""
    answer = context.request.get(address, max_redirects=0)
    assert answer.status < SERVER_ERROR, address
    return answer


def shows_a_page(answer: APIResponse) -> bool:
    """Whether there is a page: not a file, not the way to another page."""
    return answer.ok and answer.headers["content-type"].startswith("text/html")
