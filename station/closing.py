"""Rights leave people's hands: unused ones at their week's cut-off, the others once they aired.

Once a week is over, no right of it is in anybody's hands.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import makegoods, standing
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.grid import Grid, GridState, Placement
from station.jobs import Job, JobKind, JobState
from station.languages import marked
from station.ledger import EntryKind, Right, gather, lock
from station.market import deadlines, swaps
from station.members import Account, AccountKind, station_account
from station.recordings import Recording, RecordingState, being_checked, conclude
from station.rights import Request, RequestState, next_open_week
from station.settings import Settings

UNCHECKED_CODE = "unchecked"
UNCHECKED = marked(
    "We could not check this recording, through no fault of yours: please send it again."
)
# Playout keeps what it sent while the database is away, and tells it later.
AS_RUN_MAY_TAKE = timedelta(days=1)
MOST_IN_AN_ENTRY = 1000


def close_weeks(session: Session, settings: Settings, now: datetime) -> int:
    """Lapse what ran out and pool every unused right of closed weeks; returns how many.

    A right whose recording still waits for its verdict is not unused yet, and one whose
    recording we could not check is owed. An unused makegood comes back in a later week while it
    can, and any other right becomes what its holder's standing choice says.
    """
    lock(session)
    deadlines.lapse(session, settings, now)
    deadlines.expire_disputed(session, settings, now)
    swaps.lapse(session, now)
    unused = _lock_unused(session, _newest_closed(settings, now))
    given = makegoods.of(session, [right.id for right in unused])
    owed = _unchecked(session, unused) | {
        right for right in unused if right.id in given and right.week < given[right.id].last_week
    }
    _leave(session, sorted(owed, key=lambda right: right.id), AccountKind.MAKEGOOD, "unused", now)
    left = [right for right in unused if right not in owed]
    used = standing.apply(session, settings, left, now)
    pooled = [right for right in left if right.id not in used]
    _leave(session, pooled, AccountKind.POOL, "closed", now)
    return len(pooled)


def settle_aired(session: Session, now: datetime) -> int:
    """Take the rights whose slots are over out of their holders' hands; returns how many.

    What went out, however late or short, is aired. What did not go out, or was replaced, is owed
    to its holder: it waits in the makegood account.
    """
    lock(session)
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
    _leave(session, [r for r, owed in over.items() if owed], AccountKind.MAKEGOOD, "missed", now)
    _leave(session, [r for r, owed in over.items() if not owed], AccountKind.AIRED, "aired", now)
    return len(over)


def end_weeks(session: Session, settings: Settings, now: datetime) -> int:
    """Take what is left of weeks that are over out of people's hands; returns how many rights.

    Whoever was bumped is owed a makegood, but where everybody airs in turn only a makegood stays
    owed. A planned piece of which playout says nothing for a day is taken for missed.
    """
    lock(session)
    over = Week.of(now, settings.zone).plus(-1)
    owed: list[Right] = []
    expired: list[Right] = []
    for right, version, place in session.execute(_left_over(str(over))).all():
        ended = right.parsed_week(settings.zone).span.end
        if place is not None and now < ended + AS_RUN_MAY_TAKE:
            continue
        bumped = version is not None and place is None
        (expired if bumped and settings.station.oversubscribed else owed).append(right)
    given = makegoods.of(session, [right.id for right in expired])
    owed += [right for right in expired if right.id in given]
    expired = [right for right in expired if right.id not in given]
    _leave(session, owed, AccountKind.MAKEGOOD, "not aired", now)
    _leave(session, expired, AccountKind.EXPIRED, "bumped", now)
    return len(owed) + len(expired)


def tell_unchecked(session: Session, now: datetime) -> int:
    """Tell whoever's recording could not be checked, once its job was given up; returns how many.

    Until then such a recording waits; afterwards its right counts as unused again.
    """
    failed = sa.select(Job.subject).where(Job.kind == JobKind.INGEST, Job.state == JobState.FAILED)
    waiting = sa.select(Recording).where(Recording.state == RecordingState.RECEIVED)
    given_up = set(session.scalars(failed))
    unchecked = [one for one in session.scalars(waiting) if str(one.id) in given_up]
    for recording in unchecked:
        codes, sentences = [UNCHECKED_CODE], [UNCHECKED]
        conclude(session, recording.id, codes=codes, sentences=sentences, master=None, now=now)
    return len(unchecked)


def _leave(
    session: Session, rights: Iterable[Right], target: AccountKind, why: str, now: datetime
) -> None:
    """Move rights out of their holders' hands, many in one entry of their week."""
    target_id, kind = station_account(session, target), EntryKind(target)
    by_week: dict[str, list[Right]] = defaultdict(list)
    for right in rights:
        by_week[right.week].append(right)
    for week, theirs in by_week.items():
        for first in range(0, len(theirs), MOST_IN_AN_ENTRY):
            some = theirs[first : first + MOST_IN_AN_ENTRY]
            gather(session, some, target_id, kind, now, f"week {week} {why}")


def _unchecked(session: Session, unused: Sequence[Right]) -> set[Right]:
    """Those of which the newest recording could not be checked, through no fault of theirs."""
    by_id = {right.id: right for right in unused}
    query = sa.select(Recording).where(
        Recording.right_id.in_(by_id), Recording.state == RecordingState.REJECTED
    )
    newest = {
        recording.right_id: recording.codes
        for recording in session.scalars(query.order_by(Recording.id))
        if recording.account_id == by_id[recording.right_id].account_id
    }
    return {by_id[right_id] for right_id, codes in newest.items() if UNCHECKED_CODE in codes}


def _newest_closed(settings: Settings, now: datetime) -> str:
    return str(next_open_week(settings, now).plus(-1))


def _in_hands(newest: str) -> sa.Select[Right]:
    """The rights of weeks up to one that people hold, in order."""
    return (
        sa.select(Right)
        .join(Account, Account.id == Right.account_id)
        # ISO week labels sort as their weeks do.
        .where(Right.week <= newest, Account.kind.in_([AccountKind.MEMBER, AccountKind.BUYER]))
        .order_by(Right.week, Right.account_id, Right.id)
    )


def _lock_unused(session: Session, newest_closed: str) -> list[Right]:
    """The unused rights of closed weeks, once whoever sent something in the last second is done."""
    ids = _unused(newest_closed).with_only_columns(Right.id).order_by(None).order_by(Right.id)
    locked = set(session.scalars(ids.with_for_update(of=Right)))
    return [right for right in session.scalars(_unused(newest_closed)) if right.id in locked]


def _unused(newest_closed: str) -> sa.Select[Right]:
    used = sa.select(Request.right_id).where(Request.state == RequestState.OPEN)
    return _in_hands(newest_closed).where(Right.id.not_in(used), Right.id.not_in(being_checked()))


def _left_over(newest_over: str) -> sa.Select[Right, int | None, int | None]:
    """Used rights that are still in people's hands, with their week's version and their place."""
    asked = sa.and_(
        Request.right_id == Right.id,
        Request.account_id == Right.account_id,
        Request.state == RequestState.OPEN,
    )
    shown = sa.and_(Grid.week == Right.week, Grid.state == GridState.PUBLISHED)
    placed = sa.and_(Placement.grid_id == Grid.id, Placement.request_id == Request.id)
    return (
        _in_hands(newest_over)
        .outerjoin(Request, asked)
        .outerjoin(Grid, shown)
        .outerjoin(Placement, placed)
        .where(sa.or_(Request.id.is_not(None), Right.id.in_(being_checked())))
        .add_columns(Grid.id, Placement.request_id)
    )
