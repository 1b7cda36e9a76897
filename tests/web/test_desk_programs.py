"""The desk's programs: a token and a webhook are made by a person, and told once."""

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from mweya.cli import mweya
from station import tokens, trail, webhooks
from station.jobs import JobKind, newest

PAGE = "/desk/programs/"
# An address for documents (RFC 5737): nobody looks up a name.
LAMP = "https://203.0.113.7/on-air?key=opensesame"


@pytest.fixture
def operator(seeded, signed_in):
    return signed_in(seeded.operator)


def secret_on(page, begins):
    found = re.search(rf'<p class="code">({begins}[^<]+)</p>', page)
    return found and found[1]


def test_a_token_and_a_webhook_ask_for_a_fresh_proof_first(operator, database, clock):
    operator.open(PAGE)
    clock.now += timedelta(minutes=20)
    for path, typed in (
        ("tokens", {"name": "The lamp", "scope": "read"}),
        ("webhooks", {"address": LAMP}),
    ):
        assert operator.send(f"{PAGE}{path}", **typed).status_code == 403
        operator.open(PAGE)
    with database.reading() as session:
        assert tokens.working(session) == []
        assert webhooks.working(session) == []


def test_a_token_is_told_once_works_and_is_revoked(operator, app, database):
    operator.open(PAGE)
    operator.send(f"{PAGE}tokens", name="The lamp", scope="act")
    secret = secret_on(operator.page, "mweya_")
    assert "The token “The lamp” works from now on." in operator.page
    operator.open(PAGE)
    assert secret not in operator.page
    program = app.test_client(use_cookies=False)
    shown = {"Authorization": f"Bearer {secret}"}
    assert program.get("/api/v1/alarms", headers=shown).status_code == 200
    operator.open(PAGE)
    assert "may read and act for Nomsa Radebe" in " ".join(operator.page.split())
    operator.send(f"{PAGE}tokens/1/revoking")
    assert program.get("/api/v1/alarms", headers=shown).status_code == 401
    with database.reading() as session:
        done = trail.newest(session, trail.Wanted())
    assert [one.deed.act for one in done] == ["programs.revoke_token", "programs.make_token"]
    assert not any(secret in one.deed.said + one.deed.subject for one in done)


def test_a_webhook_is_tested_and_removed(operator, database):
    operator.open(PAGE)
    assert "Nobody is told." in operator.page
    operator.send(f"{PAGE}webhooks", address=LAMP)
    assert secret_on(operator.page, "whsec_")
    operator.send(f"{PAGE}webhooks/1/testing")
    assert "A test is on its way." in operator.page
    assert secret_on(operator.page, "whsec_") is None
    with database.reading() as session:
        assert newest(session, JobKind.WEBHOOK, 1) is not None
    operator.send(f"{PAGE}webhooks/1/removing")
    assert "Nobody is told." in operator.page
    with database.reading() as session:
        done = trail.newest(session, trail.Wanted(kind="programs"))
    assert done[-1].deed.subject == "https://203.0.113.7"
    assert "https://203.0.113.7 (1)" in done[-1].deed.said
    assert not any("opensesame" in one.deed.said + one.deed.subject for one in done)
    answer = operator.send(f"{PAGE}webhooks", address="lamp.example")
    assert answer.status_code == 422
    assert "Nothing can be posted to “lamp.example”." in operator.page


@pytest.mark.parametrize(
    "host", ["localhost", "127.8.0.1:8000", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "0"]
)
def test_the_desk_posts_nothing_to_what_trusts_its_own_machine(host, operator, database):
    operator.open(PAGE)
    assert operator.send(f"{PAGE}webhooks", address=f"http://{host}/").status_code == 409
    assert "Write an address elsewhere." in operator.page
    with database.reading() as session:
        assert webhooks.working(session) == []


def test_the_same_is_done_by_command(seeded, settings, database, monkeypatch):
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))

    def run(*typed):
        done = CliRunner().invoke(mweya, [*typed, "--json"])
        return done.exit_code, json.loads(done.output)

    code, made = run("token", "make", "The lamp", "--scope", "act", "--as", seeded.operator.email)
    assert (code, made["secret"].startswith(tokens.PREFIX)) == (0, True)
    assert run("token", "make", "x", "--as", seeded.members[0].email)[1]["error"] == (
        "operators-only"
    )
    assert [one["name"] for one in run("token", "list")[1]["tokens"]] == ["The lamp"]
    assert run("token", "revoke", str(made["token"]))[0] == 0
    assert run("token", "list")[1] == {"tokens": []}
    # Nobody listens at a port that needs no right to listen at: port 9 discards.
    added = run("webhook", "add", "http://127.0.0.1:9/on-air")[1]
    assert added["secret"].startswith(webhooks.SECRET_PREFIX)
    code, tried = run("webhook", "test", str(added["webhook"]))
    assert (code, tried["problem"]) == (1, "it can't be reached: URLError")
    assert run("webhook", "list")[1]["webhooks"][0]["address"] == "http://127.0.0.1:9/on-air"
    assert run("webhook", "remove", "1")[0] == 0
    assert run("webhook", "remove", "1")[1]["error"] == "webhook-unknown"
