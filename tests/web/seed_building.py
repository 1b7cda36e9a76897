"""What a worker is in the middle of: what-ifs of a week, one answered, one still being solved."""

from datetime import datetime

from sqlalchemy.orm import Session

from station import jobs, what_ifs
from station.airtime import Week
from station.jobs import JobKind
from station.settings import Settings
from station.what_ifs import Change, Dropped

STEPS = [
    {"seconds": 0.0},
    {"seconds": 4.0, "placed": 11, "bumped_weight": 2, "score": 900, "bound": 1200, "gap": 0.25},
    {"seconds": 9.0, "placed": 11, "bumped_weight": 2, "score": 1150, "bound": 1200, "gap": 0.0417},
]


def ask_what_ifs(session: Session, settings: Settings, week: Week, now: datetime) -> None:
    """Ask twice; the second question has found something and is not answered yet."""
    change = Change(settings.channels + 1, (Dropped.SILENCE_GAP,), 9)
    asked = what_ifs.ask(session, settings, week, change, now)
    asked.status, asked.longer = "optimal", 3
    asked.placed, asked.bumped, asked.score, asked.gap = 12, 0, 184_350, 0.0
    going = what_ifs.ask(session, settings, week, Change(without=(Dropped.BLOCKS,)), now)
    what_ifs.promise(session, going, now)
    jobs.claim(session, {JobKind.WHAT_IF: None}, now)
    jobs.go_on(session, JobKind.WHAT_IF, str(going.id), STEPS, now)
