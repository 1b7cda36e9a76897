"""The grid to look at and to work on: heat map, day, search, move, exchange, pin and ban."""

import html

import msgspec
import pytest

from station import grid, reviewing
from station.airtime import Week
from station.grid import Place
from station.rights import Request, requests_of, withdraw
from station.trail import Deed
from web.desk.day import Cell, day_span, rows
from web.desk.grid.heat import Show, heats

WEEK = "2026-W48"


@pytest.fixture
def operator(seeded, signed_in):
    return signed_in(seeded.operator)


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


@pytest.fixture
def asked(database, week, now, seeded):
    """A draft that keeps every rule, with its requests, two slots of each day from 10:00 on."""
    with database.writing() as session:
        found = [one for one in requests_of(session, week) if one.master_sha256]
        spots = [
            (one.id, index % 3, 288 * (index // 2) + 132 + index) for index, one in enumerate(found)
        ]
        places = [Place(*spot) for spot in spots]
        grid.draft(session, week, places, [], {}, now)
        return found


def test_a_week_is_hours_by_days_in_three_ways(operator):
    operator.open(f"/desk/weeks/{WEEK}/grid")
    assert "Next week" in operator.page
    assert 'aria-label="Monday 10: 12 reserved; 0 free; worth 14"' in operator.page
    assert operator.page.count('<table class="heat">') == 3
    operator.open(f"/desk/weeks/{WEEK}/grid?show=kind")
    assert "▦12" in operator.page
    operator.open(f"/desk/weeks/{WEEK}/grid?show=free&version=1")
    assert "What is free" in operator.page


def test_the_counts_of_a_heat_map_are_those_of_the_grid(database, settings, week, asked):
    with database.reading() as session:
        version = grid.require_version(session, week)
        found = heats(session, settings, week, version, Show.FREE)
        kept = sum(block.length for block in grid.reserved_blocks(session, week))
    free = sum(int(cell.text) for one in found for row in one.rows for cell in row.cells)
    assert free == 3 * 2016 - kept - len(asked) == sum(one.free for one in found)


def test_an_hour_that_clocks_skip_is_empty_and_one_that_comes_twice_is_one(database, settings, now):
    berlin = msgspec.structs.replace(settings.station, zone="Europe/Berlin")
    settings = msgspec.structs.replace(settings, station=berlin)
    for label, expected in (("2026-W13", None), ("2026-W43", "24")):
        with database.writing() as session:
            week = Week.parse(label, settings.zone)
            version = grid.draft(session, week, [], [], {}, now)
            row = heats(session, settings, week, version, Show.FREE)[0].rows[2]
        assert (row.cells[6] and row.cells[6].text) == expected


def test_a_piece_is_found_by_title_name_number_and_receipt(operator, asked):
    title = asked[0].title
    for words in (title[4:9].upper(), "thandi", str(asked[0].id)):
        operator.open(f"/desk/weeks/{WEEK}/grid?q={words}")
        assert f"/desk/weeks/{WEEK}/pieces/{asked[0].id}" in operator.page
    operator.open(f"/desk/weeks/{WEEK}/grid?q=50%25")
    assert "No piece of this week fits “50%”." in operator.page


def test_a_day_has_a_row_for_each_slot_and_leads_to_its_pieces(operator, asked):
    operator.open(f"/desk/weeks/{WEEK}/days/1")
    assert operator.page.count("<tr data-at=") == 288
    assert '<tr data-at="2026-11-23T09:00:00+00:00" id="h11" class="hour">' in operator.page
    assert "An hour with Gogo" in operator.page
    assert f'draggable="true" data-piece="{asked[0].id}"' in operator.page
    assert operator.open(f"/desk/weeks/{WEEK}/days/8").status_code == 404
    assert operator.open(f"/desk/weeks/{WEEK}/days/1?version=9").status_code == 404
    operator.open(f"/desk/weeks/{WEEK}/days/1?version=1")
    assert "This version is kept as it was" in operator.page
    assert "draggable" not in operator.page


def test_a_piece_is_sent_to_a_free_place_once_it_was_seen_what_that_does(
    operator, asked, database, week
):
    one = asked[0]
    page = f"/desk/weeks/{WEEK}/pieces/{one.id}"
    operator.open(f"{page}?channel=2&at=2026-11-29T20:00")
    assert "It can be there" in operator.page
    assert "Nobody else moves, and every rule is kept." in operator.page
    with database.writing() as session:
        withdraw(session, session.get_one(Request, asked[1].id))
    operator.open(f"{page}?channel=2&at=2026-11-29T20:00")
    assert "1 piece can't stay in a new draft:" in html.unescape(operator.page)
    assert "It was withdrawn." in operator.page
    assert "Nobody else moves" not in operator.page
    [action] = [form for form in operator.forms if form.endswith("/move")]
    operator.send(action, pin="yes")
    said = f"“{one.title}” goes to Sunday 29 November 2026, 20:00, channel Two. Version 3 is the"
    assert said in operator.page
    assert "Pinned to Sunday 29 November, 20:00, channel Two." in operator.page
    with database.reading() as session:
        place = grid.places(grid.newest_draft(session, week))[one.id]
        assert (place.channel, place.start) == (1, 6 * 288 + 240)
        done = session.query(Deed).filter_by(act="grid.move").one()
        assert done.subject == f"{WEEK}, 2, {one.id}"
    operator.open(f"/desk/weeks/{WEEK}")
    assert "Moved by hand after version 2." in operator.page


def test_who_is_at_the_place_already_comes_to_where_the_other_was(operator, asked, database, week):
    with database.reading() as session:
        before = grid.places(grid.newest_draft(session, week))
    one, other = asked[0], asked[4]
    there = before[other.id]
    at = f"2026-11-{23 + there.start // 288}T11:{there.start % 12 * 5:02}"
    operator.open(f"/desk/weeks/{WEEK}/pieces/{one.id}?channel={there.channel + 1}&at={at}")
    assert "These would exchange their places" in operator.page
    [action] = [form for form in operator.forms if form.endswith("/move")]
    operator.send(action)
    with database.reading() as session:
        after = grid.places(grid.newest_draft(session, week))
    spots = [(after[key].channel, after[key].start) for key in (one.id, other.id)]
    assert spots == [(before[key].channel, before[key].start) for key in (other.id, one.id)]


def test_a_place_that_breaks_a_rule_is_told_and_not_offered(operator, asked):
    page = f"/desk/weeks/{WEEK}/pieces/{asked[0].id}"
    operator.open(f"{page}?channel=1&at=2026-11-23T10:30")
    assert "that would break a rule" in operator.page
    assert "would run into starts that the station keeps." in operator.page
    assert not [form for form in operator.forms if form.endswith("/move")]
    operator.open(f"{page}?channel=1&at=2026-12-23T10:30")
    assert "is not in week 2026-W48" in operator.page
    assert operator.open(f"/desk/weeks/{WEEK}/pieces/9999").status_code == 404


def test_a_piece_that_is_held_back_says_why_and_is_offered_no_place(
    operator, asked, seeded, database, settings, now
):
    one = asked[0].id
    with database.writing() as session:
        reviewing.hold(session, settings, one, "Whose?", seeded.operator, now)
    page = f"/desk/weeks/{WEEK}/pieces/{one}"
    assert operator.open(f"{page}?channel=2&at=2026-11-29T20:00").status_code == 200
    assert "It can't be placed now" in operator.page
    assert "The station's operators hold it back." in operator.page
    assert f"/desk/moderation/pieces/{one}" in operator.page
    assert not [form for form in operator.forms if form.endswith(("/move", "/pin"))]


def test_a_pin_and_a_ban_are_made_and_taken_away_on_the_piece_s_page(operator, asked):
    page = f"/desk/weeks/{WEEK}/pieces/{asked[0].id}"
    operator.open(page)
    operator.send(f"{page}/pin", channel="1", at="2026-11-23T11:00")
    assert "Pinned to Monday 23 November, 11:00, channel One." in operator.page
    operator.send(f"{page}/unpin")
    assert f"“{asked[0].title}” is pinned no more." in operator.page
    span = {"channel": "all", "from": "2026-11-23T06:00", "until": "2026-11-23T12:00"}
    operator.send(f"{page}/ban", **span, reason="It is about an election.")
    assert "Monday 23 November, 06:00 \N{EN DASH} Monday 23 November, 12:00" in operator.page
    operator.open(f"/desk/weeks/{WEEK}/grid")
    assert "1 piece is pinned or banned" in operator.page
    operator.open(page)
    wrong = operator.send(f"{page}/ban", **{**span, "until": "2026-11-23T05:00"})
    assert wrong.status_code == 422
    assert "A ban ends after it begins." in operator.page
    [lift] = [form for form in operator.forms if form.endswith("/lift")]
    operator.send(lift)
    title, when = asked[0].title, "Monday 23 November 2026"
    assert f"“{title}” is no longer banned from {when}, 06:00 until" in operator.page
    operator.open("/desk/trail/")
    assert "It is about an election." in operator.page
    assert f"“{title}” is pinned to {when}, 11:00, channel One" in operator.page
    assert f"“{title}” is banned from {when}, 06:00 until {when}, 12:00, every" in operator.page


def test_a_row_names_the_hour_that_begins_with_it(settings, week):
    talk = Cell(2, 2, "segment", "The river", "Thandi", 7)
    found = rows([talk], week, settings, range(14))
    assert [row.hour for row in found] == ["00", *[""] * 11, "01", ""]
    assert found[2].cells == (None, None, talk)


def test_a_day_has_23_or_25_hours_when_clocks_change(make_settings):
    settings = make_settings('[station]\nzone = "Europe/Berlin"\n')
    for label, hours in (("2026-W13", 23), ("2026-W43", 25)):
        span = day_span(Week.parse(label, settings.zone), 7)
        assert span.seconds == hours * 3600
