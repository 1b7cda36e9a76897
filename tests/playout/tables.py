"""Rows that a published week leaves in the station's tables."""

from station.airlog import AirLine, LineKind
from station.grid import Grid

WEEK = "2026-W48"


def plan_piece(session, slot, at, sha256):
    """Plan one piece on the first channel."""
    grid = Grid(week=WEEK, version=1, certificate={}, built_at=at)
    session.add(grid)
    session.flush()
    line = AirLine(
        channel=0,
        slot_number=slot,
        week=WEEK,
        grid_id=grid.id,
        kind=LineKind.SEGMENT,
        master_sha256=sha256,
        title="The river",
        speaker="Janet",
    )
    session.add(line)
