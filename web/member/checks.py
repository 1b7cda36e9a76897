"""While a recording is checked, its member reads what is done with it, or how long that takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from station import checking, jobs
from station.jobs import JobKind, JobState
from station.languages import gettext as _
from station.languages import marked, ngettext
from station.recordings import RecordingState
from web.member.cards import Card

# What the worker is doing, by the step that it tells.
STEPS = {
    "checking": marked("It is being listened to."),
    "mastering": marked("It is being brought to the station's loudness."),
    "previewing": marked("Its preview is being made."),
}
MINUTE_SECONDS = 60
HOUR_MINUTES = 60
LONGEST_IN_MINUTES = 90
SOONEST_LOOK_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Step:
    """Where a check is, in words, and after how long it is worth the data to look again."""

    sentence: str
    look_seconds: int


def steps(session: Session, cards: Sequence[Card], now: datetime) -> dict[int, Step]:
    """Where the check of each recording is that has no verdict yet, by its right."""
    latest = {
        card.right_id: card.latest.id
        for card in cards
        if card.latest is not None and card.latest.state == RecordingState.RECEIVED
    }
    if not latest:
        return {}
    found, lately = {}, checking.lately(session)
    for right_id, recording_id in latest.items():
        job = jobs.newest(session, JobKind.INGEST, recording_id)
        if job is not None and job.step in STEPS:
            found[right_id] = Step(_(STEPS[job.step]), SOONEST_LOOK_SECONDS)
        elif job is not None and job.state == JobState.WAITING:
            ahead = checking.ahead_of(session, job)
            found[right_id] = waits(checking.verdict_in(ahead, lately, now))
    return found


def waits(until: timedelta) -> Step:
    """When a verdict will come. Whoever looks again halfway until then looks a few times."""
    seconds = until.total_seconds()
    return Step(_verdict_in(seconds), max(SOONEST_LOOK_SECONDS, round(seconds / 2)))


def _verdict_in(seconds: float) -> str:
    minutes = math.ceil(seconds / MINUTE_SECONDS)
    if minutes <= 1:
        return _("Within a minute you will read here what we found.")
    if minutes <= LONGEST_IN_MINUTES:
        return ngettext(
            "Others came before it. In about %(num)s minute you will read here what we found.",
            "Others came before it. In about %(num)s minutes you will read here what we found.",
            minutes,
        )
    hours = math.ceil(minutes / HOUR_MINUTES)
    return ngettext(
        "Many came before it. In about %(num)s hour you will read here what we found.",
        "Many came before it. In about %(num)s hours you will read here what we found.",
        hours,
    )
