"""Stations as earlier versions left them, written row by row as those versions wrote them."""

import hashlib
import json
from collections.abc import Callable

import sqlalchemy as sa

# Milliseconds: a Saturday in the middle of ISO week 2026-W47.
AT = 1_795_255_200_000
STATION = ("issuance", "escrow", "pool", "aired", "expired", "makegood")
ISSUANCE, ESCROW, POOL, JANET, PETER, VOIDED = 1, 2, 3, 7, 8, 9
# (entry's kind, what it refers to, rights, from, to)
MOVES = (
    ("issue", "", (1, 2, 3, 4, 5, 6), ISSUANCE, JANET),
    ("offer", "offer 1", (1,), JANET, ESCROW),
    ("offer", "offer 2", (2,), JANET, ESCROW),
    ("sale", "offer 2", (2,), ESCROW, PETER),
    ("offer", "offer 3", (3,), JANET, ESCROW),
    ("offer", "offer 4", (4,), JANET, ESCROW),
    ("return", "offer 4", (4,), ESCROW, JANET),
    ("pool", "week 2026-W48 closed", (6,), JANET, POOL),
)
PLACES = {1: ESCROW, 2: PETER, 3: ESCROW, 4: JANET, 5: JANET, 6: POOL}
WEEKS = {1: "2026-W49", 2: "2026-W50", 3: "2026-W51", 4: "2026-W52", 5: "2026-W53", 6: "2026-W48"}
DAY = 86_400_000


# What the second version wrote besides into rows that the first one had too.
SINCE_0002: dict[str, dict[str, object]] = {
    "letters": {"to_name": "", "to_email": ""},
    "form_posts": {"body_hash": ""},
    "offers": {"friend": "", "link_hash": None, "dispute": ""},
    "recordings": {"fade_out": 1, "trade": None},
    "requests": {"trade": None},
}

# What the third version wrote besides, and what it had no more.
SINCE_0003: dict[str, dict[str, object]] = {
    "jobs": {"step": ""},
    "recordings": {"treatment": '{"long":"fade"}', "findings": "[]"},
    "requests": {"announcement_sha256": None, "run": None, "run_place": 0},
}
GONE_SINCE_0003 = {("recordings", "fade_out")}

Put = Callable[..., None]


def fill_0001(connection: sa.Connection) -> None:
    """A station of the first version."""

    def put(table: str, *rows: dict[str, object]) -> None:
        for row in rows:
            _insert(connection, table, row)

    _furnish(put)


def fill_0002(connection: sa.Connection) -> None:
    """The same station as the second version has it: offers hold many rights, money has a book."""

    def put(table: str, *rows: dict[str, object]) -> None:
        for row in rows:
            _insert(connection, table, _second(table, row))

    _furnish_market(connection, put)


def fill_0003(connection: sa.Connection) -> None:
    """The same station as the third version has it, with a slot that was heard."""

    def put(table: str, *rows: dict[str, object]) -> None:
        for row in rows:
            said = _second(table, row) | SINCE_0003.get(table, {})
            kept = {
                name: each for name, each in said.items() if (table, name) not in GONE_SINCE_0003
            }
            _insert(connection, table, kept)

    _furnish_market(connection, put)
    outcome = {"channel": 0, "slot_number": 5, "week": WEEKS[5], "request_id": 1, "kind": "aired"}
    put("outcomes", {**outcome, "start_error_ms": 12, "reason": "", "decided_at": AT})


def fill_0004(connection: sa.Connection) -> None:
    """The same station as the fourth version has it, with a slot that was taken off air."""
    fill_0003(connection)
    connection.execute(sa.update(sa.table("outcomes", sa.column("told_at"))).values(told_at=AT))
    takedown = {"channel": 0, "slot_number": 6, "request_id": None, "reason": "a wrong name"}
    _insert(connection, "takedowns", {"id": 1, **takedown, "account_id": None, "at": AT})


def fill_0005(connection: sa.Connection) -> None:
    """The same station as the fifth version has it, whose pieces have receipts."""
    fill_0004(connection)
    recordings = sa.table("recordings", sa.column("receipt"))
    connection.execute(sa.update(recordings).values(receipt="K7M4QX"))
    hours = {"weekday": 1, "start": "06:00", "end": "09:00"}
    _insert(connection, "blackouts", {"id": 1, "account_id": JANET, **hours, "chosen_at": AT})


def _second(table: str, row: dict[str, object]) -> dict[str, object]:
    """A row of the first version as the second one wrote it."""
    said = row | SINCE_0002.get(table, {})
    return {name: each for name, each in said.items() if (table, name) != ("offers", "right_id")}


def _furnish_market(connection: sa.Connection, put: Put) -> None:
    """What there is since offers hold many rights and money has a book."""
    # An empty station has its ledger's head already.
    connection.execute(sa.delete(sa.table("ledger_head")))
    _furnish(put)
    put("accounts", {"id": VOIDED, "kind": "voided"})
    for number, in_escrow in {1: 1, 2: 0, 3: 1, 4: 0}.items():
        put("offered_rights", {"offer_id": number, "right_id": number, "in_escrow": in_escrow})
    paid = {"id": 1, "at": AT, "kind": "sale", "account_id": PETER, "other_account_id": JANET}
    money = {"cents": 150_00, "vat_cents": 0, "currency": "ZAR", "reference": "MWEYA-2"}
    put("money_entries", paid | money)
    year = {"id": 1, "person_id": 1, "first_week": "2026-W48", "last_week": "2026-W53"}
    put("memberships", {**year, "state": "active", "began_at": AT})
    put("standing_choices", {"account_id": JANET, "kind": "last", "chosen_at": AT})


