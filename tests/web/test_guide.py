"""Whoever looks for a voice finds when it is heard, and has a calendar remind them."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from station import profiles, reviewing, shares, takedowns
from station.airlog import AirLine, LineKind
from station.airtime import Slots, Week
from station.profiles import Choice
from station.rights import Request, join, requests_of
from web.public.now import joined, planned

SLOTS = Slots(300)
FIRST = SLOTS.number(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))


@pytest.fixture
def requests(database, settings, seeded, now):
    """The requests of the week on air, in the order in which they are placed."""
    with database.reading() as session:
        return requests_of(session, Week.of(now, settings.zone))


def test_a_part_of_a_day_shows_who_speaks_on_a_channel(seeded, nobody):
    nobody.open("/guide")
    assert "Channel One, Saturday 21 November" in nobody.page
    for said in ("The river behind our school", "Thandi Mokoena", "Remind me of Reën op 'n"):
        assert said in nobody.page
    assert "What the taxi rank taught me" not in nobody.page
    nobody.open("/guide?channel=2")
    assert "What the taxi rank taught me" in nobody.page
    nobody.open("/guide?day=2026-11-25&from=18")
    assert "Nothing is planned for this time yet." in nobody.page
    assert '<time datetime="2026-11-26T00:00:00+02:00">24</time>' in nobody.page
    assert 'href="/guide?day=2026-11-26&channel=1&from=0" rel="next"' in nobody.page
    assert 'href="/guide?day=2026-11-25&channel=1&from=12" rel="prev"' in nobody.page


@pytest.mark.parametrize(
    "asked", ["day=9999-12-31", "day=0001-01-01", "day=x", "from=7", "channel=9", "channel=x"]
)
def test_what_no_guide_has_is_shown_as_today(asked, seeded, nobody):
    nobody.open(f"/guide?{asked}")
    assert "Channel One, Saturday 21 November" in nobody.page


def test_the_guide_finds_titles_voices_and_causes_on_every_channel(seeded, nobody):
    for search, found in (
        ("TAXI rank", "What the taxi rank taught me"),
        ("moyo", "Mbira at the window"),
        ("floyd", "Five minutes of silence for George Floyd"),
    ):
        nobody.open(f"/guide?q={search}")
        assert found in nobody.page
        assert "The river behind our school" not in nobody.page
    nobody.open("/guide?q=100%25")
    assert "Nothing that is planned has these words." in nobody.page


def test_capitals_are_found_by_small_letters_beyond_ascii_too(seeded, nobody, database, settings):
    with database.writing() as session:
        first = settings.slots.number(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))
        session.get_one(AirLine, (0, first)).title = "Ḓuvha: The Sun"
    nobody.open("/guide?q=ḓuvha+sun")
    assert "Ḓuvha: The Sun" in nobody.page


def test_what_was_taken_down_is_found_no_more(seeded, nobody, database, settings, now):
    with database.writing() as session:
        takedowns.order(session, 1, settings.slots.number(now), "its owner asked", now)
    nobody.open("/guide?q=taxi")
    assert "What the taxi rank taught me" not in nobody.page


def test_what_is_held_is_named_no_more(seeded, requests, nobody, database, settings, now):
    johan, slot = requests[3].account_id, settings.slots.number(now) + 2
    with database.writing() as session:
        profiles.choose(session, johan, Choice(shown=True, with_coming=True), now)
    voice = f"/voice/{profiles.code_of(settings, johan)}"
    pages = ("/guide?q=johan", "/guide", voice, f"/api/v1/slots/0/{slot}")
    before = [nobody.client.get(page).text for page in pages]
    assert ["sinkdak" in text for text in before] == [True] * len(pages)
    with database.writing() as session:
        why = "It names a child."
        reviewing.hold(session, settings, requests[3].id, why, seeded.operator, now)
    after = [nobody.client.get(page).text for page in pages]
    assert ["sinkdak" in text for text in after] == [False] * len(pages)


def test_a_reminder_is_an_event_with_an_alarm_until_the_piece_begins(requests, nobody, settings):
    begun, coming = (f"/p/{shares.code_of(settings, one.id)}.ics" for one in requests[2:4])
    assert nobody.client.get(begun).status_code == 404
    answer = nobody.client.get(coming)
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["summary"] == "Reën op 'n sinkdak, Johan van Wyk"
    assert event.decoded("dtstart").isoformat() == "2026-11-21T12:10:00+02:00"
    assert event["url"] == shares.address(settings, requests[3].id)
    assert event["sequence"] == 1
    assert len(event.walk("VALARM")) == 1
    assert "Remind me" in nobody.client.get(coming.removesuffix(".ics")).text


def test_a_long_silence_of_several_rights_is_one_piece(requests, database, settings, now):
    with database.writing() as session:
        two = [session.get_one(Request, one.id) for one in requests[:2]]
        join(session, two)
        session.add_all(line(offset, one.id) for offset, one in enumerate(two, start=2000))
    with database.reading() as session:
        lines, runs = planned(session, FIRST + 2000, FIRST + 2002)
        (piece,) = joined(lines, SLOTS, runs)
    assert piece.heading == "Ten minutes of silence for rain"


def line(offset, request_id):
    return AirLine(
        channel=0,
        slot_number=FIRST + offset,
        week="2026-W48",
        grid_id=1,
        kind=LineKind.SILENCE,
        request_id=request_id,
        title="rain",
        speaker="Thandi",
    )
