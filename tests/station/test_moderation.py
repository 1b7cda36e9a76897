"""What waits, is held or is refused does not air, and its member reads why."""

from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from playout import plan, takedown
from playout.disk import AirFolder
from station import moderation, reports, reviewing, takedowns, using
from station.airlog import AirLine
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.errors import Refusal
from station.letters import Letter
from station.moderation import Review, Verdict
from station.recordings import Recording, RecordingState
from station.reports import ReportKind, Said
from station.rights import Request, RequestState, requests_of
from tests.web.seed import fill

WEEK = "2026-W48"


@pytest.fixture
def seeded(database, settings, now):
    return fill(database, settings, now)


@pytest.fixture
def kept(database, settings, now):
    """What may not be built of a week, by rules: whose pieces, and why."""

    def found(*approve, label=WEEK, at=now):
        ruled = msgspec.structs.replace(settings.moderation, approve=approve)
        changed = msgspec.structs.replace(settings, moderation=ruled)
        with database.reading() as session:
            which = sa.and_(Request.week == label, Request.state == RequestState.OPEN)
            kept = moderation.kept_back(session, changed, which, at)
            asked = {one.id: one.account_id for one in session.scalars(sa.select(Request))}
        return {asked[number]: one.verdict for number, one in kept.items()}

    return found


@pytest.fixture
def piece_of(database, settings):
    """The id of what a person asks for in a week."""

    def found(person, label=WEEK):
        with database.reading() as session:
            asked = requests_of(session, Week.parse(label, settings.zone))
            return next(one.id for one in asked if one.account_id == person.account_id)

    return found


@pytest.fixture
def say(database, settings, seeded, piece_of, now):
    """Lets the operator say something about a person's piece of a week."""

    def said(act, person, *words, label=WEEK, at=now):
        with database.writing() as session:
            number = piece_of(person, label)
            return act(session, settings, number, *words, seeded.operator, at)

    return said


def letters_to(database, person):
    with database.reading() as session:
        query = sa.select(Letter).where(Letter.person_id == person.id).order_by(Letter.id)
        return [f"{one.subject}\n{one.body}" for one in session.scalars(query)]


def test_nobody_waits_unless_the_station_says_so(seeded, kept):
    assert kept() == {}
    assert len(kept("all")) == len(seeded.members)
    assert kept("adult") == {}


def test_adult_pieces_wait_where_they_need_approval(database, seeded, kept, piece_of):
    with database.writing() as session:
        session.get_one(Request, piece_of(seeded.members[0])).adult = True
    assert kept("adult") == {seeded.members[0].account_id: None}


def test_a_first_piece_waits_until_one_was_heard_or_approved(
    database, seeded, kept, piece_of, say, now
):
    heard, approved, *others = (one.account_id for one in seeded.members)
    with database.writing() as session:
        before = piece_of(seeded.members[0], "2026-W47")
        aired = {"kind": OutcomeKind.AIRED, "week": "2026-W47", "request_id": before}
        session.add(Outcome(channel=0, slot_number=1, decided_at=now, **aired))
    say(reviewing.approve, seeded.members[1])
    assert set(kept("first")) == set(others)
    assert {heard, approved}.isdisjoint(kept("first"))


def test_whoever_was_rightly_reported_waits_for_a_while(
    database, settings, seeded, kept, piece_of, now
):
    thandi, sipho, *_ = seeded.members
    with database.writing() as session:
        for person, upheld in ((thandi, True), (sipho, False)):
            said = Said(ReportKind.HURTFUL)
            number = piece_of(person, "2026-W47")
            report = reports.of_request(session, settings, number, said, "", now)
            answer = {"answer": "", "who": seeded.operator, "now": now}
            reports.settle(session, report.id, upheld=upheld, **answer)
    assert kept("reported") == {thandi.account_id: None}
    later = Week.parse(WEEK, settings.zone).plus(20).span.start
    assert kept("reported", at=later) == {}


def test_what_is_on_show_was_let_through(seeded, kept):
    assert kept("all", label="2026-W47") == {}


