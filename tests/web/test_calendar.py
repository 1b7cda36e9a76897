"""A calendar program gets a member's times on air, and what became of them, without a cookie."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from station import grid, rights, using
from station.airtime import Week
from station.appearances import Appearance, Place, Told
from web.feeds import ics

WEEK = "2026-W49"
EARLY = timedelta(days=2)


@pytest.fixture
def address(sender):
    sender.open("/member/calendar/")
    sender.send("/member/calendar/address")
    return found_in(sender)


def read(text):
    return Calendar.from_ical(text)


def found_in(visitor):
    return re.findall(r'value="http://[^/]+(/calendar/[\w-]+\.ics)"', visitor.page)[0]


@pytest.fixture
def on_air(database, settings, thandi, right_of, now):
    """Puts Thandi's silence at a start of its week, in one more published version."""
    right, week = right_of(thandi, WEEK), Week.parse(WEEK, settings.zone)

    def put(start):
        with database.writing() as session:
            asked = rights.open_request(session, right.id)
            if asked is None:
                account_id = thandi.account_id
                asked = using.dedicate(session, settings, right.id, account_id, "rain", [], now)
            places = [] if start is None else [grid.Place(asked.id, 1, start)]
            grid.put_on_air(session, grid.draft(session, week, places, [], {}, now), "0" * 64, now)
        return week

    return put


def events(answer):
    return [one for one in read(answer.data).walk("VEVENT") if "right" in one["uid"]]


def test_a_slot_is_an_event_and_its_move_is_the_same_one_with_a_higher_number(
    on_air, address, nobody, settings
):
    week = on_air(222)
    answer = nobody.client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert "Set-Cookie" not in answer.headers
    (first,) = events(answer)
    assert first.start == week.instant(222, settings.slots).astimezone(settings.zone)
    assert first["dtstart"].params["TZID"] == "Africa/Johannesburg"
    assert first.duration == timedelta(seconds=settings.station.slot_seconds)
    on_air(500)
    (moved,) = events(nobody.client.get(address))
    on_air(None)
    (gone,) = events(nobody.client.get(address))
    assert first["uid"] == moved["uid"] == gone["uid"]
    assert first["sequence"] < moved["sequence"] < gone["sequence"]
    assert [one["status"] for one in (first, moved, gone)] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert gone.start == moved.start == week.instant(500, settings.slots)


def test_the_text_keeps_to_the_rules_of_icalendar(on_air, address, nobody):
    on_air(222)
    text = nobody.client.get(address).data
    assert text.endswith(b"\r\n")
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    calendar = read(text)
    zones = {one["tzid"] for one in calendar.walk("VTIMEZONE")}
    uids = [one["uid"] for one in calendar.walk("VEVENT")]
    assert len(uids) == len(set(uids)) > 1
    for one in calendar.walk("VEVENT"):
        assert one["dtstart"].params.get("TZID") in zones
        assert {"UID", "DTSTAMP", "SEQUENCE", "LAST-MODIFIED", "STATUS", "DURATION"} <= set(one)
    assert all(one.errors == [] for one in calendar.walk())


def test_a_calendar_that_has_it_all_is_told_so_until_something_changes(
    on_air, address, nobody, clock
):
    on_air(222)
    etag = nobody.client.get(address, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    clock.now += timedelta(hours=3)
    same = nobody.client.get(address, headers={"If-None-Match": etag})
    assert (same.status_code, same.data) == (304, b"")
    on_air(223)
    assert nobody.client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_a_new_address_ends_the_one_before_at_once(address, sender, nobody):
    sender.send("/member/calendar/address")
    newer = found_in(sender)
    assert nobody.client.get(address).status_code == 404
    assert nobody.client.get(newer).status_code == 200
    sender.send("/member/calendar/end")
    assert nobody.client.get(newer).status_code == 404
    assert "/calendar/x.ics" not in sender.page


def test_what_is_to_be_sent_is_there_with_a_reminder_until_it_is_sent(address, nobody, on_air):
    def asked():
        calendar = read(nobody.client.get(address).data)
        return [one for one in calendar.walk("VEVENT") if one["uid"].startswith(f"send-{WEEK}")]

    (one,) = asked()
    assert one["summary"] == "Send your five minutes for the week of 30 November"
    assert one.walk("VALARM")[0]["trigger"].dt == timedelta(days=-1)
    on_air(222)
    assert asked() == []


def test_it_speaks_its_owners_language(address, nobody, thandi, database, on_air):
    on_air(222)
    with database.writing() as session:
        session.merge(thandi).language = "zu"
    calendar = read(nobody.client.get(address, headers={"Accept-Language": "af"}).data)
    asked = [str(one["summary"]) for one in calendar.walk("VEVENT") if "send" in one["uid"]]
    assert asked
    assert all(one.startswith("Thumela") for one in asked)


ZONES = [
    # Both nights on which the clocks change: the hour that is shown twice, and the one left out.
    ("Europe/Berlin", datetime(2026, 10, 25, 0, 0, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2027, 3, 28, 0, 0, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2027, 4, 3, 14, 0, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "around"), ZONES)
def test_a_slot_in_the_night_when_clocks_change_is_read_as_the_same_instant(
    zone, around, make_settings
):
    settings = make_settings(f'[station]\nslot_seconds = 300\nzone = "{zone}"\n')
    times = [around + timedelta(minutes=5 * count) for count in range(30)]
    told = Told(Place(1, 0, 0), 0, cancelled=False, changed_at=around)
    planned = [
        Appearance(number, number, "rain", silent=False, channel=0, at=at, told=told)
        for number, at in enumerate(times)
    ]
    calendar = read(ics.calendar(settings, 1, planned, [], around))
    vtimezone = calendar.walk("VTIMEZONE")[0].to_tz()
    for at, one in zip(times, calendar.walk("VEVENT"), strict=True):
        began = one["dtstart"].dt
        # As the zone's own rules in the file say, and as the reader's tables do.
        assert began.replace(fold=0).astimezone(UTC) == at
        if "TZID" in one["dtstart"].params:
            assert began.tzinfo == ZoneInfo(zone)
            assert began.replace(tzinfo=vtimezone).astimezone(UTC) == at
