"""What stands in the station's tables becomes a frozen problem."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from scheduler import load
from scheduler.build import build
from scheduler.problem import Kind, Place, Published, Reserved, Window, Wish
from scheduler.publish import publish
from station import blackouts
from station.airtime import Week
from station.grid import Pin, ReservedBlock
from station.moderation import Review, Verdict
from station.rights import Request, RequestState
from station.worth import worth_file

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def week(settings):
    return Week.parse("2026-W48", settings.zone)


@pytest.fixture
def loaded(database, settings, week):
    def load_at(now):
        with database.reading() as session:
            return load.load(session, settings, week, now)

    return load_at


def test_an_empty_week_is_a_problem_without_requests(loaded, now):
    problem = loaded(now).problem
    assert (problem.starts, problem.starts_per_hour, problem.channels) == (2016, 12, 3)
    assert problem.requests == ()


def test_each_clock_hour_has_the_value_of_its_daypart(loaded, now):
    values = loaded(now).problem.value[0]
    assert values[:8] == (2, 2, 2, 2, 2, 6, 20, 20)
    assert len(values) == 168


def test_a_wished_moment_becomes_the_slots_it_touches(ask, admit_member, loaded, now):
    ask(admit_member("Ada"), wishes=[{"moment": "2026-11-24T18:36", "minutes": 6}])
    (request,) = loaded(now).problem.requests
    first = 24 * 12 + 18 * 12 + 7
    assert request.wishes == (Wish(start=first, end=first + 2, points=300),)


def test_a_wished_daypart_becomes_a_window_on_each_of_its_days(ask, admit_member, loaded, now):
    ask(admit_member("Ada"), wishes=[{"daypart": "breakfast"}])
    (request,) = loaded(now).problem.requests
    assert [(wish.start, wish.end) for wish in request.wishes[:2]] == [(72, 108), (360, 396)]
    assert len(request.wishes) == 7


def test_adult_content_may_air_after_the_watershed_only(ask, admit_member, loaded, now):
    ask(admit_member("Ada"), adult=True)
    (request,) = loaded(now).problem.requests
    # Sunday's late hours run into Monday morning, and Sunday night's are cut at the week's end.
    assert request.allowed[:2] == (Window(0, 60), Window(252, 348))
    assert request.allowed[-1] == Window(1980, 2016)


@pytest.fixture
def bilingual(settings):
    """The station, with English on its first channel, Zulu on its second, and all on its third."""
    languages = {"One": ("en",), "Two": ("zu",)}
    station = msgspec.structs.replace(settings.station, channel_languages=languages)
    return msgspec.structs.replace(settings, station=station)


def test_a_channel_airs_the_languages_that_its_station_says(
    ask, admit_member, database, bilingual, week, now
):
    ask(admit_member("Ada"), language="en")
    ask(admit_member("Ben"), language="zu", adult=True)
    ask(admit_member("Cleo"), language="en", kind="silence", cause="peace")
    with database.reading() as session:
        english, zulu, silence = load.load(session, bilingual, week, now).problem.requests
    assert english.allowed == (Window(0, 2016, 0), Window(0, 2016, 2))
    assert {window.channel for window in zulu.allowed} == {1, 2}
    assert silence.allowed == (Window(0, 2016),)


def test_a_language_that_no_channel_airs_is_left_out_with_a_reason(
    ask, admit_member, database, settings, week, now
):
    number = ask(admit_member("Ada"), language="fr")
    languages = dict.fromkeys(settings.station.channels, ("en",))
    station = msgspec.structs.replace(settings.station, channel_languages=languages)
    limited = msgspec.structs.replace(settings, station=station)
    with database.reading() as session:
        assert load.load(session, limited, week, now).left_out == {number: load.NO_CHANNEL}


def test_a_piece_is_of_its_languages_category_where_others_are_heard_too(
    ask, admit_member, database, settings, week, now
):
    ask(admit_member("Ada"), language="en")
    ask(admit_member("Ben"), language="zu")
    ask(admit_member("Cleo"), language="fr")
    ask(admit_member("Dan"), language="en", kind="silence", cause="peace")
    languages = {"One": ("fr",), "Two": ("en", "zu"), "Three": ("en",)}
    station = msgspec.structs.replace(settings.station, channel_languages=languages)
    limited = msgspec.structs.replace(settings, station=station)
    with database.reading() as session:
        problem = load.load(session, limited, week, now).problem
    # Channel One is all French, and nothing varies there.
    assert [one.category for one in problem.requests] == ["en", "zu", None, None]
    assert problem.repeat_cost == settings.solver.repeat_cost == 10


def test_where_all_speak_one_language_nothing_has_a_category(ask, admit_member, loaded, now):
    ask(admit_member("Ada"), language="zu")
    ask(admit_member("Ben"), language="zu")
    assert {one.category for one in loaded(now).problem.requests} == {None}


def test_sold_airtime_keeps_its_trade(ask, admit_member, loaded, now):
    ask(admit_member("Ada"), trade="Shoes")
    assert loaded(now).problem.requests[0].trade == "shoes"


def test_the_stations_file_says_what_a_start_is_worth(ask, admit_member, settings, loaded, now):
    worth_file(settings).write_text("channel,weekday,hour,worth\nTwo,1,0,70\n")
    values = loaded(now).problem.value
    assert [channel[0] for channel in values] == [2, 70, 2]


def test_a_silence_keeps_its_cause_and_its_group(ask, admit_member, loaded, now):
    ask(admit_member("Ada"), kind="silence", cause="George Floyd", together="g")
    (request,) = loaded(now).problem.requests
    assert (request.kind, request.cause, request.together) == (Kind.SILENCE, "george floyd", "g")


def test_what_is_not_finished_is_left_out_with_a_reason(ask, admit_member, loaded, now):
    number = ask(admit_member("Ada"), master_sha256=None)
    found = loaded(now)
    assert found.problem.requests == ()
    assert found.left_out == {number: load.NO_MASTER}


def test_pins_and_reserved_blocks_are_taken_over(ask, admit_member, database, loaded, now):
    number = ask(admit_member("Ada"))
    with database.writing() as session:
        session.add(Pin(request_id=number, channel=1, start=100))
        session.add(
            ReservedBlock(week="2026-W48", channel=0, start=72, length=12, label="Live hour")
        )
    problem = loaded(now).problem
    assert problem.requests[0].pin == Place(1, 100)
    assert problem.reserved == (Reserved(0, 72, 12),)


def test_in_a_running_week_no_start_comes_sooner_than_the_notice(ask, admit_member, loaded, week):
    ask(admit_member("Ada"))
    # At 01:00 with ten minutes' notice, 01:10 is the first start that may be given away.
    (request,) = loaded(week.span.start + AN_HOUR).problem.requests
    assert request.allowed == (Window(14, 2016),)


def test_what_has_started_is_frozen_even_when_it_was_withdrawn(
    ask, admit_member, database, settings, loaded, week, now
):
    number = ask(admit_member("Ada"))
    with database.writing() as session:
        session.add(Pin(request_id=number, channel=2, start=1))
    build(database, settings, week, now)
    with database.writing() as session:
        publish(session, settings, week, now)
        session.get_one(Request, number).state = RequestState.WITHDRAWN
    problem = loaded(week.span.start + AN_HOUR).problem
    assert problem.published == (Published(f"r{number}", 2, 1, True),)
    assert problem.requests[0].allowed == (Window(1, 2, 2),)


def test_a_new_take_for_a_right_that_is_on_air_gets_no_second_slot(
    ask, admit_member, database, settings, loaded, week, now
):
    ada = admit_member("Ada")
    number = ask(ada, wishes=[{"moment": "2026-11-23T00:05"}])
    build(database, settings, week, now)
    with database.writing() as session:
        publish(session, settings, week, now)
        session.get_one(Request, number).state = RequestState.WITHDRAWN
    newer = ask(ada)
    assert loaded(week.span.start + AN_HOUR).left_out == {newer: load.ON_AIR_ALREADY}


def test_whoever_got_less_so_far_is_owed_more(ask, admit_member, database, settings, now, week):
    dawn, prime = admit_member("Dawn"), admit_member("Prime")
    earlier = week.plus(-1)
    for person, moment in ((dawn, "2026-11-21T03:00"), (prime, "2026-11-21T19:00")):
        ask(person, str(earlier), wishes=[{"moment": moment}])
    monday = datetime(2026, 11, 15, tzinfo=UTC)
    build(database, settings, earlier, monday)
    with database.writing() as session:
        publish(session, settings, earlier, monday)
    for person in (dawn, prime):
        ask(person)
    with database.reading() as session:
        problem = load.load(session, settings, week, now).problem
    owed = {request.holder: request.owed for request in problem.requests}
    assert owed == {f"a{dawn.account_id}": 2.0, f"a{prime.account_id}": 1.0}


def test_after_two_night_weeks_a_third_is_not_wished_for(
    ask, admit_member, database, settings, now, week
):
    owl, lark, poet = (admit_member(name) for name in ("Owl", "Lark", "Poet"))
    weeks = [week.plus(-1), week]
    for number, earlier in enumerate(weeks):
        monday = earlier.span.start - timedelta(days=3)
        pins = [ask(owl, str(earlier)), ask(lark, str(earlier)), ask(poet, str(earlier))]
        with database.writing() as session:
            session.add(Pin(request_id=pins[0], channel=0, start=10))
            # The lark has its second week by day.
            session.add(Pin(request_id=pins[1], channel=1, start=10 + 100 * number))
            session.add(Pin(request_id=pins[2], channel=2, start=10))
        build(database, settings, earlier, monday)
        with database.writing() as session:
            publish(session, settings, earlier, monday)
    # The week between, in which nobody is on air, changes nothing.
    third = week.plus(2)
    ask(owl, str(third))
    ask(lark, str(third))
    ask(poet, str(third), wishes=[{"daypart": "night"}])
    with database.reading() as session:
        problem = load.load(session, settings, third, third.span.start).problem
    owls, larks, poets = (request.wishes for request in problem.requests)
    assert {wish.points for wish in owls} == {150}
    assert not any(wish.start <= 10 < wish.end for wish in owls)
    assert larks == ()
    assert {wish.points for wish in poets} == {300}


def test_nothing_may_air_in_its_holders_blackouts(
    ask, admit_member, database, settings, loaded, now
):
    ada = admit_member("Ada")
    with database.writing() as session:
        for weekday, start, end in ((1, "00:00", "06:00"), (5, "18:00", "18:00")):
            when = now - 24 * AN_HOUR
            blackouts.choose(session, settings, ada.account_id, weekday, start, end, when)
    ask(ada, adult=True)
    ask(admit_member("Grace"))
    mine, hers = loaded(now).problem.requests
    day, late, early = 24 * 12, 21 * 12, 5 * 12
    assert [(one.start, one.end) for one in mine.allowed] == [
        *((n * day + late, (n + 1) * day + early) for n in (0, 1, 2, 3, 5)),
        (6 * day + late, 7 * day),
    ]
    assert [(one.start, one.end) for one in hers.allowed] == [(0, 7 * day)]


def test_what_operators_hold_back_is_left_out_with_the_reason(
    ask, admit_member, database, loaded, now
):
    ada = admit_member("Ada")
    held, free = ask(ada), ask(admit_member("Ben"))
    with database.writing() as session:
        word = {"verdict": Verdict.HELD, "reason": "Wait.", "account_id": ada.account_id}
        session.add(Review(request_id=held, at=now, **word))
    found = loaded(now)
    assert found.left_out == {held: "The station's operators hold it back."}
    assert [one.id for one in found.problem.requests] == [load.name_of(free)]
