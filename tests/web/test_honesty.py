"""What the station tells of itself is what was measured, and is not measured anew for everybody."""

from datetime import timedelta

import pytest

from station import alarms, audience, ledger
from station.alarms import AlarmKind, Raised
from station.asrun import Outcome, OutcomeKind
from web.public.honesty import COUNTED_AGAIN


@pytest.fixture
def measured(database, settings, seeded, now):
    """Three pieces of which one was late, and twenty seconds of dead air."""
    slot = settings.slots.number(now) - 3
    with database.writing() as session:
        for number, (kind, error_ms) in enumerate(
            ((OutcomeKind.AIRED, 12), (OutcomeKind.AIRED, -20), (OutcomeKind.LATE, 700))
        ):
            session.add(
                Outcome(
                    channel=0,
                    slot_number=slot + number,
                    week="2026-W47",
                    kind=kind,
                    start_error_ms=error_ms,
                    decided_at=now,
                )
            )
        began = now - timedelta(hours=1)
        ended = began + timedelta(seconds=20)
        raised = Raised(AlarmKind.QUIET, 1, "standard", began, began, ended, detail={})
        alarms.keep(session, raised)


@pytest.mark.usefixtures("measured")
def test_starts_dead_air_fairness_and_the_ledger_are_told(nobody, database):
    nobody.open("/honesty")
    with database.reading() as session:
        root = ledger.root_hash(session)
    for said in (
        "3 members' pieces were due; 66.7 % aired as planned.",
        "<dt>half of them began within</dt><dd>20 ms</dd>",
        "<dt>the worst was off by</dt><dd>700 ms</dd>",
        "A channel fell silent once without meaning to, for 20 seconds.",
        "<dt>people on air</dt><dd>12</dd>",
        "Everybody's airtime was worth the same, start for start.",
        f'<p class="code">{root}</p>',
        "Counted today, 12:00.",
    ):
        assert said in nobody.page


def test_an_empty_station_claims_nothing(nobody):
    nobody.open("/honesty")
    assert "No member's piece was due in the last four weeks." in nobody.page
    assert "None was noticed." in nobody.page
    assert "Nobody was on air in this year's published weeks yet." in nobody.page


def test_the_figures_are_counted_again_after_ten_minutes(nobody, clock):
    nobody.open("/honesty")
    clock.now += COUNTED_AGAIN - timedelta(seconds=1)
    nobody.open("/honesty")
    assert "Counted today, 12:00." in nobody.page
    clock.now += timedelta(seconds=1)
    nobody.open("/honesty")
    assert "Counted today, 12:10." in nobody.page


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (0, "Nobody was tuned in when we counted."),
        (1, "One player is tuned in."),
        (19, "19 players are tuned in."),
        (47, "About 50 players are tuned in."),
        (1349, "About 1,300 players are tuned in."),
    ],
)
def test_many_listeners_are_told_in_round_numbers(counted, said):
    assert audience.now_sentence(counted) == said


def test_the_newest_count_of_each_channel_is_told(database):
    with database.writing() as session:
        for channel, slot, listeners in ((0, 8, 5), (0, 9, 7), (1, 8, 3), (1, 6, 99), (2, 6, 4)):
            audience.add(session, channel, slot, listeners)
        audience.add(session, 0, 9, 8)
        assert audience.lately(session, 9) == {0: 8, 1: 3}


@pytest.mark.usefixtures("seeded")
def test_how_many_listen_is_told_beside_what_is_on(nobody, database, settings, now):
    with database.writing() as session:
        audience.add(session, 0, settings.slots.number(now), 1)
    nobody.open("/")
    assert nobody.page.count("One player is tuned in.") == 1


def test_a_quality_is_chosen_without_scripts_and_remembered(nobody):
    nobody.open("/?quality=standard")
    nobody.open("/?quality=quadraphonic")
    assert nobody.page.index("/0-standard.mp3") < nobody.page.index("/0-low.opus")
    assert '?quality=standard" data-quality="standard" aria-current="true"' in nobody.page
