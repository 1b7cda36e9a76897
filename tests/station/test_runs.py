"""Rights of one week that air one after another as one piece; what is too long gets two."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from station import closing, rights, too_long, using
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.errors import Refusal
from station.issuance import issue_one
from station.jobs import Job, JobKind
from station.ledger import EntryKind, held
from station.makegoods import issue
from station.market import gifts, swaps
from station.recordings import (
    OTHER_PART_CODE,
    Master,
    MasterKind,
    Recording,
    RecordingState,
    conclude,
    keep_master,
)
from station.rights import Request, RequestState
from station.standing import StandingKind, choose
from station.wishes import Wish

WEEK, NEXT = "2026-W49", "2026-W50"


@pytest.fixture
def mine(database, settings, now, janet):
    """Janet's rights: three of one week and one of the next."""
    with database.writing() as session:
        for _ in range(2):
            week = Week.parse(WEEK, settings.zone)
            issue_one(session, janet.account_id, week, EntryKind.MAKEGOOD, now, "for the test")
        return [*held(session, janet.account_id, WEEK), *held(session, janet.account_id, NEXT)]


@pytest.fixture
def silence(database, settings, now, janet, mine):
    """One silence of three slots; answers its requests' ids, in order."""
    with database.writing() as session:
        first, *further, _ = [right.id for right in mine]
        asked = using.dedicate(
            session, settings, first, janet.account_id, "George Floyd", [], now, also=further
        )
        return [one.id for one in rights.run_of(session, asked)]


def free(session, settings, person):
    week = Week.parse(WEEK, settings.zone)
    return [right.id for right in rights.unused(session, person.account_id, week)]


def states(session):
    query = sa.select(Request.state).order_by(Request.id)
    return list(session.scalars(query))


