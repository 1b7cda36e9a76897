from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from playout import heard
from playout.heard import Heard
from station import takedowns
from station.airlog import AirLine, LineKind
from station.airtime import Slots, Week
from station.grid import published
from web.app import create_app
from web.public.now import as_heard, channel_from, seconds_to_change

SLOTS = Slots(300)
START = datetime(2026, 11, 25, 16, 35, tzinfo=UTC)
FIRST = SLOTS.number(START)


def line(offset, kind=LineKind.SEGMENT, request=None, channel=0, title="The river", by="Thandi"):
    return AirLine(
        channel=channel,
        slot_number=FIRST + offset,
        kind=kind,
        request_id=request if request is not None else offset,
        title=title,
        speaker=by,
    )


def near(found):
    """What is now and what is next, by request."""
    return [piece and piece.request_id for piece in (found.now, found.next)]


def fill(offset):
    line_of_fill = line(offset, LineKind.FILL, title="Bed", by="")
    line_of_fill.request_id = None
    return line_of_fill


def test_now_next_and_later_come_from_the_air_log():
    lines = [line(0), line(1, title="Rain"), fill(2), line(3), line(4), line(5), line(6)]
    found = channel_from(0, lines, SLOTS, START)
    assert near(found) == [0, 1]
    assert [piece.request_id for piece in found.later] == [3, 4, 5]


def test_a_slot_begins_at_its_first_instant_and_is_over_at_its_end():
    lines = [line(0), line(1)]
    last = START.replace(minute=39, second=59)
    assert near(channel_from(0, lines, SLOTS, last)) == [0, 1]
    assert near(channel_from(0, lines[1:], SLOTS, last)) == [None, 1]
    assert near(channel_from(0, lines[1:], SLOTS, START.replace(minute=40))) == [1, None]


def test_a_long_silence_is_one_piece_and_says_its_length():
    lines = [line(n, LineKind.SILENCE, request=7, title="George Floyd") for n in (0, 1)]
    found = channel_from(0, lines, SLOTS, START)
    assert found.now is not None
    assert found.now.heading == "Ten minutes of silence for George Floyd"
    assert found.now.by == "dedicated by Thandi"
    assert found.next is None


def test_two_members_with_one_title_stay_two_pieces():
    found = channel_from(0, [line(0, request=1), line(1, request=2)], SLOTS, START)
    assert near(found) == [1, 2]


def test_other_channels_are_not_mixed_in():
    found = channel_from(0, [line(0, channel=1), line(1, channel=1)], SLOTS, START)
    assert (found.now, found.next, found.later) == (None, None, ())


def test_what_is_heard_instead_of_a_piece_is_shown_until_its_slot_is_over():
    planned = channel_from(0, [line(0), line(1)], SLOTS, START)
    told = Heard(0, FIRST, "fill")
    found = as_heard(planned, told, SLOTS, START)
    assert (found.now.heading, found.now.by) == ("The station's own sound", "")
    assert found.next == planned.next
    assert as_heard(planned, told, SLOTS, START.replace(minute=40)) == planned
    assert as_heard(planned, Heard(0, FIRST, "away"), SLOTS, START) == planned


def test_a_presenter_is_shown_while_they_are_heard():
    block = line(0, LineKind.RESERVED, title="Live hour", by="Sipho")
    planned = channel_from(0, [block], SLOTS, START)
    assert planned.now.by == ""
    live = as_heard(planned, Heard(0, FIRST, "live", "Live hour", "Sipho"), SLOTS, START)
    assert (live.now.heading, live.now.by, live.now.live) == ("Live hour", "Sipho", True)


@pytest.mark.usefixtures("seeded")
def test_a_piece_that_is_not_heard_is_not_said_to_be_on_air(nobody, settings, now):
    settings.run_folder.mkdir(parents=True)
    heard.write(settings, (Heard(0, settings.slots.number(now), "fill"),), now)
    nobody.open("/")
    assert "The station's own sound" in nobody.page
    assert nobody.open("/api/now.json").json["channels"][0]["now"]["kind"] == "fill"


