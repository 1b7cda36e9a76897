"""Rights leave people's hands: unused ones at their week's cut-off, the others once they aired."""

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.jobs import Job, JobKind, JobState
from station.ledger import EntryKind, Right, move
from station.market.deadlines import expire_disputed, lapse
from station.members import Account, AccountKind, station_account
from station.recordings import Recording, RecordingState, conclude
from station.rights import Request, RequestState, cutoff
from station.settings import Settings

UNCHECKED = "We could not check this recording, through no fault of yours: please send it again."


def close_weeks(session: Session, settings: Settings, now: datetime) -> int:
    """Lapse what ran out and pool every unused right of closed weeks; returns how many.

    A right whose recording still waits for its verdict is not unused yet.
    """
    lapse(session, settings, now)
    expire_disputed(session, settings, now)
    unused: dict[tuple[str, int], list[Right]] = defaultdict(list)
    for right in session.scalars(_unused(_newest_closed(settings, now))):
        unused[right.week, right.account_id].append(right)
    if not unused:
        return 0
    pool = station_account(session, AccountKind.POOL)
    for (week, account_id), rights in unused.items():
        move(session, rights, account_id, pool, EntryKind.POOL, now, f"week {week} closed")
    return sum(map(len, unused.values()))


def settle_aired(session: Session, now: datetime) -> int:
    """Take the rights whose slots are over out of their holders' hands; returns how many.

    What went out, however late or short, is aired. What did not go out, or was replaced, is owed
    to its holder: it waits in the makegood account.
    """
    query = (
        sa.select(Right, Outcome.kind)
        .join(Request, Request.right_id == Right.id)
        .join(Outcome, Outcome.request_id == Request.id)
        .where(Right.account_id == Request.account_id)
        .order_by(Right.id)
    )
    # A piece that was planned twice settles its right once, and aired if it did once.
    over: dict[Right, bool] = {}
    for right, outcome in session.execute(query):
        owed = outcome in (OutcomeKind.MISSED, OutcomeKind.REPLACED)
        over[right] = owed and over.get(right, True)
    if not over:
        return 0
    targets = {
        kind: station_account(session, AccountKind(kind))
        for kind in (EntryKind.MAKEGOOD, EntryKind.AIRED)
    }
    for right, owed in over.items():
        kind = EntryKind.MAKEGOOD if owed else EntryKind.AIRED
        move(session, [right], right.account_id, targets[kind], kind, now, f"week {right.week}")
    return len(over)


def tell_unchecked(session: Session, now: datetime) -> int:
    """Tell whoever's recording could not be checked, once its job was given up; returns how many.

    Until then such a recording waits; afterwards its right counts as unused again.
    """
    failed = sa.select(Job.subject).where(Job.kind == JobKind.INGEST, Job.state == JobState.FAILED)
    waiting = sa.select(Recording).where(Recording.state == RecordingState.RECEIVED)
    given_up = set(session.scalars(failed))
    unchecked = [one for one in session.scalars(waiting) if str(one.id) in given_up]
    for recording in unchecked:
        codes, sentences = ["unchecked"], [UNCHECKED]
        conclude(session, recording.id, codes=codes, sentences=sentences, master=None, now=now)
    return len(unchecked)


def next_open_week(settings: Settings, now: datetime) -> Week:
    """The first week that members can still send something for."""
    week = Week.of(now, settings.zone)
    while now >= cutoff(week, settings):
        week = week.plus(1)
    return week


def _newest_closed(settings: Settings, now: datetime) -> str:
    return str(next_open_week(settings, now).plus(-1))


def _unused(newest_closed: str) -> sa.Select[Right]:
    used = sa.select(Request.right_id).where(Request.state == RequestState.OPEN)
    checking = sa.select(Recording.right_id).where(Recording.state == RecordingState.RECEIVED)
    return (
        sa.select(Right)
        .join(Account, Account.id == Right.account_id)
        .where(
            # ISO week labels sort as their weeks do.
            Right.week <= newest_closed,
            Account.kind.in_([AccountKind.MEMBER, AccountKind.BUYER]),
            Right.id.not_in(used),
            Right.id.not_in(checking),
        )
        .order_by(Right.week, Right.account_id)
    )
