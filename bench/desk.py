"""The desk's and the listeners' pages are measured over sockets, full station beside small one.

Every page (no file) that needs no more than a week, a day or a number is found from the routes and
asked for in turn at both stations, so that what else the machine does meets both. Printed are the
full station's statements a page, bytes, median and 95th percentile in ms, and how many times slower
its median is than the small one's.
"""

import argparse
import gc
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from urllib.parse import urlsplit

import sqlalchemy as sa

from bench.desk_station import fill
from station import signin
from station.airtime import Week
from station.db import Database, connect
from station.settings import Settings, load, write_new
from tests.web.visitor import Visitor
from web.app import create_app, open_server

FULL, SMALL = (6_000, 52), (60, 4)
GOAL_MS = 200
AREAS = ("/desk/", "/member/", "/market/", "/api/")
PUBLIC = ("/", "/guide", "/honesty")
OK = 200


@dataclass
class Served:
    """One station that is served: where, an operator's cookie, and its statements so far."""

    address: str
    cookie: str
    paths: dict[str, str]
    statements: list[int]
    took_ms: dict[str, list[float]] = field(default_factory=dict)
    told: dict[str, tuple[int, int]] = field(default_factory=dict)

    def ask(self, rule: str) -> bool:
        """Open one page and keep how long it took; returns whether it is one."""
        before, begun = self.statements[0], perf_counter()
        wire = HTTPConnection(self.address)
        wire.request("GET", self.paths[rule], headers={"Cookie": self.cookie})
        answer = wire.getresponse()
        body = answer.read()
        self.took_ms.setdefault(rule, []).append((perf_counter() - begun) * 1000)
        wire.close()
        self.told[rule] = (self.statements[0] - before, len(body))
        return answer.status == OK and not answer.getheader("Content-Disposition")


def main() -> None:
    """Measure every page so many times at both stations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", default="", help="pages whose address holds this")
    asked = parser.parse_args()
    with served(*FULL) as full, served(*SMALL) as small:
        rules = [rule for rule in full.paths if asked.only in rule]
        rules = [rule for rule in rules if full.ask(rule) and small.ask(rule)]
        full.took_ms.clear()
        # What was left by making the stations is no server's, and is not gone through again.
        gc.collect()
        gc.freeze()
        for _ in range(asked.rounds):
            for rule in rules:
                full.ask(rule)
                small.ask(rule)
    late = report(full, small, rules)
    if late:
        sys.exit(f"{late} pages of {len(rules)} take more than {GOAL_MS} ms at their p95.")


def report(full: Served, small: Served, rules: list[str]) -> int:
    """Print each page's figures, slowest first; returns how many miss the goal."""
    print(f"{'page':44} {'statements':>10} {'kB':>6} {'median':>7} {'p95':>7} {'x small':>7}")
    rows = [(_p95(full.took_ms[rule]), rule) for rule in rules]
    for p95, rule in sorted(rows, reverse=True):
        middle = median(full.took_ms[rule])
        statements, sent = full.told[rule]
        times = middle / median(small.took_ms[rule])
        said = f"{statements:10} {sent / 1000:6.1f} {middle:7.1f} {p95:7.1f} {times:7.1f}"
        print(f"{rule:44} {said}")
    every = [ms for rule in rules for ms in full.took_ms[rule]]
    print(f"{len(rules)} pages, {len(every)} times: p95 {_p95(every):.0f} ms")
    return sum(p95 > GOAL_MS for p95, _ in rows)


@contextmanager
def served(members: int, weeks: int) -> Iterator[Served]:
    """Make a station of so many members and published weeks, and serve it."""
    # Not in memory, as /tmp may be.
    with tempfile.TemporaryDirectory(prefix="mweya-bench-", dir="/var/tmp") as folder:
        home = Path(folder) / "station"
        write_new(home, "[station]\nslot_seconds = 300\n")
        settings, now = load(home, environment={}), datetime.now(UTC)
        database = connect(settings.database_url)
        operator = fill(database, settings, members, weeks, now)
        with database.writing() as session:
            link = signin.new_link(session, operator, now)
        serving = open_server(settings, database, "127.0.0.1", 0)
        running = threading.Thread(target=serving.run)
        running.start()
        cookie = _cookie(settings, database, link)
        paths = _paths(settings, database, Week.of(now, settings.zone))
        try:
            yield Served(urlsplit(serving.url).netloc, cookie, paths, _statements(database))
        finally:
            serving.stop()
            running.join()
            database.close()


def _cookie(settings: Settings, database: Database, link: str) -> str:
    visitor = Visitor(create_app(settings, database).test_client())
    visitor.enter(f"/signin/{link}")
    name = visitor.client.application.config["SESSION_COOKIE_NAME"]
    found = visitor.client.get_cookie(name)
    if found is None:
        sys.exit("Nobody could sign in.")
    return f"{name}={found.value}"


def _paths(settings: Settings, database: Database, this: Week) -> dict[str, str]:
    """An address of each page, by its rule."""
    adapter = create_app(settings, database).url_map.bind("localhost")
    known = {"label": str(this), "weekday": 3, "version": 1}
    found = {}
    for rule in adapter.map.iter_rules():
        wanted = rule.rule.startswith(AREAS) or rule.rule in PUBLIC
        if wanted and "GET" in (rule.methods or ()):
            values = {name: known.get(name, 1) for name in rule.arguments}
            found[rule.rule] = adapter.build(rule.endpoint, values, "GET")
    return found


def _statements(database: Database) -> list[int]:
    """How many statements the database was given, as it goes on."""
    counted = [0]

    def count(*_: object) -> None:
        counted[0] += 1

    sa.event.listen(database.engine, "before_cursor_execute", count)
    return counted


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
