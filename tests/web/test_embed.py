"""Another site shows a channel of ours, or one of our pages, without asking anybody."""

import html
import re

import pytest

from station import shares
from station.airtime import Week
from station.rights import requests_of

pytestmark = pytest.mark.usefixtures("seeded")


def shown(nobody, address, more=""):
    return nobody.client.get(f"/oembed?url={address}{more}")


def test_a_player_may_stand_in_any_page_and_sets_no_cookie(nobody):
    answer = nobody.open("/player/2")
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "public, max-age=2"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers["Vary"]
    assert "What the taxi rank taught me" in nobody.page
    assert nobody.page.count("<audio controls") == 1
    assert nobody.client.get("/player/4").status_code == 404
    assert nobody.client.get("/player/0").status_code == 404


def test_a_player_speaks_the_language_of_its_reader(nobody):
    answer = nobody.client.get("/player/1", headers={"Accept-Language": "zu"})
    assert '<html lang="zu">' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_front_page_and_each_piece_say_where_their_embed_is(nobody, settings):
    for path in ("/", path_of_thandi(nobody, settings)):
        link = re.findall(r'oembed" href="http://[^/]+([^"]+)"', nobody.client.get(path).text)[0]
        answer = nobody.client.get(html.unescape(link))
        assert answer.json["version"] == "1.0"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_piece_is_shown_by_its_channels_player(nobody, settings):
    facts = shown(nobody, settings.web_url + path_of_thandi(nobody, settings)).json
    assert (facts["type"], facts["title"]) == ("rich", "The river behind our school")
    assert (facts["author_name"], facts["provider_name"]) == ("Thandi Mokoena", "Mweya")
    assert f'src="{settings.web_url}/player/1"' in facts["html"]
    assert facts["thumbnail_width"] == 1200


def test_an_embed_fits_into_the_room_that_there_is(nobody, settings):
    facts = shown(nobody, f"{settings.web_url}/player/3", "&maxwidth=200&maxheight=90").json
    assert (facts["width"], facts["height"]) == (200, 90)
    assert 'width="200" height="90"' in facts["html"]
    facts = shown(nobody, f"{settings.web_url}/player/3", "&maxwidth=-1&maxheight=0").json
    assert (facts["width"], facts["height"]) == (480, 320)


def test_a_title_can_not_leave_its_place_in_an_embed(nobody, settings, database):
    with database.writing() as session:
        first(session, settings).title = '"><script>'
    facts = shown(nobody, settings.web_url + path_of_thandi(nobody, settings)).json
    assert 'title="&#34;&gt;&lt;script&gt;"' in facts["html"]


@pytest.mark.parametrize(
    "path",
    [
        *("/member/", "/player/9", "/player/0", "/player/x", "/p/1-x", "/p/1-x/y"),
        *(f"/player/{'9' * 5000}", f"/p/{'9' * 5000}-x"),
    ],
)
def test_what_can_not_be_shown_is_not_found(path, nobody, settings):
    assert shown(nobody, settings.web_url + path).status_code == 404
    for elsewhere in ("https://elsewhere.example/", "http://%5B", "//[x]/"):
        assert shown(nobody, elsewhere).status_code == 404


def test_an_embed_is_told_in_json_only(nobody, settings):
    assert shown(nobody, f"{settings.web_url}/", "&format=xml").status_code == 501


def path_of_thandi(nobody, settings):
    database = nobody.client.application.extensions["mweya"].database
    with database.reading() as session:
        return f"/p/{shares.code_of(settings, first(session, settings).id)}"


def first(session, settings):
    return requests_of(session, Week.parse("2026-W47", settings.zone))[0]
