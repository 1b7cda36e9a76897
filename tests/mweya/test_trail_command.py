"""What is typed at the console stands in the trail beside what is pressed at the desk."""

import csv
import json

import pytest
from click.testing import CliRunner

from mweya.cli import mweya
from station import schema
from station.db import connect
from station.members import open_station_accounts
from station.settings import load, write_new


@pytest.fixture
def type_in(tmp_path):
    home = tmp_path / "station"
    write_new(home, "")
    database = connect(load(home, environment={}).database_url)
    schema.upgrade(database)
    with database.writing() as session:
        open_station_accounts(session)
    database.close()

    def typed(*words):
        ran = CliRunner().invoke(mweya, [*words, "--json"], env={"MWEYA_HOME": str(home)})
        return ran.exit_code, json.loads(ran.stdout)

    return typed


def test_commands_of_operators_are_deeds_of_the_console(type_in, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("name,email\nNomsa,nomsa@example.org\n")
    type_in("member", "import", str(people))
    type_in("member", "operator", "nomsa@example.org")
    type_in("airtime", "causes", "add", "the nurses")
    type_in("signin", "nomsa@example.org")
    assert type_in("fees", "confirm", "MWEYA-1")[0] != 0
    table = tmp_path / "trail.csv"
    code, told = type_in("trail", "--csv", str(table))
    assert code == 0
    assert [(deed["act"], deed["subject"], deed["name"]) for deed in told["deeds"]] == [
        ("members.sign_in_link", "Nomsa", None),
        ("causes.add", "the nurses", None),
        ("members.operator", "Nomsa", None),
        ("members.import_file", "1 admitted", None),
    ]
    _, *rows = csv.reader(table.read_text().splitlines())
    assert [row[3] for row in rows] == [deed["act"] for deed in told["deeds"]]
    _, about = type_in("trail", "--about", "causes")
    assert len(about["deeds"]) == 1
    assert type_in("trail", "--by", "nomsa@example.org") == (0, {"deeds": []})
    assert type_in("trail", "--by", "nobody@example.org")[1]["error"] == "person-unknown"
