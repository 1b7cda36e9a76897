import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from station.airtime import Week
from station.recordings import Recording, RecordingState
from station.rights import Request
from station.statement import Fate, StatementLine
from web.member.answers import answers, to_unfold
from web.member.cards import card

AT = datetime(2026, 11, 25, 16, 35, tzinfo=UTC)


@pytest.fixture
def week(now, settings):
    return Week.of(now, settings.zone)


@pytest.fixture
def make_card(settings, now):
    """Makes a card of a week from what became of its right, as seen at an instant."""

    def make(week, fate=Fate.UNUSED, state=None, seen=now, **line):
        latest = None if state is None else Recording(title="The river", state=state)
        told = StatementLine(1, str(week), 1, fate, title="The river", **line)
        return card(told, week, None, latest, settings, seen)

    return make


def told(cards, settings, now):
    return [answer.sentence for answer in answers(cards, settings, now)]


def test_a_silence_of_several_slots_is_told_with_its_whole_length(make_card, week, settings, now):
    asked = [Request(run="7", run_place=place) for place in range(3)]
    one = make_card(week.plus(1), Fate.SILENCE)
    cards = [dataclasses.replace(one, request=request) for request in asked]
    said = [sentence for sentence in told(cards, settings, now) if "silence" in sentence]
    assert said == ["Your 15 minutes next week are silence for The river."]


def test_who_has_a_time_reads_it_first(make_card, week, settings, now):
    cards = [make_card(week.plus(2)), make_card(week.plus(1), Fate.PLACED, channel=1, at=AT)]
    assert told(cards, settings, now) == [
        "You are on air Wednesday 25 November, 18:35, channel Two.",
        "Send your five minutes before Friday 27 November, 24:00 (in 6 days).",
    ]


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (-1, "You are on air today, 18:35, channel Two."),
        (0, "You are on air now, channel Two."),
        (299, "You are on air now, channel Two."),
        (300, "You hold no airtime in these weeks."),
    ],
)
def test_on_air_lasts_from_the_first_instant_to_just_before_the_last(
    seconds, sentence, make_card, week, settings
):
    now = AT + timedelta(seconds=seconds)
    found = make_card(week.plus(1), Fate.PLACED, seen=now, channel=1, at=AT)
    assert told([found], settings, now)[0] == sentence


@pytest.mark.parametrize(
    ("fate", "state", "sentence"),
    [
        (Fate.UNUSED, RecordingState.RECEIVED, "We are checking your recording."),
        (
            Fate.UNUSED,
            RecordingState.REJECTED,
            "Your recording for the week of 30 November can't air.",
        ),
        (Fate.RECORDING, None, "Your five minutes for the week of 30 November are ready."),
        (Fate.BUMPED, None, "There was no place for you the week of 30 November."),
    ],
)
def test_each_stage_has_its_sentence(fate, state, sentence, make_card, week, settings, now):
    assert told([make_card(week.plus(2), fate, state)], settings, now) == [sentence]


def test_weeks_after_the_first_open_one_can_wait(make_card, week, settings, now):
    cards = [make_card(week.plus(n)) for n in (2, 3, 4)]
    assert len(answers(cards, settings, now)) == 1


def test_what_cannot_air_in_a_later_week_is_told_first_and_lies_open(
    make_card, week, settings, now
):
    cards = [make_card(week.plus(2)), make_card(week.plus(4), state=RecordingState.REJECTED)]
    assert told(cards, settings, now)[0] == "Your recording for the week of 14 December can't air."
    assert to_unfold(cards) == cards[1:]


def test_what_is_to_do_comes_before_what_is_done(make_card, week, settings, now):
    cards = [make_card(week.plus(1), Fate.RECORDING), make_card(week.plus(2))]
    acts = [answer.act for answer in answers(cards, settings, now)]
    assert acts == [True, False]


def test_the_next_time_on_air_comes_first_and_what_is_to_do_is_never_crowded_out(
    make_card, week, settings, now
):
    placed = [
        make_card(week.plus(1), Fate.PLACED, channel=1, at=AT + timedelta(hours=hours))
        for hours in (5, 0, 9)
    ]
    said = told([*placed, make_card(week.plus(2)), make_card(week.plus(2))], settings, now)
    assert said == [
        "You are on air Wednesday 25 November, 18:35, channel Two.",
        "Send your five minutes before Friday 27 November, 24:00 (in 6 days).",
        "You are on air Wednesday 25 November, 23:35, channel Two.",
        "You are on air Thursday 26 November, 03:35, channel Two.",
    ]


def test_who_holds_nothing_is_told_where_to_look(settings, now):
    assert told([], settings, now) == ["You hold no airtime in these weeks."]
