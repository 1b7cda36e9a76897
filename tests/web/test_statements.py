"""However many members and weeks there are, a page asks the database equally often.

A page of the desk stays small, too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

import web
from bench.desk_station import fill
from station import signin
from station.db import Database, connect
from tests.web.test_roles import routes
from tests.web.visitor import Visitor
from web.app import create_app

SMALL, LARGER = (40, 2), (120, 4)
WEEKS = ("2026-W47", "2026-W48")
MOST = 45
# As they are, before they are compressed; a desk page loads these files at most.
MOST_DESK_BYTES = 250_000
STATIC = Path(web.__file__).parent / "static"
STYLES_AND_SCRIPTS = sum(
    (STATIC / name).stat().st_size
    for name in ("air.css", "desk.css", "fresh.js", "desk-grid.js", "listen.js")
)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that the database is given meanwhile."""
    asked: list[str] = []

    def count(*said: object) -> None:
        asked.append(str(said[2]))

    sa.event.listen(database.engine, "before_cursor_execute", count)
    yield asked
    sa.event.remove(database.engine, "before_cursor_execute", count)


def statements(settings, folder, now, size) -> dict[tuple[str, str], list[str]]:
    """What each page of a station of some members and weeks asks its database."""
    database = connect(f"sqlite:///{folder}/{size[0]}.db")
    operator = fill(database, settings, size[0], size[1], now)
    with database.writing() as session:
        link = f"/signin/{signin.new_link(session, operator, now)}"
    app = create_app(settings, database, lambda: now)
    visitor = Visitor(app.test_client())
    visitor.enter(link)
    found = {}
    for week in WEEKS:
        for rule, method, path in routes(app, label=week):
            if method == "GET" and (week == WEEKS[0] or "<label>" in rule):
                with counted(database) as asked, visitor.client.get(path) as answer:
                    if rule.startswith("/desk/") and answer.mimetype == "text/html":
                        assert len(answer.data) + STYLES_AND_SCRIPTS < MOST_DESK_BYTES, rule
                found[rule, week] = asked
    database.close()
    return found


@pytest.fixture
def few_and_many(settings, tmp_path, now):
    return [statements(settings, tmp_path, now, size) for size in (SMALL, LARGER)]


def test_a_page_asks_no_more_of_a_larger_station(few_and_many):
    few, many = few_and_many
    grown = {page: (len(few[page]), len(asked)) for page, asked in many.items()}
    assert {page: both for page, both in grown.items() if both[1] > both[0]} == {}
    assert {page: both for page, both in grown.items() if both[1] > MOST} == {}
