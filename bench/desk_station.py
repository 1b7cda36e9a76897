"""A station that has been on air for a year: everybody's weeks, published, aired and counted.

The rows are written in bulk, as the station's own code would have left them; the ledger is its own.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.stations import HOUR_WORTH, HOURS_A_DAY
from station import schema
from station.airlog import AirLine, LineKind
from station.airtime import Week
from station.asrun import AsRunEvent, Outcome, OutcomeKind, Source
from station.audience import Audience
from station.db import Base, Database
from station.grid import Bump, Grid, GridState, Placement
from station.issuance import issue_years
from station.ledger import Right
from station.members import Account, AccountKind, Person, open_station_accounts
from station.membership.years import Membership, MembershipState
from station.recordings import Master, MasterKind, Recording, RecordingState
from station.rights import Request, RequestKind, RequestState
from station.settings import Settings

YEAR = 52
COMING = 4
# Of a hundred rights: these sent nothing, and one in fifty is a silence.
MISSING_PERCENT, SILENT_EVERY = 2, 50
BUMPED = 12
MISSED = 0.001
CERTIFICATE = {"status": "feasible", "score": 412_345, "bound": 413_001, "gap": 0.0016}
ROWS_AT_ONCE = 20_000

Rows = list[dict[str, Any]]


@dataclass
class Desk:
    """The station being written: its members' accounts and names, and the next free numbers."""

    settings: Settings
    accounts: list[int]
    names: list[str]
    now: datetime
    chance: random.Random
    requests: int = 0
    grids: int = 0


def fill(database: Database, settings: Settings, members: int, weeks: int, now: datetime) -> Person:
    """Write so many members and published weeks, the last of them on air, and a draft after it.

    Returns an operator.
    """
    schema.upgrade(database)
    this = Week.of(now, settings.zone)
    first = this.plus(1 - weeks)
    with database.writing() as session:
        open_station_accounts(session)
        desk = _admit(session, settings, members, first, now)
        for start, length in ((first, weeks), (this.plus(1), COMING)):
            issue_years(session, desk.accounts, start, now, length)
        for back in range(weeks, 0, -1):
            _week(session, desk, this.plus(1 - back), GridState.PUBLISHED)
        _week(session, desk, this.plus(1), GridState.DRAFT)
        operator = session.get_one(Person, 1)
        operator.operator = True
    with database.engine.connect() as connection:
        connection.execute(sa.text("ANALYZE"))
        connection.commit()
    return operator


def _admit(session: Session, settings: Settings, members: int, first: Week, now: datetime) -> Desk:
    chance = random.Random(1)  # noqa: S311 (a made-up station keeps no secrets)
    kinds = session.scalars(sa.select(sa.func.max(Account.id))).one()
    accounts = [kinds + 1 + n for n in range(members)]
    names = [f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}" for _ in accounts]
    joined = now - timedelta(weeks=YEAR)
    _put(session, Account, ({"id": one, "kind": AccountKind.MEMBER} for one in accounts))
    people = enumerate(zip(accounts, names, strict=True), start=1)
    _put(
        session,
        Person,
        (
            {"id": n, "account_id": account, "name": name, "email": f"m{n}@example.org"}
            | {"joined_at": joined, "language": "en"}
            for n, (account, name) in people
        ),
    )
    year = {"first_week": str(first), "last_week": str(first.plus(YEAR - 1)), "began_at": joined}
    state = MembershipState.ACTIVE
    _put(
        session, Membership, ({"person_id": n + 1, "state": state, **year} for n in range(members))
    )
    made = {"kind": MasterKind.SEGMENT, "duration_ms": 300_000, "facts": {}, "made_at": joined}
    _put(session, Master, ({"sha256": _master(account), **made} for account in accounts))
    return Desk(settings, accounts, names, now, chance)


FIRST_NAMES = ("Thandi", "Sipho", "Naledi", "Johan", "Rudo", "Ayanda", "Lerato", "Pieter", "Farai")
LAST_NAMES = ("Mokoena", "Dlamini", "Khumalo", "van Wyk", "Chikomo", "Nkosi", "Molefe", "Moyo")


