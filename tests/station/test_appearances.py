"""What a calendar knows of a slot is told by the versions that were published."""

from datetime import UTC, datetime, timedelta

from station import grid, using
from station.airtime import Week
from station.appearances import Place, appearances, deadlines, told_by
from station.takedowns import Takedown

FIRST = datetime(2026, 11, 15, 18, 0, tzinfo=UTC)
HERE, THERE = Place(1, 0, 10), Place(1, 2, 99)
WEEK = "2026-W48"


def versions(*places):
    return [(FIRST + timedelta(hours=number), place) for number, place in enumerate(places)]


def test_a_slot_that_stayed_in_every_version_is_told_of_once():
    told = told_by(versions(HERE, HERE, HERE), gone=())
    assert told is not None
    assert (told.place, told.sequence, told.cancelled) == (HERE, 0, False)
    assert told.changed_at == FIRST


def test_each_move_and_cancellation_and_return_has_a_higher_number():
    places = [HERE, THERE, None, HERE]
    told = [told_by(versions(*places[:count]), gone=()) for count in (1, 2, 3, 4)]
    numbers = [one.sequence for one in told if one]
    assert numbers == sorted(set(numbers))
    assert [one.cancelled for one in told if one] == [False, False, True, False]


def test_what_is_cancelled_keeps_its_last_place():
    told = told_by(versions(HERE, THERE, None, None), gone=())
    assert told is not None
    assert (told.place, told.changed_at) == (THERE, FIRST + timedelta(hours=2))


def test_what_was_withdrawn_is_cancelled_before_the_next_version_says_so():
    placed = told_by(versions(HERE), gone=())
    withdrawn = told_by(versions(HERE), gone=(HERE.request_id,))
    gone = told_by(versions(HERE, None), gone=(HERE.request_id,))
    assert placed is not None
    assert withdrawn is not None
    assert gone is not None
    assert withdrawn.cancelled
    assert placed.sequence < withdrawn.sequence < gone.sequence


def test_what_no_version_had_is_not_told_of():
    assert told_by(versions(None, None), gone=()) is None


def published(session, week, places, now):
    version = grid.draft(session, week, places, [], {}, now)
    grid.put_on_air(session, version, "0" * 64, now)


def test_an_account_has_its_own_slots_and_drafts_count_for_nothing(
    database, settings, admit_member, right_of, now
):
    week, early = Week.parse(WEEK, settings.zone), now - timedelta(days=9)
    thandi, sipho = admit_member("Thandi"), admit_member("Sipho")
    with database.writing() as session:
        asked = [
            using.dedicate(
                session, settings, right_of(one, WEEK).id, one.account_id, "rain", [], early
            )
            for one in (thandi, sipho)
        ]
        first = [grid.Place(one.id, 0, 10 + one.id) for one in asked]
        published(session, week, first, early)
        moved = [grid.Place(asked[0].id, 1, 700), first[1]]
        published(session, week, moved, early + timedelta(hours=1))
        grid.draft(session, week, [], [], {}, now)
    with database.reading() as session:
        (mine,) = appearances(session, settings, thandi.account_id, now)
        (other,) = appearances(session, settings, sipho.account_id, now)
    assert (mine.at, mine.channel) == (week.instant(700, settings.slots), 1)
    assert (mine.told.sequence, mine.told.changed_at) == (2, early + timedelta(hours=1))
    assert (other.told.sequence, other.told.cancelled) == (0, False)
    with database.writing() as session:
        slot = {"channel": 1, "slot_number": week.first_slot(settings.slots) + 700}
        session.add(Takedown(**slot, request_id=asked[0].id, reason="a wrong name", at=now))
    with database.reading() as session:
        (mine,) = appearances(session, settings, thandi.account_id, now)
        later = now + timedelta(weeks=20)
        assert appearances(session, settings, thandi.account_id, later) == []
    assert mine.told.cancelled


def test_a_deadline_is_there_until_it_is_kept_or_over(
    database, settings, admit_member, right_of, now
):
    thandi = admit_member("Thandi")
    with database.reading() as session:
        found = deadlines(session, settings, thandi.account_id, now)
    assert (str(found[0].week), found[0].unused) == ("2026-W49", 1)
    assert all(one.closes > now for one in found)
    with database.writing() as session:
        right = right_of(thandi, "2026-W49")
        using.dedicate(session, settings, right.id, thandi.account_id, "rain", [], now)
    with database.reading() as session:
        left = deadlines(session, settings, thandi.account_id, now)
    assert left == found[1:]
