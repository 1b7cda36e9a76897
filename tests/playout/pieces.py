"""Members' pieces for a whole week, of which some have masters that nobody can play."""

import hashlib

import sqlalchemy as sa

from station.grid import Place
from station.ledger import Right
from station.members import Applicant, admit, open_station_accounts
from station.recordings import Master, MasterKind, master_at
from station.rights import Request, RequestKind


def people_and_pieces(world, session, now):
    """A piece for nearly every start, of which some have masters that nobody can play."""
    open_station_accounts(session)
    account_id = admit(session, Applicant("Mo", "mo@example.org"), now).account_id
    starts = [
        (start, channel)
        for start in range(world.starts)
        for channel in range(world.settings.channels)
    ]
    chosen = sorted(world.dice.sample(starts, len(starts) * 97 // 100))
    rows = [_rows(world, number, account_id, now) for number in range(1, len(chosen) + 1)]
    for table, of_table in zip((Right, Master, Request), zip(*rows, strict=True), strict=True):
        session.execute(sa.insert(table), list(of_table))
    world.places = [
        Place(number, channel, start) for number, (start, channel) in enumerate(chosen, 1)
    ]


def _rows(world, number, account_id, now):
    week, at = str(world.week), {"account_id": account_id}
    seconds = world.settings.station.slot_seconds
    content = flac(number, seconds - (number % 101 == 0))
    sha256 = hashlib.sha256(content).hexdigest()
    file = master_at(world.settings.media_folder, sha256)
    file.parent.mkdir(parents=True, exist_ok=True)
    if number % 103:
        file.write_bytes(content if number % 107 else content[:-1])
    if number % 101 and number % 103 and number % 107:
        world.playable.add(sha256)
    silence = number % 29 == 0
    return (
        at | {"id": number, "week": week, "number": number, "origin_account_id": account_id},
        {
            "sha256": sha256,
            "kind": MasterKind.SILENCE if silence else MasterKind.SEGMENT,
            "duration_ms": seconds * 1000,
            "facts": {},
            "made_at": now,
        },
        at
        | {
            "id": number,
            "right_id": number,
            "week": week,
            "kind": RequestKind.SILENCE if silence else RequestKind.SEGMENT,
            "title": f"Piece {number}",
            "master_sha256": sha256,
            "asked_at": now,
        },
    )


def flac(number, seconds):
    """A FLAC file that is nothing but its head (RFC 9639, 8.2), and unlike any other."""
    packed = 48_000 << 44 | 1 << 41 | 15 << 36 | seconds * 48_000
    return (
        b"fLaC\x80\x00\x00\x22" + bytes(10) + packed.to_bytes(8, "big") + number.to_bytes(16, "big")
    )