def test_what_is_held_waits_until_it_is_approved(seeded, kept, say, database):
    thandi = seeded.members[0]
    say(reviewing.hold, thandi, "Is this your own recording?")
    assert kept() == {thandi.account_id: Verdict.HELD}
    say(reviewing.approve, thandi)
    assert kept("all").get(thandi.account_id, "let through") == "let through"
    held, approved = letters_to(database, thandi)[-2:]
    assert "is held back for now" in held
    assert "Their reason: Is this your own recording?" in held
    assert "can air" in approved


def test_whatever_comes_in_place_of_a_held_piece_waits_under_every_rule(
    database, seeded, kept, say, piece_of, now
):
    thandi, sipho, *_ = seeded.members
    say(reviewing.hold, thandi, "Is this your own recording?")
    with database.writing() as session:
        held, other = (session.get_one(Request, piece_of(one)) for one in (thandi, sipho))
        held.state = RequestState.WITHDRAWN
        session.flush()
        same = ("right_id", "account_id", "week", "kind", "title")
        says = {name: getattr(held, name) for name in same}
        session.add(Request(**says, asked_at=now))
        said, again = (session.get_one(Recording, one.recording_id) for one in (held, other))
        again.upload_sha256 = said.upload_sha256
    # The same bytes of somebody else are nobody's retake.
    assert kept() == {thandi.account_id: None}
    with database.writing() as session:
        session.get_one(Recording, again.id).account_id = thandi.account_id
    assert kept() == {thandi.account_id: None, sipho.account_id: None}
    say(reviewing.approve, thandi)
    say(reviewing.approve, sipho)
    assert kept() == {}


def test_a_refused_piece_is_withdrawn_and_its_member_reads_why(seeded, say, database):
    thandi = seeded.members[0]
    done = say(reviewing.refuse, thandi, "It names a child.")
    assert (done.on_show, done.off_air) == (False, False)
    with database.reading() as session:
        request = session.scalars(
            sa.select(Request).where(Request.account_id == thandi.account_id, Request.week == WEEK)
        ).one()
        recording = session.get_one(Recording, request.recording_id)
    assert request.state == RequestState.WITHDRAWN
    assert recording.state == RecordingState.REJECTED
    assert recording.sentences == ["The station's operators refused it: It names a child."]
    letter = letters_to(database, thandi)[-1]
    assert "Their reason: It names a child." in letter
    assert "The week is closed, so nothing else can be sent for it." in letter


def test_who_is_refused_in_time_can_send_another(seeded, say, database):
    sipho = seeded.members[1]
    say(reviewing.refuse, sipho, "It is an advertisement.", label="2026-W49")
    letter = letters_to(database, sipho)[-1]
    assert "You can send another until Friday 27 November 2026, 24:00:" in letter


def test_a_refused_silence_says_why_where_it_was(seeded, say, database):
    naledi = seeded.members[2]
    say(reviewing.refuse, naledi, "It is no cause.")
    with database.reading() as session:
        request = session.scalars(
            sa.select(Request).where(Request.account_id == naledi.account_id, Request.week == WEEK)
        ).one()
        words = moderation.refused_words(session, [request.right_id], naledi.account_id)
    assert words == {request.right_id: "It is no cause."}


def test_what_is_on_air_is_refused_by_taking_it_off_for_good(database, settings, seeded, say, now):
    thandi = seeded.members[0]
    label = "2026-W47"
    with pytest.raises(Refusal, match="can't be held any more"):
        say(reviewing.hold, thandi, "Wait.", label=label)
    done = say(reviewing.refuse, thandi, "It names a child.", label=label)
    assert (done.on_show, done.off_air) == (False, True)
    with database.reading() as session:
        taken = takedowns.of_slot(session, 0, settings.slots.number(now))
        assert taken is not None
        assert (taken.reason, taken.account_id) == ("It names a child.", seeded.operator.account_id)
        # What becomes of the slot is told of this request, which therefore stays.
        assert session.get_one(Request, taken.request_id).state == RequestState.OPEN
    for act, words in ((reviewing.approve, ()), (reviewing.hold, ("Wait.",))):
        with pytest.raises(Refusal, match=r"was refused|can't be held"):
            say(act, thandi, *words, label=label)


