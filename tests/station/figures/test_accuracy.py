"""Start accuracy is counted from outcomes, the way a listener would check it."""

from datetime import timedelta

import pytest

from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.errors import WrongInput
from station.figures import spans
from station.figures.accuracy import accuracy, percentile


@pytest.fixture
def keep(database, settings, now):
    """Keeps how slots ended, so many after this week's first one."""

    def kept(*slots):
        week = Week.of(now, settings.zone)
        with database.writing() as session:
            for at, channel, kind, error_ms, similarity in slots:
                slot_number = week.first_slot(settings.slots) + at
                outcome = Outcome(
                    channel=channel,
                    slot_number=slot_number,
                    week=str(Week.of(settings.slots.start(slot_number), settings.zone)),
                    kind=kind,
                    start_error_ms=error_ms,
                    similarity=similarity,
                    decided_at=now,
                )
                session.add(outcome)

    return kept


def test_pieces_are_counted_by_how_they_ended_and_how_far_from_their_time(
    keep, database, settings, now
):
    week = Week.of(now, settings.zone)
    keep(
        *((at, at % 2, OutcomeKind.AIRED, at - 50, 0.99) for at in range(99)),
        (99, 1, OutcomeKind.LATE, 900, None),
        (100, 1, OutcomeKind.MISSED, None, None),
        (-1, 0, OutcomeKind.AIRED, 7000, 0.99),
    )
    with database.reading() as session:
        found = accuracy(session, settings, week.span)
        longer = accuracy(session, settings, spans.last_days(settings, now))
    total = found.total
    assert (total.pieces, total.aired, total.late, total.missed) == (101, 99, 1, 1)
    assert (total.watched, total.median_ms, total.p99_ms, total.worst_ms) == (99, 25, 50, 900)
    assert [(one.pieces, one.worst_ms) for one in found.by_channel] == [
        (50, 50),
        (51, 900),
        (0, None),
    ]
    assert round(total.as_planned_percent, 2) == 98.02
    assert [one.week for one in longer.by_week] == [str(week.plus(-1)), str(week)]
    assert longer.total.worst_ms == 7000


def test_a_percentile_is_a_value_that_came():
    assert percentile([(3, 1), (1, 98), (2, 1)], 99) == 2
    assert percentile([(5, 1)], 50) == 5
    assert percentile([], 99) is None


def test_a_report_is_of_whole_local_days(settings, now):
    span = spans.read_days(settings, now, "", "")
    assert span == spans.last_days(settings, now)
    first, last = spans.first_and_last(settings, span)
    assert (str(first), str(last)) == ("2026-10-25", "2026-11-21")
    one = spans.read_days(settings, now, "2026-11-25", "2026-11-25")
    assert one.end - one.start == timedelta(days=1)
    assert len(spans.slots_in(settings.slots, one)) == 288
    for begins, ends, code in (
        ("soon", "", "day-unknown"),
        ("0001-01-01", "", "day-unknown"),
        ("2026-11-25", "2026-11-24", "days-many"),
        ("2024-01-01", "2026-11-24", "days-many"),
    ):
        with pytest.raises(WrongInput) as refused:
            spans.read_days(settings, now, begins, ends)
        assert refused.value.code == code