@pytest.mark.usefixtures("seeded")
def test_a_piece_that_was_taken_down_is_announced_no_more(nobody, settings, database, now):
    before = nobody.open("/api/now.json").json["channels"][0]["next"]
    with database.writing() as session:
        takedowns.order(session, 0, settings.slots.number(now) + 1, "its owner asked", now)
    after = nobody.open("/api/now.json").json["channels"][0]["next"]
    assert before["title"] != after["title"]


def test_the_page_is_fetched_again_when_something_changes():
    found = channel_from(0, [line(0), line(1)], SLOTS, START)
    for second, seconds in ((0, 3), (3, 60), (240, 60), (290, 11), (299, 2)):
        now = START + timedelta(seconds=second)
        assert seconds_to_change([found], now, SLOTS) == seconds
        assert seconds_to_change([], now, SLOTS) == seconds


@pytest.mark.usefixtures("seeded")
def test_the_page_says_who_speaks_and_about_what_on_each_channel(nobody):
    nobody.open("/")
    for said in (
        "The river behind our school",
        "Thandi Mokoena",
        "What the taxi rank taught me",
        "Five minutes of silence for George Floyd",
        "dedicated by Naledi Khumalo",
        "Times are Johannesburg, UTC+02:00.",
    ):
        assert said in nobody.page
    assert nobody.page.count("<audio controls") == 3


def test_the_stream_that_needs_least_data_comes_first(nobody):
    nobody.open("/")
    low, standard = nobody.page.index("/0-low.opus"), nobody.page.index("/0-standard.mp3")
    assert low < standard


def test_the_page_may_play_from_the_streams_and_nowhere_else(settings, database, clock):
    icecast = msgspec.structs.replace(settings.icecast, public_url="https://air.example/radio")
    app = create_app(msgspec.structs.replace(settings, icecast=icecast), database, clock)
    answer = app.test_client().get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "media-src 'self' blob: https://air.example;" in policy
    assert 'src="https://air.example/radio/2-standard.mp3"' in answer.text


@pytest.mark.usefixtures("seeded")
def test_the_same_is_there_for_programs(nobody, settings):
    answer = nobody.open("/api/now.json")
    facts = answer.json
    assert (facts["station"], facts["zone"]) == ("Mweya", "Africa/Johannesburg")
    assert [channel["name"] for channel in facts["channels"]] == list(settings.station.channels)
    silence = facts["channels"][2]["now"]
    assert silence["kind"] == "silence"
    assert silence["words"] == "Five minutes of silence for George Floyd"
    assert silence["starts"] == "2026-11-21T12:00:00+02:00"
    assert facts["channels"][0]["streams"][0]["quality"] == "low"


def test_an_empty_station_is_on_air_with_its_own_sound(nobody):
    answer = nobody.open("/")
    assert answer.status_code == 200
    assert nobody.page.count("The station's own sound") == 3


def test_lengths_come_from_the_slot(settings, database, clock):
    short = msgspec.structs.replace(settings.station, slot_seconds=6)
    app = create_app(msgspec.structs.replace(settings, station=short), database, clock)
    page = app.test_client().get("/").text
    assert "Another voice every six seconds." in page
    assert "five minutes" not in page


def test_what_the_ledger_was_when_the_week_was_published_is_public(
    seeded, nobody, signed_in, database, now, settings
):
    with database.reading() as session:
        shown = published(session, Week.of(now, settings.zone))
    root = shown.root_hash
    nobody.open("/")
    assert (
        "The plan of 16 November 2026 to 22 November 2026, version 1, was published "
        "Monday 16 November."
    ) in nobody.page
    assert f'<p class="code">{root}</p>' in nobody.page
    told = nobody.client.get("/api/now.json").json
    assert told["published"] == {"week": shown.week, "version": 1, "root_hash": root}
    operator = signed_in(seeded.operator)
    operator.open(f"/desk/weeks/{shown.week}")
    assert root in operator.page
