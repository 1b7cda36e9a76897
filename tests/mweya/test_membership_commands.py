"""Applying, paying and stepping back, typed; the commands read the clock."""

import json

import pytest
from click.testing import CliRunner

from mweya.cli import mweya
from station.membership.references import reference_of

THANDI, JANET = "thandi@example.org", "janet@example.org"
SAID = "I tell stories of our street and want to be heard."


@pytest.fixture
def run(monkeypatch, settings, database):
    """Types a command in the station; answers its JSON, and that it says the same in words."""
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))

    def typed(*words, code=0):
        ended = CliRunner().invoke(mweya, [*map(str, words), "--json"])
        assert ended.exit_code == code, ended.output
        return json.loads(ended.stdout)

    return typed


@pytest.fixture
def applied(run):
    who = ("--as", THANDI, "--name", "Thandi Mokoena")
    return run("membership", "apply", *who, "--introduction", SAID)


@pytest.fixture
def statement(tmp_path):
    """Writes a bank's file with a line for each payment."""

    def write(*lines):
        file = tmp_path / "bank.csv"
        text = "\n".join(["Posting Date;Reference;Amount", *lines])
        file.write_text(text, encoding="cp1252")
        return file

    return write


def test_who_applies_pays_and_is_a_member(run, applied):
    assert applied["state"] == "payable"
    assert run("membership", "list")["applications"] == [applied]
    (due,) = run("fees", "list")["due"]
    assert (due["reference"], due["cents"]) == (applied["reference"], 50000)
    assert run("fees", "receipt", due["reference"], code=3)["error"] == "invoice-unpaid"
    paid = run("fees", "confirm", due["reference"].lower())
    assert paid["name"] == "Thandi Mokoena"
    receipt = run("fees", "receipt", due["reference"])
    assert (receipt["first_week"], receipt["last_week"]) == (paid["first_week"], paid["last_week"])
    assert run("membership", "status")["taken"] == 1
    assert run("fees", "confirm", due["reference"], code=3)["error"] == "invoice-paid"
    assert run("ledger", "verify")["violations"] == []


def test_a_banks_file_pays_and_the_rest_is_settled_by_hand(run, applied, statement):
    file = statement(f"21/11/2026;{applied['reference']} Réné;500,00", "21/11/2026;Gift;20,00")
    found = run("fees", "import", file)
    assert [line["finding"] for line in found["lines"]] == ["paid", "unknown"]
    assert run("fees", "import", file)["repeated"] == 2
    (waits,) = run("fees", "unsettled", code=1)["lines"]
    assert run("fees", "settle", waits["line"])["finding"] == "settled"
    assert run("fees", "unsettled")["lines"] == []
    assert run("fees", "settle", waits["line"], code=3)["error"] == "bank-line-settled"


def test_a_payment_without_a_reference_is_given_to_its_invoice(run, applied, statement):
    run("fees", "import", statement("21/11/2026;Fee of Thandi;500,00"))
    (waits,) = run("fees", "unsettled", code=1)["lines"]
    settled = run("fees", "settle", waits["line"], "--reference", applied["reference"])
    assert (settled["finding"], settled["reference"]) == ("settled", applied["reference"])
    assert run("fees", "list")["due"] == []


@pytest.mark.parametrize("file", ["missing.csv", "."])
def test_a_file_that_is_not_there_is_told(run, tmp_path, file):
    assert run("fees", "import", tmp_path / file, code=2)["error"].startswith("file-")


def test_who_steps_back_is_owed_their_fee(run, applied):
    run("fees", "confirm", applied["reference"])
    done = run("membership", "cancel", "--as", THANDI)
    assert done == {"voided": 52, "refund_cents": 50000}
    (owed,) = run("fees", "refunds")["refunds"]
    assert (owed["reference"], owed["cents"]) == (applied["reference"], 50000)
    assert run("fees", "refunded", owed["reference"])["cents"] == 50000
    assert run("fees", "refunds")["refunds"] == []


def test_an_application_is_declined_or_withdrawn(run, applied):
    declined = run("membership", "decline", applied["application"], "--reason", "Not now")
    assert (declined["state"], declined["reason"]) == ("declined", "Not now")
    run("membership", "apply", "--as", THANDI, "--introduction", SAID)
    assert run("membership", "withdraw", "--as", THANDI)["state"] == "withdrawn"
    assert run("membership", "list")["applications"] == []


def test_an_invitation_is_made_used_and_ended(run, admit_member):
    admit_member("Janet")
    made = run("membership", "invite", "--as", JANET)
    assert made["link"].endswith(f"/join/{made['token']}")
    who = ("--as", THANDI, "--name", "Thandi", "--invitation", made["token"])
    run("membership", "apply", *who, "--introduction", SAID)
    other = run("membership", "invite", "--as", JANET)["invitation"]
    assert run("membership", "uninvite", other, "--as", JANET)["ended"]
    assert run("membership", "uninvite", other, "--as", JANET, code=3)["error"] == "invitation-over"


def test_what_is_typed_wrongly_is_told(run):
    applying = ("membership", "apply", "--as")
    assert run(*applying, THANDI, "--introduction", SAID, code=2)["error"] == "text-missing"
    new = ("--name", "Thandi", "--introduction")
    assert run(*applying, "thandi", *new, SAID, code=2)["error"] == "email-wrong"
    assert run(*applying, THANDI, *new, "Hello", code=2)["error"] == "introduction-length"
    assert run("fees", "confirm", reference_of(5), code=2)["error"] == "reference-unknown"


def test_members_from_a_file_are_members_for_a_year(run, tmp_path):
    file = tmp_path / "members.csv"
    file.write_text("name,email\nThandi,thandi@example.org\nSipho,sipho@example.org\n")
    found = run("member", "import", file)
    assert (found["imported"], found["rights"]) == (2, 104)
    assert run("member", "import", file)["already_here"] == 2
    assert run("membership", "status")["taken"] == 2
    assert run("membership", "cancel", "--as", THANDI) == {"voided": 52, "refund_cents": 0}
