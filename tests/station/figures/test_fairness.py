"""Fairness compares what people's starts were worth, start for start."""

import pytest

from station import grid
from station.airtime import Week
from station.figures.fairness import fairness, of_year
from station.grid import Place
from station.rights import Request, RequestKind


@pytest.fixture
def publish(database, settings, now):
    """Publishes a week in which some people's starts are worth so much."""

    def published(label, right_of, **worths):
        week = Week.parse(label, settings.zone)
        with database.writing() as session:
            places = []
            for start, (person, worth) in enumerate(worths.values()):
                right = right_of(person, label)
                request = Request(
                    right_id=right.id,
                    account_id=person.account_id,
                    week=label,
                    kind=RequestKind.SEGMENT,
                    title="A piece",
                    asked_at=now,
                )
                session.add(request)
                session.flush()
                places.append(Place(request.id, 0, start, worth))
            version = grid.draft(session, week, places, [], {}, now)
            grid.put_on_air(session, version, "", now)

    return published


def test_whoever_got_less_than_as_many_average_starts_is_behind(
    publish, janet, peter, right_of, database, settings, now
):
    publish("2026-W47", right_of, janet=(janet, 20), peter=(peter, 10))
    publish("2026-W48", right_of, janet=(janet, 18), peter=(peter, 12))
    with database.reading() as session:
        found, both = of_year(session, settings, now), fairness(session, "2026-W47", "2026-W48")
        none = fairness(session, "2026-W01", "2026-W46")
    assert (found.people, found.starts, found.mean_worth) == (2, 2, 15.0)
    assert [one.account_id for one in both.standings] == [peter.account_id, janet.account_id]
    assert both.standings[0].percent == pytest.approx(-100 * 8 / 30)
    assert both.furthest_behind == both.furthest_ahead == pytest.approx(8 / 15)
    assert (both.within(0.5), both.within(0.6)) == (0, 100)
    assert sum(bar.people for bar in both.bars) == 2
    assert all(bar.low <= bar.high for bar in both.bars)
    assert (none.people, none.mean_worth, none.bars, none.within(1)) == (0, 0, (), None)
