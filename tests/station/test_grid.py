import pytest

from station import grid, ledger, rights, using
from station.airtime import Week
from station.differences import differences
from station.errors import Refusal, WrongInput
from station.grid import GridState, Place
from station.ledger import EntryKind
from station.members import AccountKind, station_account
from station.weeks import WeekState, overview, week_state

WEEK = "2026-W49"


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


@pytest.fixture
def asked(database, settings, now, admit_member, right_of):
    """Three requests, by three members."""
    people = [admit_member(name) for name in ("Janet", "Peter", "Zoe")]
    rights_of = [(person, right_of(person, WEEK)) for person in people]
    with database.writing() as session:
        return [
            using.dedicate(session, settings, right.id, person.account_id, "rain", [], now).id
            for person, right in rights_of
        ]


def publish(session, week, places, now, bumped=()):
    made = grid.draft(session, week, places, bumped, {"score": 1}, now)
    grid.put_on_air(session, made, "0" * 64, now)
    return made


def test_publishing_supersedes_and_never_edits(database, week, now, asked):
    with database.writing() as session:
        first = publish(session, week, [Place(asked[0], 0, 10)], now)
        second = publish(session, week, [Place(asked[0], 1, 10), Place(asked[1], 0, 11)], now)
        assert grid.published(session, week) is second
        session.refresh(first)
        assert first.state == GridState.SUPERSEDED
        assert grid.places(first) == {asked[0]: Place(asked[0], 0, 10)}
        assert [made.version for made in grid.versions(session, week)] == [1, 2]


def test_a_newer_draft_overtakes_an_older_one(database, week, now, asked):
    with database.writing() as session:
        older = grid.draft(session, week, [Place(asked[0], 0, 10)], [], {}, now)
        newer = grid.draft(session, week, [Place(asked[0], 0, 11)], [], {}, now)
        assert grid.newest_draft(session, week) is newer
        session.refresh(older)
        with pytest.raises(Refusal, match="newer draft"):
            grid.put_on_air(session, older, "0" * 64, now)


def test_differences_name_who_was_added_moved_and_removed(database, week, now, asked):
    with database.writing() as session:
        before = publish(session, week, [Place(asked[0], 0, 10), Place(asked[1], 0, 20)], now)
        after = publish(session, week, [Place(asked[0], 0, 12), Place(asked[2], 0, 20)], now)
        found = {
            move.request_id: (move.before is not None, move.after is not None)
            for move in differences(before, after)
        }
        assert found == {asked[0]: (True, True), asked[1]: (True, False), asked[2]: (False, True)}
        assert differences(after, after) == []


def test_who_was_bumped_week_after_week_has_waited_that_long(
    database, settings, now, admit_member, right_of
):
    janet, peter = admit_member("Janet"), admit_member("Peter")
    early = now.replace(day=1)
    with database.writing() as session:
        for label in ("2026-W48", "2026-W49"):
            mine, theirs = (
                using.dedicate(session, settings, right.id, person.account_id, "rain", [], early)
                for person in (janet, peter)
                for right in [right_of(person, label)]
            )
            places, bumped = [Place(theirs.id, 0, 1)], [(mine.id, "full")]
            publish(session, Week.parse(label, settings.zone), places, now, bumped)
        accounts = [janet.account_id, peter.account_id]
        waited = grid.weeks_waited(session, accounts, Week.parse("2026-W50", settings.zone))
        assert waited == {janet.account_id: 2}


def test_a_version_that_does_not_exist_is_refused_by_name(database, week, now, asked):
    with database.writing() as session:
        with pytest.raises(Refusal, match="has not been built"):
            grid.require_version(session, week)
        publish(session, week, [Place(asked[0], 0, 10)], now)
        assert grid.require_version(session, week).version == 1
        with pytest.raises(WrongInput, match="has no version 7"):
            grid.require_version(session, week, 7)


def test_a_week_goes_from_open_to_airing_by_the_clock_and_the_grid(
    database, settings, week, now, asked
):
    closes = rights.cutoff(week, settings)
    with database.writing() as session:

        def state(at):
            return week_state(session, week, settings, at)

        assert (state(now), state(closes)) == (WeekState.OPEN, WeekState.LOCKED)
        grid.draft(session, week, [Place(asked[0], 0, 10)], [(asked[1], "full")], {}, now)
        assert state(closes) == WeekState.BUILT
        grid.put_on_air(session, grid.newest_draft(session, week), "0" * 64, now)
        assert (state(closes), state(week.span.start)) == (WeekState.PUBLISHED, WeekState.AIRING)
        # Over, but nobody has said yet how its one placed request ended.
        assert state(week.span.end) == WeekState.AIRING


def test_an_overview_counts_what_is_ready_waiting_and_missing(
    database, settings, week, now, asked, admit_member
):
    admit_member("Nobody")
    gone = admit_member("Gone")
    with database.writing() as session:
        voided = station_account(session, AccountKind.VOIDED)
        theirs = ledger.held(session, gone.account_id, WEEK)
        ledger.move(session, theirs, gone.account_id, voided, EntryKind.VOID, now)
        found = overview(session, week, settings, now)
    assert (found.rights, found.ready, found.checking, found.unused) == (4, 0, 3, 1)
    # 2,016 starts on three channels less the makegood reserve of one percent.
    assert found.sellable_starts == 3 * 2016 - 61
