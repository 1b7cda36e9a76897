"""The verbs of one's own airtime, typed; the commands read the clock, and so do these tests."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from mweya.cli import mweya
from station import closing, grid, makegoods, using
from station.airtime import Week
from station.grid import Place
from station.issuance import issue_years
from station.ledger import held
from station.members import Applicant, admit
from station.rights import next_open_week

ADA, BEN = "ada@example.org", "ben@example.org"


@pytest.fixture
def run(monkeypatch, settings):
    """Types a command in the station; answers its JSON."""
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))

    def typed(*words, code=0):
        ended = CliRunner().invoke(mweya, [*map(str, words), "--json"])
        assert ended.exit_code == code, ended.output
        return json.loads(ended.stdout)

    return typed


@pytest.fixture
def opened(settings):
    return next_open_week(settings, datetime.now(UTC))


@pytest.fixture
def people(database, opened):
    """Ada and Ben, each with a right of the next six open weeks."""
    now = datetime.now(UTC)
    with database.writing() as session:
        found = [admit(session, Applicant(email[:3].title(), email), now) for email in (ADA, BEN)]
        issue_years(session, [person.account_id for person in found], opened, now, 6)
        return found


def test_every_second_week_is_dedicated_to_silence(run, people, opened):
    weeks = ("--from", opened, "--to", opened.plus(5), "--every", 2, "--but", opened.plus(2))
    facts = run("airtime", "dedicate", "  George  Floyd", "--as", ADA, *weeks)
    assert facts == {"cause": "George Floyd", "weeks": [str(opened), str(opened.plus(4))]}
    assert run("airtime", "dedicate", "rain", "--as", ADA, code=2)["error"] == "rights-missing"


def test_a_standing_choice_is_made_and_shown(run, people):
    assert run("airtime", "standing", "show", "--as", ADA)["kind"] == "pool"
    run("airtime", "standing", "set", "silence", "--cause", "rain", "--as", ADA)
    chosen = run("airtime", "standing", "show", "--as", ADA)
    assert (chosen["kind"], chosen["cause"]) == ("silence", "rain")
    refused = run("airtime", "standing", "set", "evergreen", "--as", ADA, code=3)
    assert refused["error"] == "recording-not-yours"


def test_causes_are_proposed_listed_and_declined(run, people):
    proposed = run("airtime", "causes", "propose", "rain", "--as", ADA)
    assert proposed["state"] == "proposed"
    assert run("airtime", "causes", "add", "Rain")["state"] == "listed"
    assert len(run("airtime", "causes", "list")["listed"]) == 1
    run("airtime", "causes", "decline", proposed["cause"])
    assert run("airtime", "causes", "list") == {"listed": [], "waiting": []}
    assert run("airtime", "causes", "decline", 99, code=3)["error"] == "cause-unknown"


def test_makegoods_are_listed_and_put_off(run, database, settings, people, opened):
    ada = people[0]
    ended = opened.span.end
    with database.writing() as session:
        right = held(session, ada.account_id, str(opened))[0]
        using.dedicate(session, settings, right.id, ada.account_id, "rain", [], right_now())
        closing.end_weeks(session, settings, ended)
        makegoods.issue(session, settings, ended)
    (owed,) = run("airtime", "makegoods", "list", "--as", ADA)["makegoods"]
    assert (owed["holder"], owed["last_week"]) == ("Ada", str(opened.plus(8)))
    later = Week.parse(owed["week"], settings.zone).plus(1)
    put_off = run("airtime", "makegoods", "put-off", owed["right"], later, "--as", ADA)
    assert put_off["week"] == str(later)
    assert run("airtime", "makegoods", "list", "--as", BEN)["makegoods"] == []
    nobody = run("airtime", "makegoods", "list", "--as", "x@example.org", code=2)
    assert nobody["error"] == "person-unknown"


def test_a_swap_is_proposed_and_answered(run, database, settings, people, opened):
    now = right_now()
    with database.writing() as session:
        numbers = []
        for person in people:
            right = held(session, person.account_id, str(opened))[0]
            who = person.account_id
            request = using.dedicate(session, settings, right.id, who, "rain", [], now)
            numbers.append(request.id)
        places = [Place(number, 0, 500 + 100 * number) for number in numbers]
        made = grid.draft(session, opened, places, [], {}, now)
        grid.put_on_air(session, made, "0" * 64, now)
    asked = run("airtime", "swaps", "propose", *numbers, "--as", ADA)
    assert asked["state"] == "open"
    assert len(run("airtime", "swaps", "list", "--as", BEN)["swaps"]) == 1
    # Their announcements were never made: there is nothing that could air.
    unfit = run("airtime", "swaps", "accept", asked["swap"], "--as", BEN, code=3)
    assert unfit["error"] == "swap-unfit"
    assert run("airtime", "swaps", "refuse", asked["swap"], "--as", BEN)["state"] == "refused"
    again = run("airtime", "swaps", "propose", *numbers, "--as", ADA)
    assert run("airtime", "swaps", "withdraw", again["swap"], "--as", ADA)["state"] == "withdrawn"


def right_now():
    return datetime.now(UTC)
