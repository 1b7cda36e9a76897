"""At the console an operator sees what is wrong on air, takes it on, and tests the alarms."""

import json

import pytest
from click.testing import CliRunner

from playout.alarms.cli import alarms as command
from station import alarms
from station.alarms import AlarmKind, Raised


@pytest.fixture
def ask(settings):
    """Gives a command, and returns its exit code and what it said."""

    def asked(*arguments):
        ran = CliRunner().invoke(command, arguments, env={"MWEYA_HOME": str(settings.home)})
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return ran.exit_code, ran.output

    return asked


def test_a_station_without_alarms_says_so(ask, database):
    assert ask("list") == (0, "No alarm was raised.\n\nNext: mweya alarms test\n")


def test_an_alarm_that_goes_on_is_a_problem_until_it_ends(ask, database, admit_member, now):
    janet = admit_member("Janet")
    quiet = Raised(AlarmKind.QUIET, 1, "low", now, now, None, {})
    with database.writing() as session:
        alarms.keep(session, quiet)
    code, said = ask("list")
    assert code == 1
    assert "1  Sat 21 Nov  Dead air on Two (low): quiet since 12:00:00" in said
    assert ask("acknowledge", "1", "--as", janet.email)[0] == 0
    assert "(taken on)" in ask("list")[1]
    assert ask("acknowledge", "1", "--as", janet.email)[0] == 3
    code, said = ask("list", "--json")
    assert json.loads(said)["going_on"][0]["kind"] == "quiet"


def test_alarms_that_reach_nobody_but_the_log_say_so(ask):
    assert ask("test")[0] == 0
    assert "Alarms go to the log alone" in ask("test")[1]


def test_a_test_names_whom_it_did_not_reach(ask, settings):
    # Nobody listens at port 9 here.
    toml = '[alarms]\nmail_to = ["ops@example.org", "<a@b>"]\nwebhook = "http://127.0.0.1:9/"\n'
    (settings.home / "station.toml").write_text(toml)
    code, said = ask("test")
    assert code == 1
    # What is filed reaches nobody.
    assert "ops@example.org: no mail server is named in mail.host" in said
    assert "reached" not in said.replace("can't be reached", "")
    assert "webhook: the webhook can't be reached" in said
    mails = [mail.read_text() for mail in settings.mail_folder.iterdir()]
    ours = "To: ops@example.org\nSubject: [Mweya] This is a test of the alarms"
    assert [ours in mail for mail in mails].count(True) == 1


def test_a_test_that_failed_is_told_as_such_though_it_is_over(ask, database, now):
    failed = Raised(AlarmKind.TEST, None, "", now, now, now, {"problem": "nobody heard it"})
    with database.writing() as session:
        alarms.keep(session, failed)
    assert "The test of 21 Nov 10:00 UTC failed: nobody heard it." in ask("list")[1]
