"""The command that says what a report comes to, and writes it as a table."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from station.cli import opened, write_text
from station.command import Answer, answers
from station.figures import spans
from station.figures.report import as_csv, plain
from station.figures.reports import REPORTS, named
from station.languages import gettext as _

SHOWN = 40
NAMES = ", ".join(REPORTS)


@click.command("report", epilog=f"NAME is one of: {NAMES}.")
@click.argument("name")
@click.option("--from", "first", metavar="DAY", default="", help="By default four weeks ago.")
@click.option("--to", "last", metavar="DAY", default="", help="By default today.")
@click.option("--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="Write it.")
@answers
def report(name: str, first: str, last: str, table: Path | None) -> Answer:
    """Say what a report comes to, from one local day to another like 2026-11-25."""
    found_report, now = named(name), datetime.now(UTC)
    with opened() as (settings, database), database.reading() as session:
        span = spans.read_days(settings, now, first, last)
        found = found_report.find(session, settings, span, now)
        days = [str(day) for day in spans.first_and_last(settings, span)]
        if table is not None:
            write_text(table, "".join(as_csv(found_report, found, settings)))
            facts = {"report": name, "from": days[0], "to": days[1], "file": str(table)}
            return Answer(
                {**facts, "headline": found.headline}, [found.headline, f"Written: {table}"]
            )
        rows = [[plain(cell, settings) for cell in row] for row in found.rows]
    facts = {"report": name, "from": days[0], "to": days[1], "headline": found.headline}
    keyed = [dict(zip(found_report.head, row, strict=True)) for row in rows]
    lines = ["  ".join(map(str, row)) for row in [found_report.head, *islice(rows, SHOWN)]]
    more = [f"and {len(rows) - SHOWN} more: see --csv"] if len(rows) > SHOWN else []
    said = [f"{_(found_report.title)}, {days[0]} to {days[1]}. {found.headline}", *lines, *more]
    return Answer({**facts, "rows": keyed}, said, f"mweya report {name} --csv {name}.csv")
