"""Mix, capacity, listeners and declarations of a week on air, counted from what was kept."""

from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from station import audience
from station.airlog import AirLine, LineKind
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.figures import spans
from station.figures.capacity import capacity
from station.figures.declared import declarations, declared
from station.figures.listeners import by_slot, listeners
from station.figures.mix import Mix, mix
from station.makegoods import Makegood
from station.market.offers import Offer, OfferedRight, OfferKind, OfferState
from station.recordings import Recording
from station.rights import Request
from tests.web import seed


@pytest.fixture
def filled(database, settings, now):
    """A station with a week on air."""
    return seed.fill(database, settings, now)


def handed_on(session, right_id, giver_id, kind, now):
    """An offer that was accepted."""
    offer = Offer(
        kind=kind,
        state=OfferState.ACCEPTED,
        giver_id=giver_id,
        price_cents=100 if kind == OfferKind.SALE else None,
        made_at=now,
        deadline=now,
    )
    session.add(offer)
    session.flush()
    session.add(OfferedRight(offer_id=offer.id, right_id=right_id, in_escrow=False))


@pytest.mark.usefixtures("filled")
def test_each_slot_is_counted_by_how_its_holder_came_by_it(database, settings, now):
    week = Week.of(now, settings.zone)
    with database.writing() as session:
        mine = sa.select(Request).where(Request.week == str(week), Request.kind == "segment")
        given, sold, again, good, *_ = session.scalars(mine.order_by(Request.id))
        for request, kind in (
            (given, OfferKind.GIFT),
            (sold, OfferKind.GIFT),
            (sold, OfferKind.SALE),
            (again, OfferKind.SALE),
            (again, OfferKind.GIFT),
        ):
            handed_on(session, request.right_id, request.account_id, kind, now)
        made = {"least_worth": 1, "last_week": "2027-W05", "made_at": now}
        session.add(Makegood(right_id=good.right_id, for_right_id=given.right_id, **made))
        lines = session.scalars(sa.select(AirLine).where(AirLine.kind == LineKind.FILL)).all()
        lines[0].kind = LineKind.RESERVED
    with database.reading() as session:
        found = mix(session, settings, week.span)
        earlier = mix(session, settings, week.plus(-1).span)
    assert found.total == Mix("", 7, 2, 1, 1, 1, 1, 66 * 3 - 13, 66 * 3)
    assert [one.week for one in found.by_week] == [str(week)]
    assert earlier.total.slots == 0


@pytest.mark.usefixtures("filled")
def test_a_week_is_set_against_what_was_asked_of_it(database, settings, now):
    with database.reading() as session:
        span = spans.read_days(settings, now, "2026-11-16", "2026-11-30")
        this, drafted, opened = capacity(session, settings, span)
    assert (this.week, this.starts, this.reserved, this.sellable) == ("2026-W47", 6048, 0, 5987)
    assert (this.rights, this.asked, this.placed, this.bumped) == (12, 12, 12, 0)
    assert round(this.placed_percent, 2) == 0.2
    assert (drafted.reserved, drafted.asked, drafted.placed) == (12, 12, 0)
    assert (opened.rights, opened.asked) == (12, 1)


def test_listeners_are_told_by_hour_of_the_week_and_by_slot(database, settings, now):
    slot = settings.slots.number(now)  # Saturday noon
    with database.writing() as session:
        for at, channel, counts in ((0, 0, (10, 20)), (1, 0, (30,)), (12, 0, (3,)), (0, 1, (0,))):
            for count in counts:
                audience.add(session, channel, slot + at, count, count * 40)
        audience.add(session, 2, slot, 5)  # before kilobits were kept
    with database.reading() as session:
        found = listeners(session, settings, spans.last_days(settings, now))
        slots = list(by_slot(session, settings, spans.last_days(settings, now)))
    one, two, three = found.by_channel
    assert (one.mean, one.most, round(one.listener_hours, 2)) == (16, 30, 4)
    assert (one.kilobits, one.megabytes_an_hour) == (40, 18)
    assert (two.mean, two.kilobits, three.mean, three.kilobits) == (0, None, 5, None)
    assert found.total.listener_hours == pytest.approx(4 + 5 / 12)
    assert found.total.kilobits == 40
    hours = {(hour.channel, hour.weekday, hour.hour): hour.mean for hour in found.by_hour}
    assert hours == {(0, 6, 12): 22.5, (0, 6, 13): 3, (1, 6, 12): 0, (2, 6, 12): 5}
    assert [(heard.channel, heard.start - now, heard.mean) for heard in slots][::3] == [
        (0, timedelta(0), 15),
        (0, timedelta(minutes=5), 30),
    ]


@pytest.mark.usefixtures("filled")
def test_each_slot_says_what_was_declared_about_it(database, settings, now):
    week = Week.of(now, settings.zone)
    with database.writing() as session:
        river = sa.select(Recording).where(Recording.title == "The river behind our school")
        for recording in session.scalars(river):
            recording.music = "Meadowlands, Strike Vilakazi"
        first = session.scalars(
            sa.select(AirLine).where(AirLine.title == "The river behind our school")
        ).one()
        place = {"channel": first.channel, "slot_number": first.slot_number}
        kind = {"kind": OutcomeKind.AIRED, "week": str(week), "decided_at": now}
        session.add(Outcome(**place, **kind))
    with database.reading() as session:
        found = list(declared(session, settings, week.span))
        some = list(declared(session, settings, week.span, 5))
        counted = declarations(session, settings, week.span)
    told = {one.title: one for one in found}
    assert (len(found), some) == (66 * 3, found[:5])
    said = told["The river behind our school"]
    assert (said.speaker, said.language, said.permission) == ("Thandi Mokoena", "en", True)
    assert (said.music, said.outcome) == ("Meadowlands, Strike Vilakazi", "aired")
    assert told["George Floyd"].permission is None
    assert told["Morning bed in five parts"].language == ""
    assert (counted.pieces, counted.with_music, dict(counted.languages)["en"]) == (11, 1, 3)


def test_where_clocks_are_half_an_hour_off_hours_are_local_too(database, settings, now):
    there = msgspec.structs.replace(settings.station, zone="Asia/Kolkata")
    settings = msgspec.structs.replace(settings, station=there)
    slot = settings.slots.number(now)  # 15:30 there
    with database.writing() as session:
        for at in (0, 7):
            audience.add(session, 0, slot + at, 1)
    with database.reading() as session:
        found = listeners(session, settings, spans.last_days(settings, now))
    assert [hour.hour for hour in found.by_hour] == [15, 16]