def master(sha256):
    return Master(
        sha256=sha256 * 64,
        kind=MasterKind.SEGMENT,
        duration_ms=300_000,
        preview_sha256=None,
        facts={},
        made_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


def test_a_long_silence_is_asked_for_by_each_of_its_rights_in_order(
    database, settings, now, janet, mine
):
    third, first, second, _ = mine
    also = [third.id, second.id]
    with database.writing() as session:
        asked = using.dedicate(
            session, settings, first.id, janet.account_id, "rain", [], now, also=also
        )
        whole = rights.run_of(session, asked)
        assert [one.right_id for one in whole] == [first.id, third.id, second.id]
        assert [one.run_place for one in whole] == [0, 1, 2]
        assert {(one.run, one.title) for one in whole} == {(str(asked.id), "rain")}
        jobs = session.scalars(sa.select(Job.subject).where(Job.kind == JobKind.SILENCE))
        assert sorted(jobs) == sorted(str(one.id) for one in whole)


def test_a_silence_of_one_slot_is_no_run(database, settings, now, janet, mine):
    with database.writing() as session:
        asked = using.dedicate(session, settings, mine[0].id, janet.account_id, "rain", [], now)
        assert asked.run is None
        assert rights.run_of(session, asked) == [asked]


def test_a_recorded_announcement_stays_with_each_slot(database, settings, now, janet, mine):
    with database.writing() as session:
        asked = using.dedicate(
            session,
            settings,
            mine[0].id,
            janet.account_id,
            "rain",
            [],
            now,
            also=[mine[1].id],
            announcement_sha256="ab" * 32,
        )
        whole = rights.run_of(session, asked)
        assert [one.announcement_sha256 for one in whole] == ["ab" * 32] * 2


@pytest.mark.parametrize(
    ("also", "code"), [(3, "run-weeks"), (1, "right-used"), ("peter", "right-not-yours")]
)
def test_a_run_is_of_unused_rights_of_one_week_and_one_holder(
    database, settings, now, janet, peter, right_of, mine, also, code
):
    theirs = right_of(peter, WEEK) if also == "peter" else mine[also]
    with database.writing() as session:
        using.dedicate(session, settings, mine[1].id, janet.account_id, "wind", [], now)
    with pytest.raises(Refusal) as refused, database.writing() as session:
        using.dedicate(
            session, settings, mine[0].id, janet.account_id, "rain", [], now, also=[theirs.id]
        )
    assert refused.value.code == code
    with database.reading() as session:
        assert rights.open_request(session, mine[0].id) is None


def test_a_run_is_dedicated_anew_as_a_longer_or_a_shorter_one(
    database, settings, now, janet, mine, silence
):
    with database.writing() as session:
        asked = using.dedicate(
            session, settings, mine[1].id, janet.account_id, "rain", [], now, also=[mine[0].id]
        )
        assert [one.right_id for one in rights.run_of(session, asked)] == [mine[1].id, mine[0].id]
        assert rights.open_request(session, mine[2].id) is None
        assert states(session) == [*[RequestState.WITHDRAWN] * 3, *[RequestState.OPEN] * 2]


def test_withdrawing_one_right_of_a_run_withdraws_the_whole_of_it(
    database, settings, now, janet, mine, silence
):
    with database.writing() as session:
        using.withdraw_request(session, settings, mine[1].id, janet.account_id, now)
        assert states(session) == [RequestState.WITHDRAWN] * 3


def test_giving_one_right_of_a_run_away_withdraws_the_whole_of_it(
    database, settings, now, janet, peter, mine, silence
):
    with database.writing() as session:
        gifts.give(session, settings, [mine[2].id], janet.account_id, peter.email, now)
        assert states(session) == [RequestState.WITHDRAWN] * 3
        assert free(session, settings, janet) == [mine[0].id, mine[1].id, mine[3].id]


def test_a_newer_recording_for_one_right_of_a_run_replaces_the_whole_of_it(
    database, settings, now, janet, mine, silence
):
    with database.writing() as session:
        take = upload(session, settings, janet, mine[1], now, treatment={})
        assert accept(session, take, "c", now).title == "My whole life"
        assert states(session) == [*[RequestState.WITHDRAWN] * 3, RequestState.OPEN]


def test_a_right_of_a_run_is_not_swapped_alone(database, settings, now, peter, right_of, silence):
    with database.writing() as session:
        other = using.dedicate(
            session, settings, right_of(peter, WEEK).id, peter.account_id, "rain", [], now
        )
        with pytest.raises(Refusal, match="one piece of several slots"):
            swaps.propose(session, settings, other.id, silence[1], peter.account_id, now)


def upload(session, settings, person, right, now, **facts):
    """A recording that was received for a right."""
    recording = Recording(
        account_id=person.account_id,
        title="My whole life",
        language="sn",
        permission=True,
        file_name="note.opus",
        upload_sha256="ab" * 32,
        upload_bytes=1000,
        **facts,
    )
    wish = Wish(moment="2026-12-02T18:35", minutes=30)
    return using.receive(session, settings, right.id, recording, [wish], now)


def accept(session, recording, letter, now):
    made = keep_master(session, master(letter))
    assert conclude(session, recording.id, codes=[], sentences=[], master=made, now=now)
    return using.air(session, session.get_one(Recording, recording.id), now)


def reject(session, recording, code, now):
    said, told = [code], ["No."]
    assert conclude(session, recording.id, codes=said, sentences=told, master=None, now=now)


@pytest.fixture
def long_take(database, settings, now, janet, mine):
    """A recording for Janet's first right that can't air because it is too long."""
    with database.writing() as session:
        take = upload(session, settings, janet, mine[0], now, treatment={"level": True})
        reject(session, take, "too-long", now)
        return take


@pytest.fixture
def spread(database, settings, now, janet, long_take):
    """Spreads it over its own right and another; answers both takes."""

    def over(other):
        with database.writing() as session:
            who = janet.account_id
            return too_long.spread(session, settings, long_take.id, other.id, who, now)

    return over


def test_a_recording_that_is_too_long_is_taken_again_to_be_faded_out(
    database, settings, now, janet, long_take
):
    with database.writing() as session:
        again = too_long.fade_out(session, settings, long_take.id, janet.account_id, now)
        assert again.treatment == {"long": "fade", "level": True}
        assert again.upload_sha256 == long_take.upload_sha256
        jobs = session.scalars(sa.select(Job.subject).where(Job.kind == JobKind.INGEST))
        assert str(again.id) in set(jobs)


def test_parts_of_one_week_air_as_a_run_once_both_are_accepted(
    database, settings, now, spread, mine
):
    first, second = spread(mine[2])
    assert first.treatment == {"long": "spread", "part": 1, "level": True}
    assert second.treatment == {"long": "spread", "part": 2, "level": True}
    with database.writing() as session:
        assert accept(session, second, "2", now) is None
        assert states(session) == []
        asked = accept(session, first, "1", now)
        whole = rights.run_of(session, asked)
        assert [one.right_id for one in whole] == [mine[0].id, mine[2].id]
        assert [one.master_sha256 for one in whole] == ["1" * 64, "2" * 64]
        assert {one.title for one in whole} == {"My whole life"}


def test_parts_of_two_weeks_air_in_order_each_for_itself(database, settings, now, spread, mine):
    first, second = spread(mine[3])
    with database.writing() as session:
        accept(session, first, "1", now)
        accept(session, second, "2", now)
        asked = session.scalars(sa.select(Request).order_by(Request.week)).all()
        assert [(one.week, one.title, one.run) for one in asked] == [
            (WEEK, "My whole life (1 of 2)", None),
            (NEXT, "My whole life (2 of 2)", None),
        ]
        assert [one.wished[0].moment[:10] for one in asked] == ["2026-12-02", "2026-12-09"]


def test_the_first_part_airs_in_the_earlier_week(database, settings, now, janet, mine):
    with database.writing() as session:
        take = upload(session, settings, janet, mine[0], now)
        take.right_id, take.wishes = mine[3].id, []
        reject(session, take, "too-long", now)
        first, second = too_long.spread(
            session, settings, take.id, mine[0].id, janet.account_id, now
        )
        assert (first.right_id, second.right_id) == (mine[0].id, mine[3].id)


@pytest.mark.parametrize("accepted_first", [True, False])
def test_neither_part_airs_when_one_is_rejected(
    database, settings, now, spread, mine, accepted_first
):
    first, second = spread(mine[2])
    with database.writing() as session:
        if accepted_first:
            conclude(
                session,
                first.id,
                codes=["quiet"],
                sentences=["Hm."],
                findings=[{"code": "quiet"}],
                master=keep_master(session, master("1")),
                now=now,
            )
        reject(session, second, "inaudible", now)
        told = session.get_one(Recording, first.id, populate_existing=True)
        assert (told.state, told.codes) == (
            RecordingState.REJECTED,
            [OTHER_PART_CODE, "inaudible"],
        )
        assert told.findings == []
        made = keep_master(session, master("1"))
        assert not conclude(session, first.id, codes=[], sentences=[], master=made, now=now)
        assert states(session) == []


def test_a_part_that_waits_for_the_other_counts_as_being_checked(
    database, settings, now, janet, spread, mine
):
    first, _ = spread(mine[2])
    week = Week.parse(WEEK, settings.zone)
    with database.writing() as session:
        accept(session, first, "1", now)
        assert free(session, settings, janet) == [mine[1].id, mine[3].id]
        assert closing.close_weeks(session, settings, rights.cutoff(week, settings)) > 0
        theirs = held(session, janet.account_id, WEEK)
        assert [right.id for right in theirs] == [mine[0].id, mine[2].id]


def test_withdrawing_one_part_withdraws_the_other(database, settings, now, janet, spread, mine):
    first, second = spread(mine[2])
    with database.writing() as session:
        accept(session, first, "1", now)
        using.withdraw_request(session, settings, mine[0].id, janet.account_id, now)
        assert session.get_one(Recording, second.id, populate_existing=True).state == (
            RecordingState.WITHDRAWN
        )


def test_what_was_sent_since_is_not_replaced_by_the_parts_of_an_older_recording(
    database, settings, now, janet, spread, mine
):
    first, second = spread(mine[2])
    with database.writing() as session:
        newer = upload(session, settings, janet, mine[0], now, treatment={})
        kept = accept(session, newer, "3", now)
        assert accept(session, first, "1", now) is None
        assert accept(session, second, "2", now) is None
        assert rights.requests_of(session, Week.parse(WEEK, settings.zone)) == [kept]


def test_a_part_is_nobodys_standing_piece(database, settings, now, janet, spread, mine):
    first, second = spread(mine[2])
    with database.writing() as session:
        accept(session, first, "1", now)
        accept(session, second, "2", now)
        choose(session, janet.account_id, StandingKind.LAST, now)
        week = Week.parse(WEEK, settings.zone)
        closing.close_weeks(session, settings, rights.cutoff(week, settings))
        asked = {one.right_id for one in rights.requests_of(session, week)}
        assert asked == {mine[0].id, mine[2].id}


def test_what_is_not_too_long_is_neither_faded_nor_spread(database, settings, now, janet, mine):
    with database.writing() as session:
        take = upload(session, settings, janet, mine[0], now, treatment={})
        reject(session, take, "too-quiet", now)
        with pytest.raises(Refusal, match="is not too long for its airtime"):
            too_long.spread(session, settings, take.id, mine[1].id, janet.account_id, now)
        with pytest.raises(Refusal, match="is not too long for its airtime"):
            too_long.fade_out(session, settings, take.id, janet.account_id, now)


def test_what_is_too_long_for_two_can_still_be_faded_out(
    database, settings, now, janet, spread, mine
):
    first, second = spread(mine[2])
    with database.writing() as session:
        reject(session, second, "too-long-for-two", now)
        for part in (first, second):
            assert not too_long.can_spread(session.get_one(Recording, part.id))
        who = janet.account_id
        with pytest.raises(Refusal, match="too long for two as well"):
            too_long.spread(session, settings, first.id, mine[1].id, who, now)
        again = too_long.fade_out(session, settings, first.id, who, now)
        assert again.treatment == {"long": "fade", "level": True}


def test_what_was_heard_no_further_may_fit_two_rights(database, settings, now, janet, mine):
    with database.writing() as session:
        take = upload(session, settings, janet, mine[0], now, treatment={})
        reject(session, take, "endless", now)
        too_long.spread(session, settings, take.id, mine[1].id, janet.account_id, now)


def test_what_is_longer_than_two_rights_is_not_spread(database, settings, now, janet, mine):
    with database.writing() as session:
        take = upload(session, settings, janet, mine[0], now, treatment={})
        reject(session, take, "far-too-long", now)
        assert too_long.can_fade(session.get_one(Recording, take.id, populate_existing=True))
        with pytest.raises(Refusal, match="too long for two as well"):
            too_long.spread(session, settings, take.id, mine[1].id, janet.account_id, now)


def test_nobody_chooses_about_somebody_elses_recording(
    database, settings, now, peter, right_of, long_take
):
    with database.writing() as session:
        with pytest.raises(Refusal, match="no such recording of yours"):
            too_long.fade_out(session, settings, long_take.id, peter.account_id, now)
        other = right_of(peter, WEEK).id
        with pytest.raises(Refusal, match="no such recording of yours"):
            too_long.spread(session, settings, long_take.id, other, peter.account_id, now)


def test_a_recording_is_spread_over_two_rights_that_are_free(
    database, settings, now, janet, long_take, mine, silence_on
):
    silence_on(mine[1])
    for other in (mine[0], mine[1]):
        with pytest.raises(Refusal, match="Something was sent"), database.writing() as session:
            too_long.spread(session, settings, long_take.id, other.id, janet.account_id, now)


@pytest.fixture
def silence_on(database, settings, now, janet):
    def asked(right):
        with database.writing() as session:
            using.dedicate(session, settings, right.id, janet.account_id, "wind", [], now)

    return asked


def test_what_was_chosen_since_is_neither_replaced_by_a_fade_nor_by_a_spread(
    database, settings, now, janet, long_take, mine, silence_on
):
    silence_on(mine[0])
    with database.writing() as session:
        who = janet.account_id
        with pytest.raises(Refusal, match="Something was sent"):
            too_long.fade_out(session, settings, long_take.id, who, now)
        with pytest.raises(Refusal, match="Something was sent"):
            too_long.spread(session, settings, long_take.id, mine[1].id, who, now)


def ended(session, settings, requests, kind=OutcomeKind.MISSED):
    """What became of some requests; what is owed for them is given at once."""
    week = Week.parse(WEEK, settings.zone)
    over = week.span.end
    for request in requests:
        slot = week.first_slot(settings.slots) + 700 + request.run_place
        said = {"request_id": request.id, "kind": kind, "decided_at": over}
        session.add(Outcome(channel=0, slot_number=slot, week=WEEK, **said))
    closing.settle_aired(session, over)
    issue(session, settings, over)


def again(session, week=NEXT):
    query = sa.select(Request).where(Request.week > week, Request.state == RequestState.OPEN)
    return list(session.scalars(query.order_by(Request.week, Request.run_place)))


def test_a_run_that_was_missed_comes_back_as_one_piece(
    database, settings, now, janet, spread, mine
):
    first, second = spread(mine[2])
    with database.writing() as session:
        accept(session, second, "2", now)
        ended(session, settings, rights.run_of(session, accept(session, first, "1", now)))
        whole = again(session)
        assert rights.run_of(session, whole[0]) == whole
        assert [(one.title, one.master_sha256) for one in whole] == [
            ("My whole life", "1" * 64),
            ("My whole life", "2" * 64),
        ]


def test_a_run_whose_slots_are_missed_one_by_one_comes_back_once_the_last_one_ended(
    database, settings, silence
):
    with database.writing() as session:
        whole = [session.get_one(Request, number) for number in silence]
        for request in whole[:2]:
            ended(session, settings, [request])
            assert again(session) == []
        ended(session, settings, whole[2:])
        fresh = again(session)
        assert rights.run_of(session, fresh[0]) == fresh
        assert len(fresh) == 3


def test_a_run_is_not_parted_where_many_makegoods_are_given_in_turns(
    database, settings, silence, monkeypatch
):
    monkeypatch.setattr("station.makegoods.MOST_AT_ONCE", 2)
    with database.writing() as session:
        ended(session, settings, [session.get_one(Request, number) for number in silence])
        fresh = again(session)
        assert rights.run_of(session, fresh[0]) == fresh
        assert len(fresh) == 3


def test_what_was_missed_of_a_silence_comes_back_as_a_silence_of_its_own(
    database, settings, now, janet, silence
):
    with database.writing() as session:
        whole = [session.get_one(Request, number) for number in silence]
        keep_master(session, master("5"))
        for one in whole:
            one.master_sha256 = "5" * 64
        ended(session, settings, [whole[0], whole[2]], OutcomeKind.AIRED)
        ended(session, settings, whole[1:2])
        (alone,) = again(session)
        # The second slot of three announces nothing: this one is made anew.
        assert (alone.run, alone.master_sha256, alone.title) == (None, None, "George Floyd")


def test_what_was_missed_of_a_recording_says_which_part_it_is(
    database, settings, now, janet, spread, mine
):
    first, second = spread(mine[2])
    with database.writing() as session:
        accept(session, second, "2", now)
        whole = rights.run_of(session, accept(session, first, "1", now))
        ended(session, settings, whole[:1], OutcomeKind.AIRED)
        ended(session, settings, whole[1:])
        (alone,) = again(session)
        assert (alone.run, alone.title) == (None, "My whole life (2 of 2)")
