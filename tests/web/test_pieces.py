"""Whoever was sent a piece's page sees what it is and when; nothing of one that was withdrawn."""

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

import web
from station import reviewing, shares
from station.airtime import Week
from station.rights import Request, RequestKind, requests_of, withdraw

MOST_IMAGE_BYTES = 30_000


@pytest.fixture
def requests(database, settings, seeded, now):
    """The requests of the week on air, and of the draft after it."""
    this = Week.of(now, settings.zone)
    with database.reading() as session:
        return [requests_of(session, week) for week in (this, this.plus(1))]


def path_of(settings, request):
    return f"/p/{shares.code_of(settings, request.id)}"


def meta(page):
    found = re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)"', page)
    return {name: html.unescape(said) for name, said in found}


def test_a_preview_card_says_who_is_heard_when_and_where(requests, nobody, settings):
    thandi = requests[0][0]
    answer = nobody.client.get(path_of(settings, thandi))
    card = meta(answer.text)
    assert card["og:title"] == "The river behind our school, by Thandi Mokoena"
    assert re.fullmatch(
        r"Saturday 21 November 2026, \d\d:\d\d, channel One \(Johannesburg, UTC\+02:00\)",
        card["og:description"],
    )
    assert answer.text.count('<meta name="description"') == 1
    assert card["description"] in card["og:description"]
    assert card["og:url"] == f"{settings.web_url}{path_of(settings, thandi)}"
    assert card["og:image"].startswith(f"{settings.web_url}/static/card.png?v=")
    assert "example.org" not in answer.text
    image = Path(web.__file__).parent / "static" / "card.png"
    assert image.stat().st_size < MOST_IMAGE_BYTES


def test_what_is_on_now_can_be_listened_to_there(requests, nobody, settings):
    nobody.open(path_of(settings, requests[0][0]))
    assert "On air now, until" in nobody.page
    assert "<audio" in nobody.page


def test_a_silence_is_named_by_its_cause(requests, nobody, settings):
    silence = next(one for one in requests[0] if one.kind == RequestKind.SILENCE)
    nobody.open(path_of(settings, silence))
    assert "Silence for George Floyd" in nobody.page
    assert "Dedicated by Naledi Khumalo." in nobody.page


def test_a_withdrawn_piece_is_not_named_any_more(requests, nobody, settings, database):
    thandi = requests[0][0]
    with database.writing() as session:
        withdraw(session, session.get_one(Request, thandi.id))
    nobody.open(path_of(settings, thandi))
    assert "This piece does not air." in nobody.page
    assert "river" not in nobody.page
    assert "Thandi" not in nobody.page


def test_a_piece_that_operators_hold_back_is_not_named(
    requests, nobody, settings, database, seeded, now
):
    held = requests[0][-1]
    with database.writing() as session:
        reviewing.hold(session, settings, held.id, "one more ear", seeded.operator, now)
    nobody.open(path_of(settings, held))
    assert "This piece does not air." in nobody.page
    assert held.title not in nobody.page


def test_what_has_no_time_on_air_has_no_page_and_no_address_is_guessed(requests, nobody, settings):
    drafted = requests[1][0]
    longest = "9" * 5000
    known = (path_of(settings, drafted), "/p/1-aaaaaaaa", "/p/1", "/p/x-y", "/p/99-aaaaaaaa")
    for path in (*known, f"/p/{longest}-x"):
        assert nobody.client.get(path).status_code == 404, path


def test_a_planned_piece_is_sent_on_from_its_card(requests, seeded, signed_in, settings):
    pieter = signed_in(seeded.members[7])
    pieter.open("/member/")
    piece = next(one for one in requests[0] if one.account_id == seeded.members[7].account_id)
    link = next(one for one in re.findall(r'href="(https://wa\.me/[^"]+)"', pieter.page))
    said = unquote(link)
    assert said.startswith("https://wa.me/?text=Night shift at the bakery: Saturday 21 November")
    assert said.endswith(f", on Mweya, channel Two. {shares.address(settings, piece.id)}")
