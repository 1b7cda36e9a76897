"""The pages speak the language that a visitor chose, or that their browser asks for."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from station import lengths, moments, money
from station.airtime import Week
from station.languages import known, speaking, spoken
from station.members import Person
from web import words

ZONE = ZoneInfo("Africa/Johannesburg")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
AT = datetime(2026, 11, 25, 16, 35, tzinfo=UTC)


def choose(visitor, language, came_from="http://localhost/join"):
    """Press a language at the foot of a page."""
    form = visitor.forms["/language"]
    return visitor.client.post(
        "/language", data={**form, "language": language}, headers={"Referer": came_from}
    )


def test_every_page_offers_the_languages_by_their_own_names(nobody):
    nobody.open("/join")
    foot = nobody.page.partition('class="tongues"')[2]
    for name in ("English", "isiZulu", "chiShona", "Afrikaans"):
        assert f">{name}</button>" in foot
    assert 'lang="en" aria-current="true">English' in foot
    assert foot.count("<button") == len(known())


def test_who_chooses_a_language_stays_on_the_page_and_keeps_it(nobody):
    nobody.open("/join")
    answer = choose(nobody, "zu", "http://localhost/join?from=friend")
    assert (answer.status_code, answer.location) == (303, "/join?from=friend")
    nobody.open("/signin")
    assert '<html lang="zu">' in nobody.page
    assert "Imakethe" not in nobody.page


def test_a_request_leaves_no_language_behind(nobody):
    nobody.open("/join")
    choose(nobody, "zu")
    assert "isiZulu" in nobody.open("/signin").text
    assert spoken() == "en"


def test_a_choice_outlives_signing_in_and_is_a_members_on_every_phone(
    app, thandi, signed_in, database, nobody, link_of
):
    nobody.open("/join")
    choose(nobody, "af")
    nobody.enter(link_of(thandi))
    nobody.open("/membership/")
    assert '<html lang="af">' in nobody.page
    choose(nobody, "zu", "http://localhost/membership/")
    elsewhere = signed_in(thandi)
    elsewhere.open("/membership/")
    assert '<html lang="zu">' in elsewhere.page
    with database.reading() as session:
        assert session.get_one(Person, thandi.id).language == "zu"
    nobody.open("/membership/")
    nobody.send("/signout")
    assert '<html lang="zu">' in nobody.page


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("zu-ZA,zu;q=0.9,en;q=0.8", "zu"), ("xh,af;q=0.5", "af"), ("xh", "en"), ("", "en")],
)
def test_a_browser_is_answered_in_the_best_language_that_it_asks_for(app, asked, spoken):
    page = app.test_client().get("/signin", headers={"Accept-Language": asked}).text
    assert f'<html lang="{spoken}">' in page


@pytest.mark.parametrize(
    "came_from",
    ["https://elsewhere.example/join", "http://localhost/signout", "http://localhost/gone", ""],
)
def test_a_choice_leads_back_to_pages_of_ours_alone(nobody, came_from):
    nobody.open("/join")
    assert choose(nobody, "zu", came_from).location == "/"


def test_a_language_that_nobody_speaks_here_is_refused(nobody):
    nobody.open("/join")
    answer = choose(nobody, "tlh")
    assert answer.status_code == 422
    assert "There is no language “tlh” in our list." in answer.text


@pytest.mark.parametrize(
    ("language", "moment", "date", "days", "sum_"),
    [
        ("en", "Wednesday 25 November, 18:35", "25 November 2026", "16 to 22 November", "R1,500"),
        ("af", "Woensdag 25 November, 18:35", "25 November 2026", "16 tot 22 November", "R1 500"),
    ],
)
def test_dates_and_sums_follow_the_language(language, moment, date, days, sum_):
    with speaking(language):
        assert words.moment(AT, ZONE, NOW) == moment
        assert words.date(AT, ZONE) == date
        assert moments.week_days(Week.of(NOW, ZONE)) == days
        assert money.price(150_000, "ZAR").replace("\xa0", " ") == sum_


def test_a_small_number_stands_in_figures_where_its_word_would_follow_its_noun():
    with speaking("zu"):
        assert lengths.counted(5) == "5"
        assert words.day(AT, ZONE, NOW) == "uLwesithathu 25 Novemba"


def test_only_the_names_that_we_gave_are_said_in_other_languages(settings):
    section = replace(settings.station, channels=("Two", "Ukhozi"))
    own = replace(settings, station=section)
    with speaking("zu"):
        assert [own.channel_name(channel) for channel in range(3)] == ["Kubili", "Ukhozi", "3"]
        assert [own.daypart_name(name) for name in ("evening", "tea")] == ["kusihlwa", "tea"]


def test_a_mother_tongue_without_a_catalogue_outlives_a_choice(sender, thandi, database):
    with database.writing() as session:
        session.get_one(Person, thandi.id).language = "xh"
    sender.open("/membership/")
    choose(sender, "zu", "http://localhost/membership/")
    sender.open("/membership/")
    assert '<html lang="zu">' in sender.page
    with database.reading() as session:
        assert session.get_one(Person, thandi.id).language == "xh"
