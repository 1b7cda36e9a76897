"""Live shows: who may be heard live, when, and by which password."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from station import live
from station.airtime import Span, Week, parse_local
from station.blocks import Wanted, each_week, give_back
from station.errors import Refusal, WrongInput
from station.grid import ReservedBlock, reserved_blocks
from station.live import Booking, close_show, open_show, shows_between


@pytest.fixture
def span(settings):
    def between(start, end):
        return Span(*(parse_local(f"2026-11-{time}", settings.zone) for time in (start, end)))

    return between


@pytest.fixture
def book(database, settings, now, span):
    """Opens a show on the second channel and tells its number, harbor and password."""

    def booked(start, end, presenter="Thandi", title="Evening", channel=1):
        with database.writing() as session:
            booking = Booking(channel, span(start, end), presenter, title)
            show = open_show(session, settings, booking, now)
            return show.id, show.harbor, show.password

    return booked


def test_a_show_reserves_its_block(book, database, settings):
    book("25T18:00", "25T19:00")
    with database.reading() as session:
        (block,) = reserved_blocks(session, Week.parse("2026-W48", settings.zone))
    assert (block.channel, block.start, block.length) == (1, (2 * 24 + 18) * 12, 12)
    assert block.label == "Evening"


def test_a_block_that_was_reserved_before_is_used(book, database, settings):
    block = {"week": "2026-W48", "channel": 1, "start": 0, "length": 12, "label": "Kept"}
    with database.writing() as session:
        session.add(ReservedBlock(**block))
    book("23T00:00", "23T01:00", title="Night")
    with database.reading() as session:
        (kept,) = reserved_blocks(session, Week.parse("2026-W48", settings.zone))
    assert kept.label == "Night"


def test_two_shows_never_share_a_slot(book):
    book("25T18:00", "25T19:00")
    with pytest.raises(Refusal, match="Two is kept for “Evening” from 2026-11-25 18:00:00"):
        book("25T18:55", "25T20:00")
    with pytest.raises(Refusal, match="is kept"):
        book("25T18:00", "25T19:00")
    book("25T18:00", "25T19:00", channel=0)


def test_neighbours_connect_to_different_harbors(book):
    harbors = [book(f"25T{hour}:00", f"25T{hour + 1}:00")[1] for hour in (18, 19, 20)]
    assert harbors == [1, 2, 1]


def test_each_show_has_a_password_of_its_own_that_fits_into_an_address(book):
    passwords = {book(f"25T{hour}:00", f"25T{hour + 1}:00")[2] for hour in (18, 19)}
    assert len(passwords) == 2
    assert all(len(one) >= 24 and one.isascii() and one.isprintable() for one in passwords)
    assert not any(set(one) & set(":/@?#% ") for one in passwords)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("25T18:01", "25T19:00", "live-times"),
        ("25T18:00", "25T18:59", "live-times"),
        ("22T23:00", "23T01:00", "live-times"),
        ("25T18:00", "25T18:00", "live-over"),
        ("20T18:00", "20T19:00", "live-over"),
    ],
)
def test_a_show_is_whole_slots_to_come_of_one_week(book, start, end, code):
    with pytest.raises(WrongInput) as refused:
        book(start, end)
    assert refused.value.code == code


@pytest.mark.parametrize(("presenter", "code"), [(" ", "text-missing"), ("x" * 101, "text-long")])
def test_a_show_names_its_presenter(book, presenter, code):
    with pytest.raises(WrongInput) as refused:
        book("25T18:00", "25T19:00", presenter=presenter)
    assert refused.value.code == code


def test_a_closed_show_is_over_and_its_block_can_be_used_again(book, database, settings, now, span):
    number, _, password = book("25T18:00", "25T19:00")
    later = now + timedelta(hours=1)
    with database.writing() as session:
        close_show(session, number, later)
        assert live.changed_at(session) == later
        assert shows_between(session, settings, span("25T00:00", "26T00:00")) == []
    with database.writing() as session, pytest.raises(WrongInput, match="no live show"):
        close_show(session, number, later)
    assert book("25T18:00", "25T19:00")[2] != password


def test_shows_are_found_across_the_end_of_a_year(database, settings, now):
    ends = parse_local("2027-01-04T00:00", settings.zone)
    booking = Booking(0, Span(ends - timedelta(hours=1), ends), "Thandi", "Live")
    with database.writing() as session:
        show = open_show(session, settings, booking, now)
        near = Span(ends, ends + timedelta(hours=1))
        assert shows_between(session, settings, near) == [show]
        far = Span(ends + timedelta(minutes=5), ends + timedelta(hours=1))
        assert shows_between(session, settings, far) == []


def test_a_weekly_hour_stays_at_its_local_time_when_clocks_change(settings):
    berlin = ZoneInfo("Europe/Berlin")
    there = msgspec.structs.replace(settings.station, zone=berlin.key)
    settings = msgspec.structs.replace(settings, station=there)
    begins = parse_local("2026-10-22T18:00", berlin)
    wanted = Wanted(0, Span(begins, begins + timedelta(hours=1)), "Mentor's hour")
    spans = [one.span for one in each_week(settings, wanted, 2)]
    assert [span.start.astimezone(berlin).isoformat() for span in spans] == [
        "2026-10-22T18:00:00+02:00",
        "2026-10-29T18:00:00+01:00",
    ]
    assert [span.seconds for span in spans] == [3600, 3600]
    with pytest.raises(WrongInput, match="53 is no number of weeks"):
        each_week(settings, wanted, 53)


def test_a_block_is_given_back_until_it_begins(book, database, settings, now):
    book("25T18:00", "25T19:00")
    week = Week.parse("2026-W48", settings.zone)
    with database.writing() as session:
        (block,) = reserved_blocks(session, week)
        with pytest.raises(Refusal, match="“Evening” has begun"):
            give_back(session, settings, block.id, now + timedelta(days=4, hours=6))
        give_back(session, settings, block.id, now)
        assert reserved_blocks(session, week) == []
        with pytest.raises(WrongInput, match="no block"):
            give_back(session, settings, block.id, now)
    book("25T18:30", "25T19:30")
