"""What can be heard again, and who is shown, on both engines."""

import pytest

from station import causes, listen_again, postcards, profiles, rights, thanks
from station.airlog import AirLine
from station.airtime import Span, Week
from station.asrun import Outcome, OutcomeKind
from station.errors import Refusal
from station.grid import Place, draft, put_on_air
from station.postcards import Said
from station.profiles import Choice
from station.recordings import Master

WEEK = "2026-W48"
CAUSE = "rain"


@pytest.fixture
def silence(database, settings, now, janet, right_of):
    """Ten minutes of Janet's silence: two slots of a run that were heard; returns its requests."""
    week = Week.parse(WEEK, settings.zone)
    first = week.first_slot(settings.slots)
    with database.writing() as session:
        asked = [
            rights.for_silence(right_of(janet, WEEK), CAUSE, [], now),
            rights.for_silence(right_of(janet, "2026-W49"), CAUSE, [], now),
        ]
        asked[1].week = WEEK
        rights.ask(session, asked, now)
        rights.join(session, asked)
        causes.add(session, CAUSE, now)
        places = [Place(one.id, 1, 400 + number) for number, one in enumerate(asked)]
        version = draft(session, week, places, [], {}, now)
        put_on_air(session, version, "e" * 64, now)
        for number, request in enumerate(asked):
            sound = {"sha256": f"{number}" * 64, "preview_sha256": f"{number}f" * 32}
            made = {"kind": "silence", "duration_ms": 300_000, "facts": {}, "made_at": now}
            session.add(Master(**sound, **made))
            place = {"channel": 1, "slot_number": first + 400 + number, "week": WEEK}
            said = {"kind": "silence", "title": CAUSE, "speaker": "Janet"}
            line = {"grid_id": version.id, "request_id": request.id, **said}
            session.flush()
            session.add(AirLine(**place, **line, master_sha256=sound["sha256"]))
            heard = {"kind": OutcomeKind.AIRED, "decided_at": now}
            session.add(Outcome(**place, request_id=request.id, **heard))
    return [one.id for one in asked]


@pytest.fixture
def let(database, janet, now):
    def allowed(**choice):
        with database.writing() as session:
            profiles.choose(session, janet.account_id, Choice(**choice), now)

    return allowed


def test_a_run_is_heard_again_as_one_piece(silence, let, database, settings, janet, now):
    week = Week.parse(WEEK, settings.zone)
    let(again=True)
    with database.reading() as session:
        (mine,) = listen_again.of_account(session, settings, janet.account_id, now)
        cause = causes.listed(session)[0]
        assert listen_again.of_cause(session, settings, cause, now) == [mine]
        assert listen_again.of_days(session, settings, 1, week.span, now) == [mine]
        assert listen_again.of_days(session, settings, 0, week.span, now) == []
        assert listen_again.entry(session, settings, silence[1], now) == mine
        assert [one.name for one in listen_again.voices(session)] == ["Janet"]
        assert profiles.shown_among(session, [janet.account_id]) == set()
    start = week.instant(400, settings.slots)
    assert (mine.request_id, mine.air) == (
        silence[0],
        Span(start, week.instant(402, settings.slots)),
    )
    assert mine.previews == ("0f" * 32, "1f" * 32)


def test_what_its_holder_took_away_they_bring_back_and_what_operators_took_stays(
    silence, let, database, settings, janet, peter, now
):
    let(again=True)
    mine, theirs = janet.account_id, peter.account_id

    def heard(session):
        return len(listen_again.of_account(session, settings, mine, now))

    with database.writing() as session:
        request = session.get_one(rights.Request, silence[1])
        listen_again.withhold(session, request, mine, now)
        assert heard(session) == 0
        listen_again.offer(session, request, mine)
        assert heard(session) == 1
        listen_again.withhold(session, request, theirs, now, "a name")
        listen_again.withhold(session, request, mine, now)
        listen_again.offer(session, request, mine)
        assert heard(session) == 0
        assert {one.reason for one in listen_again.withheld_of(session, mine).values()} == {
            "a name"
        }


def test_a_page_shows_times_to_come_and_past_once_for_each_piece(
    silence, let, database, settings, janet, now
):
    let(shown=True, with_coming=True, with_past=True)
    with database.reading() as session:
        voice = profiles.voice(session, settings, janet.account_id, now)
        assert [one.request_id for one in voice.coming] == [silence[0]]
        assert [one.request_id for one in voice.past] == [silence[0]]
        assert profiles.shown_among(session, [janet.account_id]) == {janet.account_id}


def test_thanks_are_counted_for_each_piece_and_for_all_of_a_member(
    silence, database, settings, janet, now
):
    with database.writing() as session:
        for network in ("203.0.113.7", "203.0.113.8"):
            thanks.thank(session, settings, silence[0], network, now)
        assert thanks.of_requests(session, silence) == {silence[0]: 2}
        assert thanks.of_account(session, janet.account_id) == 2
        for _press in range(thanks.FROM_A_NETWORK.most - 1):
            thanks.thank(session, settings, silence[0], "203.0.113.7", now)
        with pytest.raises(Refusal, match="Many thanks came from your network"):
            thanks.thank(session, settings, silence[0], "203.0.113.7", now)


def test_a_postcard_is_answered_once(let, database, settings, janet, now):
    let(shown=True, takes_postcards=True)
    said = Said("Busi", "Hello", "busi@example.net")
    with database.writing() as session:
        card = postcards.write(session, settings, janet.account_id, said, "203.0.113.7", now)
        postcards.answer(session, settings, janet, card.id, "Hello yourself", now)
        with pytest.raises(Refusal, match="Busi can't be answered"):
            postcards.answer(session, settings, janet, card.id, "And again", now)
