"""A report by command says the same as its page, and writes the same table."""

import csv
import json

import pytest
from click.testing import CliRunner

from station import audience, schema
from station.db import connect
from station.figures.cli import report
from station.members import open_station_accounts


@pytest.fixture
def ask(settings, now):
    """Asks for a report of a station of its own, in which somebody has listened."""
    opened = connect(settings.database_url)
    schema.upgrade(opened)
    with opened.writing() as session:
        open_station_accounts(session)
        audience.add(session, 1, settings.slots.number(now), 6, 6 * 32)
    opened.close()

    def asked(*arguments, status=0):
        environment = {"MWEYA_HOME": str(settings.home)}
        ran = CliRunner().invoke(report, [*arguments, "--json"], env=environment)
        assert ran.exit_code == status, ran.output
        return json.loads(ran.output)

    return asked


def test_a_report_is_said_and_written(ask, tmp_path):
    days = ("--from", "2026-11-21", "--to", "2026-11-21")
    said = ask("data", *days)
    assert said["headline"] == "An hour of listening took 14.4 MB on average."
    assert [row["kbit/s"] for row in said["rows"]] == [None, 32, None, 32]
    file = tmp_path / "slots.csv"
    assert ask("slots", *days, "--csv", str(file))["file"] == str(file)
    with file.open(encoding="utf-8", newline="") as table:
        (row,) = csv.DictReader(table)
    assert (row["channel"], row["at"], row["mean"]) == ("Two", "2026-11-21T12:00:00+02:00", "6.0")


def test_what_is_no_report_is_said_with_those_there_are(ask):
    assert "There are: capacity, fairness" in ask("weather", status=2)["sentence"]
    assert ask("mix", "--from", "soon", status=2)["error"] == "day-unknown"
