"""What the week's page tells: the next sensible act, and demand by channel and daypart."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from station import rights
from station.airtime import Week
from station.grid import ReservedBlock
from station.weeks import WeekOverview, WeekState
from station.wishes import Wish
from web.desk.week.capacity import WHOLE_WEEK, capacity
from web.desk.week.next_act import BUILD, BUMPED, PUBLISH, READY, next_act

WEEK = "2026-W49"
AT = datetime(2026, 11, 20, tzinfo=UTC)


def stands(state, draft=None, published=None, bumped=0):
    counts = {"sellable_starts": 100, "rights": 90, "ready": 80, "checking": 0, "rejected": 0}
    return WeekOverview(
        week=WEEK,
        state=state,
        starts_at=AT,
        closes_at=AT,
        **counts,
        unused=10,
        published_version=published,
        draft_version=draft,
        placed=80,
        bumped=bumped,
    )


@pytest.mark.parametrize(
    ("found", "known", "leads"),
    [
        (stands(WeekState.OPEN), {"wanting": 3}, READY),
        (stands(WeekState.OPEN), {}, ""),
        (stands(WeekState.LOCKED), {"approving": 2}, READY),
        (stands(WeekState.LOCKED), {}, BUILD),
        (stands(WeekState.LOCKED), {"running": True}, BUILD),
        (stands(WeekState.BUILT, draft=1, bumped=2), {}, BUMPED),
        (stands(WeekState.BUILT, draft=1), {}, PUBLISH),
        (stands(WeekState.PUBLISHED, published=1), {}, ""),
        (stands(WeekState.AIRING, published=1), {"late": 1}, BUILD),
        (stands(WeekState.AIRING, published=1, draft=2, bumped=2), {}, PUBLISH),
        (stands(WeekState.RECONCILED, published=1), {}, ""),
    ],
)
def test_the_next_act_follows_from_where_the_week_stands(found, known, leads):
    usual = {"running": False, "wanting": 0, "approving": 0, "late": 0}
    assert next_act(found, **{**usual, **known}).leads == leads


def test_demand_is_shared_among_the_channels_and_dayparts_that_a_piece_may_be_in(
    settings, database, now, admit_member, right_of
):
    channels = {"channels": ["One", "Two"], "channel_languages": {"Two": ["zu"]}}
    settings = replace(settings, station=replace(settings.station, **channels))
    hour = settings.slots.per_hour
    week = Week.parse(WEEK, settings.zone)
    wished = {
        "Ada": ("en", [Wish(daypart="breakfast")]),
        "Ben": ("zu", [Wish(daypart="breakfast"), Wish(daypart="drive")]),
        "Cleo": ("zu", [Wish(moment="2026-12-01T07:30")]),
        "Dan": ("en", []),
    }
    asked = []
    for name, (language, wishes) in wished.items():
        one = rights.for_silence(right_of(admit_member(name), WEEK), name, wishes, now)
        one.kind, one.language = rights.RequestKind.SEGMENT, language
        asked.append(one)
    with database.writing() as session:
        session.add_all(asked)
        # Half of Monday's breakfast on the first channel.
        block = {"channel": 0, "start": 6 * hour, "length": hour * 3 // 2}
        session.add(ReservedBlock(week=WEEK, label="Talk", **block))
        session.flush()
        bands = {band.daypart: band.channels for band in capacity(session, settings, week)}
    starts = [one.starts for one in bands["breakfast"]]
    assert starts[1] - starts[0] == hour * 3 // 2
    assert [one.wanted for one in bands["breakfast"]] == [1.75, 0.75]
    assert [one.wanted for one in bands["drive"]] == [0.25, 0.25]
    assert [one.wanted for one in bands[WHOLE_WEEK]] == [3, 1]
