"""What is missed comes back by itself, with its piece, at a time that is worth as much."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from station import books, closing, grid, makegoods, rights, using
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.errors import Refusal
from station.grid import Place
from station.issuance import issue_years
from station.jobs import JobKind, JobState, newest
from station.ledger import Right, held
from station.letters import Letter
from station.makegoods import Makegood
from station.market import gifts
from station.members import AccountKind, station_account
from station.recordings import Recording
from station.rights import RequestState
from station.statement import sentence, statement
from station.wishes import Wish

WEEK, NEXT, LAST = "2026-W49", "2026-W51", "2026-W52"


@pytest.fixture
def settings(make_settings):
    return make_settings("[rules]\nmakegood_weeks = 3\n")


@pytest.fixture
def turns(settings):
    """The settings of a station where everybody airs in turn."""
    station = msgspec.structs.replace(settings.station, oversubscribed=True)
    return msgspec.structs.replace(settings, station=station)


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


@pytest.fixture
def over(week):
    """An instant when the week is over, and the next one is closed already."""
    return week.span.end + timedelta(hours=1)


def silence(session, settings, right, now, wishes=()):
    said = ("rain", list(wishes), now)
    return using.dedicate(session, settings, right.id, right.account_id, *said)


def publish(session, settings, label, now, places=(), bumped=()):
    made = grid.draft(session, Week.parse(label, settings.zone), places, bumped, {}, now)
    grid.put_on_air(session, made, "0" * 64, now)


def miss(session, request, now, kind=OutcomeKind.MISSED):
    said = {"week": request.week, "request_id": request.id, "kind": kind, "decided_at": now}
    session.add(Outcome(channel=0, slot_number=request.id, **said))
    session.flush()


def place_of(session, right):
    return session.get_one(Right, right.id, populate_existing=True).account_id


def chores(session, settings, now):
    closing.settle_aired(session, now)
    closing.close_weeks(session, settings, now)
    closing.end_weeks(session, settings, now)
    return makegoods.issue(session, settings, now)


@pytest.fixture
def missed(database, settings, now, janet, right_of, over):
    """A silence that should have gone out at breakfast, worth 20, and did not."""
    right = right_of(janet, WEEK)
    wishes = [Wish(daypart="breakfast"), Wish(moment="2026-12-02T07:30", minutes=10)]
    with database.writing() as session:
        request = silence(session, settings, right, now, wishes)
        publish(session, settings, WEEK, now, [Place(request.id, 0, 80, 20)])
        miss(session, request, over)
    return right


@pytest.fixture
def made(database, settings, missed, over):
    """The makegood that was given for it."""
    with database.writing() as session:
        assert chores(session, settings, over) == 1
        return makegoods.given_for(session, [missed.id])[missed.id]


def test_what_was_missed_comes_back_in_the_first_week_that_is_still_open(
    database, settings, over, missed, made, janet
):
    assert (made.right.week, made.least_worth, made.last_week) == (NEXT, 20, LAST)
    assert made.right.account_id == janet.account_id
    with database.writing() as session:
        assert chores(session, settings, over) == 0
        assert place_of(session, missed) == station_account(session, AccountKind.MAKEGOOD)
        assert books.verify(session) == []


def test_a_makegood_asks_for_the_same_silence_with_the_same_wishes(database, made):
    with database.reading() as session:
        request = rights.open_request(session, made.right_id)
        assert (request.kind, request.cause, request.week) == ("silence", "rain", NEXT)
        assert request.wished == [
            Wish(daypart="breakfast"),
            Wish(moment="2026-12-16T07:30:00", minutes=10),
        ]


def test_a_letter_tells_of_a_makegood(database, made):
    with database.reading() as session:
        (letter,) = session.scalars(sa.select(Letter)).all()
    assert letter.subject == (
        "Your airtime of the week of 30 November comes back in the week of 14 December"
    )
    assert "at a time that is worth as much or more. It carries “rain” again" in letter.body
    assert "put it off to a week up to that of 21 December, until Friday 11" in letter.body


def test_a_makegood_can_be_replaced_and_withdrawn_like_any_right(
    database, settings, over, made, janet
):
    with database.writing() as session:
        using.withdraw_request(session, settings, made.right_id, janet.account_id, over)
        assert rights.open_request(session, made.right_id) is None
        silence(session, settings, made.right, over)


def test_an_unused_makegood_comes_back_until_its_last_week_and_is_pooled_then(
    database, settings, made, janet
):
    with database.writing() as session:
        rights.release(session, made.right_id)
        closes = rights.cutoff(Week.parse(NEXT, settings.zone), settings)
        assert chores(session, settings, closes) == 1
        again = makegoods.given_for(session, [made.right_id])[made.right_id]
        assert (again.right.week, again.least_worth, again.last_week) == (LAST, 20, LAST)
        assert rights.open_request(session, again.right_id) is None
        closes = rights.cutoff(Week.parse(LAST, settings.zone), settings)
        assert chores(session, settings, closes) == 0
        assert place_of(session, again.right) == station_account(session, AccountKind.POOL)
        assert books.verify(session) == []


def test_a_makegood_that_is_missed_again_has_its_own_weeks_from_there(database, settings, made):
    with database.writing() as session:
        request = rights.open_request(session, made.right_id)
        ended = Week.parse(NEXT, settings.zone).span.end
        publish(session, settings, NEXT, ended, [Place(request.id, 0, 9, 2)])
        miss(session, request, ended, OutcomeKind.REPLACED)
        assert chores(session, settings, ended) == 1
        again = makegoods.given_for(session, [made.right_id])[made.right_id]
        assert (again.right.week, again.last_week) == ("2026-W53", "2027-W01")
        # The time that was promised first is owed still.
        assert again.least_worth == 20


def test_a_makegood_waits_for_room_and_expires_after_its_last_week(
    database, settings, over, missed, janet
):
    with database.writing() as session:
        for label in (NEXT, LAST):
            for channel in range(3):
                said = {"week": label, "channel": channel, "label": "Maintenance"}
                session.add(grid.ReservedBlock(start=0, length=2016, **said))
        assert chores(session, settings, over) == 0
        assert place_of(session, missed) == station_account(session, AccountKind.MAKEGOOD)
        assert chores(session, settings, over + timedelta(weeks=4)) == 0
        assert place_of(session, missed) == station_account(session, AccountKind.EXPIRED)
        (letter,) = session.scalars(sa.select(Letter)).all()
        assert letter.subject == ("We could not make good your airtime of the week of 30 November")
        assert books.verify(session) == []


def test_a_makegood_uses_the_reserve_and_no_start_more(database, settings, week, janet, peter):
    with database.writing() as session:
        # 2,016 starts on three channels; both have a right of each week.
        assert makegoods.room(session, settings, week) == 3 * 2016 - 2
        said = {"week": WEEK, "channel": 0, "start": 0, "label": "Maintenance"}
        session.add(grid.ReservedBlock(length=2016, **said))
        assert makegoods.room(session, settings, week) == 2 * 2016 - 2
        voided = station_account(session, AccountKind.VOIDED)
        session.execute(sa.update(Right).where(Right.week == WEEK).values(account_id=voided))
        assert makegoods.room(session, settings, week) == 2 * 2016


def test_a_holder_puts_a_makegood_off_with_what_it_carries(
    database, settings, over, made, janet, peter
):
    later = Week.parse(LAST, settings.zone)

    def put_off(session, right_id, who, week=later):
        return makegoods.put_off(session, settings, right_id, who.account_id, week, over)

    with database.writing() as session:
        with pytest.raises(Refusal, match="not in your hands"):
            put_off(session, made.right_id, peter)
        with pytest.raises(Refusal, match="a week after 2026-W51, up to 2026-W52"):
            put_off(session, made.right_id, janet, later.plus(1))
        right = put_off(session, made.right_id, janet)
        assert (right.week, right.account_id) == (LAST, janet.account_id)
        assert rights.open_request(session, right.id).cause == "rain"
        assert rights.open_request(session, made.right_id) is None
        assert makegoods.of(session, [right.id])[right.id].least_worth == 20
        with pytest.raises(Refusal, match="not in your hands"):
            put_off(session, made.right_id, janet)
        assert makegoods.issue(session, settings, over) == 0
        assert books.verify(session) == []


def test_only_a_makegood_can_be_put_off(database, settings, now, janet, right_of, week):
    right = right_of(janet, WEEK)
    with database.writing() as session, pytest.raises(Refusal, match="is no makegood"):
        makegoods.put_off(session, settings, right.id, janet.account_id, week.plus(1), now)


def test_a_full_week_can_not_be_chosen(database, settings, over, made, janet):
    with database.writing() as session:
        for channel in range(3):
            said = {"week": LAST, "channel": channel, "label": "Maintenance"}
            session.add(grid.ReservedBlock(start=0, length=2016, **said))
        later = Week.parse(LAST, settings.zone)
        with pytest.raises(Refusal, match="no room left"):
            makegoods.put_off(session, settings, made.right_id, janet.account_id, later, over)


def test_a_given_makegood_stays_one_in_other_hands(database, settings, over, made, janet, peter):
    with database.writing() as session:
        mine = [made.right_id]
        gift = gifts.give(session, settings, mine, janet.account_id, peter.email, over)
        gifts.accept(session, settings, gift.offer.id, peter, over)
        rights.release(session, made.right_id)
        closes = rights.cutoff(Week.parse(NEXT, settings.zone), settings)
        assert chores(session, settings, closes) == 1
        again = makegoods.given_for(session, mine)[made.right_id]
        assert (again.right.account_id, again.least_worth) == (peter.account_id, 20)


def test_whoever_was_bumped_has_a_makegood_when_the_week_is_over(
    database, settings, now, week, janet, right_of, over
):
    right = right_of(janet, WEEK)
    with database.writing() as session:
        request = silence(session, settings, right, now)
        publish(session, settings, WEEK, now, bumped=[(request.id, "It is full.")])
        assert closing.end_weeks(session, settings, week.span.end - timedelta(seconds=1)) == 0
        assert closing.end_weeks(session, settings, over) == 1
        assert makegoods.issue(session, settings, over) == 1
        made = makegoods.given_for(session, [right.id])[right.id]
        assert (made.least_worth, made.last_week) == (0, LAST)


def test_where_everybody_airs_in_turn_a_bumped_right_expires(
    database, turns, now, janet, right_of, over
):
    right = right_of(janet, WEEK)
    with database.writing() as session:
        request = silence(session, turns, right, now)
        publish(session, turns, WEEK, now, bumped=[(request.id, "It is not your turn.")])
        assert closing.end_weeks(session, turns, over) == 1
        assert place_of(session, right) == station_account(session, AccountKind.EXPIRED)
        assert books.verify(session) == []


def test_where_everybody_airs_in_turn_a_bumped_makegood_stays_owed(database, settings, turns, made):
    with database.writing() as session:
        request = rights.open_request(session, made.right_id)
        ended = Week.parse(NEXT, settings.zone).span.end
        publish(session, settings, NEXT, ended, bumped=[(request.id, "It is not your turn.")])
        assert chores(session, turns, ended) == 1
        assert made.right_id in makegoods.given_for(session, [made.right_id])


def test_a_week_that_was_never_built_is_made_good(database, settings, now, janet, right_of, over):
    right = right_of(janet, WEEK)
    with database.writing() as session:
        silence(session, settings, right, now)
        assert chores(session, settings, over) == 1
        assert makegoods.given_for(session, [right.id])[right.id].right.week == NEXT


def test_a_planned_piece_of_which_playout_says_nothing_is_missed_after_a_day(
    database, settings, now, week, janet, right_of
):
    right = right_of(janet, WEEK)
    with database.writing() as session:
        request = silence(session, settings, right, now)
        publish(session, settings, WEEK, now, [Place(request.id, 0, 80, 20)])
        day = week.span.end + closing.AS_RUN_MAY_TAKE
        assert closing.end_weeks(session, settings, day - timedelta(seconds=1)) == 0
        assert closing.end_weeks(session, settings, day) == 1
        assert makegoods.issue(session, settings, day) == 1
        assert makegoods.given_for(session, [right.id])[right.id].least_worth == 20


def test_a_recording_that_we_could_not_check_is_made_good(
    database, settings, now, week, janet, right_of
):
    right = right_of(janet, WEEK)
    said = {"language": "en", "permission": True, "file_name": "note.opus"}
    stored = {"upload_sha256": "ab" * 32, "upload_bytes": 1000}
    with database.writing() as session:
        recording = Recording(account_id=janet.account_id, title="Hello", **said, **stored)
        using.receive(session, settings, right.id, recording, [], now)
        newest(session, JobKind.INGEST, recording.id).state = JobState.FAILED
        session.flush()
        closing.tell_unchecked(session, now)
        assert chores(session, settings, rights.cutoff(week, settings)) == 1
        assert makegoods.given_for(session, [right.id])[right.id].right.week == "2026-W50"


def test_after_a_week_is_over_no_right_of_it_is_in_anybodys_hands(
    database, settings, now, week, admit_member, right_of
):
    names = ("Aired", "Missed", "Bumped", "Silent", "Idle", "Checking")
    everybody = {name: admit_member(name) for name in names}
    mine = {name: right_of(person, WEEK) for name, person in everybody.items()}
    with database.writing() as session:
        asked = {
            name: silence(session, settings, mine[name], now)
            for name in ("Aired", "Missed", "Bumped", "Silent")
        }
        places = [
            Place(asked[name].id, 0, start, 20)
            for start, name in enumerate(("Aired", "Missed", "Silent"))
        ]
        publish(session, settings, WEEK, now, places, [(asked["Bumped"].id, "It is full.")])
        miss(session, asked["Aired"], now, OutcomeKind.AIRED)
        miss(session, asked["Missed"], now)
        checking = {"language": "en", "permission": True, "file_name": "note.opus"}
        waiting = Recording(
            account_id=everybody["Checking"].account_id,
            title="Hello",
            upload_sha256="ab" * 32,
            upload_bytes=1,
            **checking,
        )
        using.receive(session, settings, mine["Checking"].id, waiting, [], now)
        chores(session, settings, week.span.end + closing.AS_RUN_MAY_TAKE)
        kinds = (AccountKind.AIRED, AccountKind.POOL, AccountKind.MAKEGOOD)
        aired, pool, makegood = (station_account(session, kind) for kind in kinds)
        assert {name: place_of(session, right) for name, right in mine.items()} == {
            "Aired": aired,
            "Missed": makegood,
            "Bumped": makegood,
            "Silent": makegood,
            "Idle": pool,
            "Checking": makegood,
        }
        assert all(held(session, one.account_id, WEEK) == [] for one in everybody.values())
        assert session.scalars(sa.select(sa.func.count()).select_from(Makegood)).one() == 4
        assert books.verify(session) == []


def test_two_workers_give_for_a_missed_right_once(database, settings, over, missed):
    with database.writing() as session:
        closing.settle_aired(session, over)

    def work(_):
        with database.writing() as session:
            return makegoods.issue(session, settings, over)

    with ThreadPoolExecutor(2) as workers:
        assert sorted(workers.map(work, range(2))) == [0, 1]


def told(database, settings, person, label):
    with database.reading() as session:
        lines = statement(session, settings, person.account_id, {label})
        return [sentence(line, settings) for line in lines]


def test_a_statement_says_which_week_makes_a_missed_one_good(database, settings, janet, made):
    assert told(database, settings, janet, WEEK) == [
        (
            "should have gone out Monday 30 November 2026, 06:40, channel One, and did not: rain. "
            "That was not your fault: you have airtime in the week of 14 December 2026 instead"
        )
    ]
    assert told(database, settings, janet, NEXT) == ["silence for rain"]


def test_a_statement_says_that_an_unused_makegood_comes_back(database, settings, janet, made):
    with database.writing() as session:
        rights.release(session, made.right_id)
        chores(session, settings, rights.cutoff(Week.parse(NEXT, settings.zone), settings))
    assert "not used, and comes back in a later week: 21 December 2026" in told(
        database, settings, janet, NEXT
    )


def test_a_statement_says_why_a_bumped_right_expired(
    database, settings, turns, now, janet, right_of, over
):
    right = right_of(janet, WEEK)
    with database.writing() as session:
        request = silence(session, turns, right, now)
        publish(session, turns, WEEK, now, bumped=[(request.id, "It is not your turn.")])
        closing.end_weeks(session, turns, over)
    assert told(database, settings, janet, WEEK) == ["could not be placed: It is not your turn."]


def test_the_request_of_a_missed_right_stays_where_it_was(database, missed, made):
    with database.reading() as session:
        assert rights.open_request(session, missed.id).state == RequestState.OPEN


def test_many_makegoods_are_given_in_turns(database, settings, now, janet, week):
    many = makegoods.MOST_AT_ONCE + 1
    with database.writing() as session:
        later = week.plus(1)
        ids = issue_years(session, [janet.account_id] * many, later, now, 1)
        rows = session.scalars(sa.select(Right).where(Right.id.in_(ids)))
        rights.ask(session, [rights.for_silence(right, "rain", [], now) for right in rows], now)
        ended = later.span.end
        assert closing.end_weeks(session, settings, ended) == many
        assert makegoods.issue(session, settings, ended) == makegoods.MOST_AT_ONCE
        assert makegoods.issue(session, settings, ended) == 1
        assert makegoods.issue(session, settings, ended) == 0