def _week(session: Session, desk: Desk, week: Week, state: GridState) -> None:
    """One week with what was asked, placed, heard and counted in it."""
    slots, aired = desk.settings.slots, state is GridState.PUBLISHED
    rights = session.execute(
        sa.select(Right.id, Right.account_id).where(Right.week == str(week)).order_by(Right.id)
    ).all()
    asking = [one for one in rights if desk.chance.randrange(100) >= MISSING_PERCENT]
    desk.grids += 1
    version = {"week": str(week), "version": 1, "certificate": CERTIFICATE, "id": desk.grids}
    published = week.span.start - timedelta(days=1) if aired else None
    times = {"built_at": desk.now - timedelta(days=2), "published_at": published}
    _put(session, Grid, [{**version, "state": state, "root_hash": "e" * 64, **times}])
    numbers = range(desk.requests + 1, desk.requests + 1 + len(asking))
    desk.requests += len(asking)
    _ask(session, week, dict(zip(numbers, asking, strict=True)))
    starts = week.starts(slots)
    free = [
        (channel, start) for channel in range(desk.settings.channels) for start in range(starts)
    ]
    desk.chance.shuffle(free)
    placed = dict(zip(numbers[: len(numbers) - BUMPED], free, strict=False))
    bumped = [number for number in numbers if number not in placed]
    _put(session, Placement, (_placement(desk, number, *at) for number, at in placed.items()))
    reason = "No start is left that its wishes and the rules allow."
    _put(
        session, Bump, [{"grid_id": desk.grids, "request_id": n, "reason": reason} for n in bumped]
    )
    if aired:
        names = dict(zip(desk.accounts, desk.names, strict=True))
        said = {at: (n, names[asking[n - numbers[0]].account_id]) for n, at in placed.items()}
        _air(session, desk, week, said)


def _ask(session: Session, week: Week, asking: Mapping[int, Any]) -> None:
    sent = week.span.start - timedelta(days=4)
    recordings, requests = [], []
    for number, (right_id, account_id) in asking.items():
        silent, title = number % SILENT_EVERY == 0, f"Piece number {number} of a year"
        own = {"right_id": right_id, "account_id": account_id, "title": title, "language": "en"}
        master = _master(account_id)
        if not silent:
            file = {"file_name": "note.opus", "upload_sha256": master, "upload_bytes": 700_000}
            ended = {"state": RecordingState.ACCEPTED, "master_sha256": master, "permission": True}
            at = {"received_at": sent, "checked_at": sent}
            recordings.append({"id": number, **own, **file, **ended, **at})
        kind = RequestKind.SILENCE if silent else RequestKind.SEGMENT
        request = {"id": number, **own, "week": str(week), "kind": kind, "asked_at": sent}
        said = {"cause": "George Floyd" if silent else None, "state": RequestState.OPEN}
        heard = {"recording_id": None if silent else number, "master_sha256": master}
        requests.append(request | said | heard | {"wishes": WISHES if number % 2 else []})
    _put(session, Recording, recordings)
    _put(session, Request, requests)


WISHES = [{"daypart": "breakfast"}]


def _placement(desk: Desk, number: int, channel: int, start: int) -> dict[str, Any]:
    hour = start * desk.settings.station.slot_seconds // 3600 % HOURS_A_DAY
    spot = {"grid_id": desk.grids, "request_id": number, "channel": channel, "start": start}
    return {**spot, "worth": HOUR_WORTH[hour] * 10}


def _air(
    session: Session, desk: Desk, week: Week, said: Mapping[tuple[int, int], tuple[int, str]]
) -> None:
    """The air log of a week, and what became of it up to now."""
    slots, lines, outcomes, events, counts = desk.settings.slots, [], [], [], []
    first, over = week.first_slot(slots), slots.number(desk.now)
    for channel in range(desk.settings.channels):
        for start in range(week.starts(slots)):
            (number, speaker), slot = said.get((channel, start), (None, "")), first + start
            spot = {"channel": channel, "slot_number": slot}
            kind = LineKind.FILL if number is None else LineKind.SEGMENT
            own = {"week": str(week), "grid_id": desk.grids, "request_id": number}
            title = "" if number is None else f"Piece number {number} of a year"
            lines.append({**spot, **own, "kind": kind, "title": title, "speaker": speaker})
            if slot >= over:
                continue
            at, late = slots.start(slot), desk.chance.randrange(-20, 40)
            outcome = {"start_error_ms": late, "similarity": 0.99, "decided_at": at, "told_at": at}
            ended = OutcomeKind.MISSED if desk.chance.random() < MISSED else OutcomeKind.AIRED
            if number is not None:
                seen = {"week": str(week), "request_id": number, "kind": ended}
                outcomes.append({**spot, **seen, **outcome})
            events.append({**spot, "source": Source.PLAYER, "event": "start", "at": at})
            heard = desk.chance.randrange(400)
            counts.append({**spot, "samples": 5, "total": 5 * heard, "most": heard + 3})
    for table, rows in ((AirLine, lines), (Outcome, outcomes), (AsRunEvent, events)):
        _put(session, table, rows)
    _put(session, Audience, counts)


def _master(account_id: int) -> str:
    return hashlib.sha256(f"master {account_id}".encode()).hexdigest()


def _put(session: Session, table: type[Base], rows: Any) -> None:
    """Insert rows; they all have the same columns, the rest are the model's defaults."""
    every = list(rows)
    for chunk in _chunks(every):
        session.execute(sa.insert(table), chunk)


def _chunks(rows: Rows) -> Iterator[Rows]:
    for first in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[first : first + ROWS_AT_ONCE]