def _insert(connection: sa.Connection, table: str, row: dict[str, object]) -> None:
    columns: list[sa.ColumnClause[object]] = [sa.column(name) for name in row]
    connection.execute(sa.insert(sa.table(table, *columns)).values(row))


def _furnish(put: Put) -> None:
    """Two people; a gift that waits, a sale that is settled, one that is reserved, and uploads."""
    put("accounts", *({"id": n, "kind": kind} for n, kind in enumerate(STATION, start=1)))
    for number, (account_id, name) in enumerate(((JANET, "Janet"), (PETER, "Peter")), start=1):
        put("accounts", {"id": account_id, "kind": "member"})
        put("people", _person(number, account_id, name))
    put(
        "rights",
        *(
            {"id": n, "week": WEEKS[n], "number": n, "origin_account_id": JANET, "account_id": at}
            for n, at in PLACES.items()
        ),
    )
    _post_moves(put)
    put("offers", _offer(1, "gift", "open", PETER), _offer(2, "sale", "accepted", PETER))
    put("offers", _offer(3, "sale", "reserved", PETER), _offer(4, "gift", "withdrawn", PETER))
    letter = {"person_id": 1, "subject": "Welcome", "written_at": AT}
    put("letters", {"id": 1, **letter, "body": "filed in the mail folder", "sent_at": AT})
    put("letters", {"id": 2, **letter, "body": "Come in", "sent_at": None})
    put("form_posts", {"person_id": 1, "key": "abc", "answer": "For sale at R 150.", "at": AT})
    token = {"person_id": 1, "expires_at": AT + DAY}
    put("sign_in_links", {"token_hash": "a" * 64, **token, "used_at": AT})
    put("signed_in", {"token_hash": "b" * 64, **token, "since": AT, "ended_at": None})
    _ask(put)


def _person(number: int, account_id: int, name: str) -> dict[str, object]:
    return {
        "id": number,
        "account_id": account_id,
        "name": name,
        "email": f"{name.lower()}@example.org",
        "phone": "",
        "language": "en",
        "place": "Harare",
        "operator": 0,
        "joined_at": AT,
    }


def _offer(right_id: int, kind: str, state: str, receiver_id: int) -> dict[str, object]:
    ended = state in {"accepted", "withdrawn"}
    return {
        "id": right_id,
        "kind": kind,
        "right_id": right_id,
        "giver_id": JANET,
        "receiver_id": receiver_id,
        "price_cents": 150_00 if kind == "sale" else None,
        "currency": "ZAR" if kind == "sale" else None,
        "state": state,
        "deadline": AT + DAY,
        "made_at": AT,
        "ended_at": AT if ended else None,
    }


def _post_moves(put: Put) -> None:
    previous = "0" * 64
    for number, (kind, reference, rights, source, target) in enumerate(MOVES, start=1):
        lines = [line for r in rights for line in ([r, source, -1], [r, target, 1])]
        said = json.dumps(
            [previous, number, AT, kind, reference, sorted(lines)], separators=(",", ":")
        )
        previous = hashlib.sha256(said.encode()).hexdigest()
        row = {"id": number, "at": AT, "kind": kind, "reference": reference, "hash": previous}
        put("entries", row)
        for right_id, account_id, amount in lines:
            line = {"right_id": right_id, "account_id": account_id, "amount": amount}
            put("postings", {"entry_id": number, **line})
    put("ledger_head", {"id": 1, "entry_id": len(MOVES), "hash": previous})


def _ask(put: Put) -> None:
    """A recording of Janet's, placed in a published week and heard."""
    sha256 = "cd" * 32
    master = {"sha256": sha256, "kind": "segment", "duration_ms": 300_000, "facts": "{}"}
    put("masters", {**master, "preview_sha256": None, "made_at": AT})
    said = {"right_id": 5, "account_id": JANET, "title": "The river", "language": "en", "adult": 0}
    recording = {**said, "fade_out": 0, "permission": 1, "wishes": "[]", "file_name": "note.opus"}
    checked = {"upload_sha256": "ab" * 32, "upload_bytes": 9, "state": "accepted", "codes": "[]"}
    times = {"sentences": "[]", "master_sha256": sha256, "received_at": AT, "checked_at": AT}
    put("recordings", {"id": 1, **recording, **checked, **times})
    request = {**said, "week": WEEKS[5], "kind": "segment", "cause": None, "together": None}
    asks = {"recording_id": 1, "master_sha256": sha256, "wishes": "[]", "state": "open"}
    put("requests", {"id": 1, **request, **asks, "asked_at": AT})
    job = {"id": 1, "kind": "ingest", "subject": "1", "state": "done", "attempts": 1}
    put("jobs", {**job, "promised_at": AT, "due_at": AT, "answer": "accepted"})
    grid = {"id": 1, "week": WEEKS[5], "version": 1, "state": "published", "certificate": "{}"}
    put("grids", {**grid, "root_hash": "e" * 64, "built_at": AT, "published_at": AT})
    put("placements", {"grid_id": 1, "request_id": 1, "channel": 0, "start": 3, "worth": 20})
    seen = {"id": 1, "source": "player", "channel": 0, "slot_number": 5, "event": "start"}
    put("as_run_events", {**seen, "at": AT, "detail": "{}"})


# How to fill a database of each earlier revision.
FILLS: dict[str, Callable[[sa.Connection], None]] = {
    "0001": fill_0001,
    "0002": fill_0002,
    "0003": fill_0003,
    "0004": fill_0004,
    "0005": fill_0005,
}