def test_what_is_to_come_of_a_published_week_leaves_a_free_place(seeded, say):
    last = seeded.members[-1]
    done = say(reviewing.refuse, last, "It names a child.", label="2026-W47")
    assert (done.on_show, done.off_air) == (True, False)


@pytest.mark.parametrize("act", [reviewing.hold, reviewing.refuse])
def test_what_is_about_to_begin_is_taken_off_air_too(database, settings, seeded, say, now, act):
    last = seeded.members[-1]
    with database.reading() as session:
        line = session.scalars(sa.select(AirLine).where(AirLine.speaker == last.name)).one()
    starts = settings.slots.start(line.slot_number)
    say(act, last, "It names a child.", label="2026-W47", at=starts - timedelta(seconds=20))
    with database.reading() as session:
        assert takedowns.of_slot(session, line.channel, line.slot_number) is not None
        assert plan.changed_at(session) == starts - timedelta(seconds=20)


def test_a_long_silence_is_decided_as_one(database, settings, seeded, say, kept, piece_of, now):
    johan, label = seeded.members[3], "2026-W48"
    with database.writing() as session:
        first, second = (session.get_one(Request, piece_of(one)) for one in seeded.members[3:5])
        second.account_id = first.account_id
        for place, one in enumerate((first, second)):
            one.run, one.run_place = str(first.id), place
    say(reviewing.hold, johan, "Wait.")
    with database.reading() as session:
        held = moderation.kept_off(session, Request.week == label)
    assert set(held) == {first.id, second.id}


def test_the_same_is_not_said_twice_nor_about_what_is_gone(database, settings, seeded, say, now):
    thandi = seeded.members[0]
    say(reviewing.approve, thandi)
    with pytest.raises(Refusal, match="is approved already"):
        say(reviewing.approve, thandi)
    with pytest.raises(Refusal, match="Please say why"):
        say(reviewing.hold, thandi, "  ")
    with pytest.raises(Refusal, match="was withdrawn"), database.writing() as session:
        reviewing.approve(session, settings, 999_999, seeded.operator, now)


def test_a_refused_recording_airs_in_no_other_week(database, settings, seeded, say, kept, now):
    thandi = seeded.members[0]
    say(reviewing.refuse, thandi, "It names a child.")
    with database.writing() as session:
        recording = session.scalars(
            sa.select(Recording)
            .where(Recording.account_id == thandi.account_id)
            .order_by(Recording.id.desc())
        ).first()
        with pytest.raises(Refusal, match="can't air"):
            using.air_after_all(session, settings, recording.id, thandi.account_id, now)


def test_the_database_refuses_to_change_what_was_said(database, seeded, say):
    say(reviewing.approve, seeded.members[0])
    for change in (sa.update(Review).values(verdict="refused"), sa.delete(Review)):
        with (
            pytest.raises(sa.exc.DatabaseError, match="append-only"),
            database.writing() as session,
        ):
            session.execute(change)


@pytest.mark.parametrize("where", ["desk", "playout's host"])
def test_a_long_silence_is_pulled_to_its_end(database, settings, seeded, piece_of, now, where):
    slot = settings.slots.number(now)
    with database.writing() as session:
        silent = [session.get_one(Request, piece_of(seeded.members[n], "2026-W47")) for n in (0, 3)]
        for place, one in enumerate(silent):
            one.run, one.run_place = "long", place
        # The second of them airs two slots later on the same channel.
        session.get_one(AirLine, (0, slot + 1)).request_id = silent[1].id
        # Whichever part of it is taken off, none of it is shown any more.
        with session.begin_nested() as only_later:
            takedowns.order(session, 0, slot + 1, "It is no silence.", now)
            gone = sa.select(Request.id).where(takedowns.is_taken())
            assert set(session.scalars(gone)) == {one.id for one in silent}
            only_later.rollback()
        why, folder = "It is no silence.", AirFolder.of(settings)
        if where == "desk":
            takedowns.pull(session, settings, (0, slot), why, seeded.operator, now)
        else:
            takedown.mark(folder, (0, slot), takedown.Marker(why, round(now.timestamp() * 1000)))
            takedown.to_tables(session, folder)
        taken = [one.slot_number for one in takedowns.since(session, slot)]
    assert taken == [slot, slot + 1, slot + 2]
