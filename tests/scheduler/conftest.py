"""Stations with requests that are ready to be built."""

import pytest

from station.recordings import Master, MasterKind, keep_master
from station.rights import Request, RequestKind

WEEK = "2026-W48"


@pytest.fixture
def ask(database, right_of, now):
    """Lets a person's right ask for a finished segment, or for what is said otherwise."""

    def asked(person, week=WEEK, **more):
        right = right_of(person, week)
        facts = {
            "kind": RequestKind.SEGMENT,
            "title": f"{person.name} speaks",
            "master_sha256": "f" * 64,
            **more,
        }
        with database.writing() as session:
            finished = Master(
                sha256="f" * 64,
                kind=MasterKind.SEGMENT,
                duration_ms=300_000,
                preview_sha256=None,
                facts={},
                made_at=now,
            )
            keep_master(session, finished)
            request = Request(
                right_id=right.id, account_id=person.account_id, week=week, asked_at=now, **facts
            )
            session.add(request)
            session.flush()
            return request.id

    return asked
