"""Passkeys in a real Chromium, whose virtual device has a key store and a finger on its sensor."""

import json
import socket
import threading
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from station import passkeys, signin
from station.challenges import CHALLENGE_LASTS
from station.errors import Refusal
from station.letters import Letter
from station.passkeys import Passkey
from tests.web.screens import browser, page_at
from web.app import open_server

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# The answer stays in its form, and whoever asks for `held` waits until it is there.
HOLD_THE_FORM = """() => {
  window.held = new Promise((now) => { HTMLFormElement.prototype.submit = () => now(); });
}"""


@pytest.fixture
def named(settings):
    """Settings whose pages have a name that a passkey can be for."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    web = msgspec.structs.replace(settings.web, public_url=f"http://localhost:{port}", port=port)
    return msgspec.structs.replace(settings, web=web)


@pytest.fixture
def url(named, database):
    serving = open_server(named, database, "127.0.0.1", named.web.port)
    running = threading.Thread(target=serving.run)
    running.start()
    yield serving.url
    serving.stop()
    running.join(timeout=10)


@pytest.fixture
def phone(url, database, thandi):
    """A signed-in member's page in a browser that has such a device."""
    with database.writing() as session:
        token = signin.new_link(session, thandi, datetime.now(UTC))
    with browser() as opened, page_at(opened, link=f"{url}/signin/{token}") as page:
        chrome = page.context.new_cdp_session(page)
        chrome.send("WebAuthn.enable")
        chrome.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        yield page


def long_ago(database):
    """Let every proof be too old."""
    with database.writing() as session:
        old = datetime.now(UTC) - timedelta(hours=1)
        session.execute(sa.update(signin.SignedIn).values(proven_at=old))


def test_a_passkey_is_set_up_signs_in_proves_and_is_removed(phone, url, database, right):
    said = phone.locator("[role=status]").first
    assert "set up a passkey" in said.inner_text()
    said.get_by_role("link").click()
    phone.get_by_role("button", name="Set up a passkey on this device").click()
    phone.get_by_text("signs you in.").first.wait_for()
    phone.get_by_role("button", name="Sign out", exact=True).click()

    phone.goto(f"{url}/signin")
    phone.get_by_role("button", name="Use my passkey").click()
    phone.wait_for_url(f"{url}/member/")
    assert "You are signed in." in phone.locator("[role=status]").first.inner_text()

    long_ago(database)
    phone.goto(f"{url}/member/security/")
    phone.get_by_text("Change", exact=True).click()
    phone.get_by_role("button", name="Remove").click()
    assert phone.locator("h1").inner_text() == "One more step"
    phone.get_by_role("button", name="Use my passkey").click()
    phone.get_by_text("signs nobody in any more.").wait_for()
    with database.reading() as session:
        assert session.query(Passkey).count() == 0
        # The passkey was proof enough: no letter asked for one.
        told = session.scalars(sa.select(Letter.subject).order_by(Letter.id)).all()
        assert told == ["A passkey was added", "A passkey was removed"]


def test_an_answer_counts_once_for_whom_it_was_asked_and_not_for_long(
    phone, url, database, named, thandi
):
    phone.goto(f"{url}/member/security/")
    phone.get_by_role("button", name="Set up a passkey on this device").click()
    phone.get_by_text("signs you in.").first.wait_for()
    now, site = datetime.now(UTC), passkeys.site_of(named)

    def answered(question):
        button = phone.locator("[data-passkey]").first
        button.evaluate("(one, said) => { one.dataset.passkey = said; }", question)
        phone.evaluate(HOLD_THE_FORM)
        button.click()
        phone.evaluate("window.held")
        return phone.locator("input[name=passkey]").first.input_value()

    def use(answer, bound="enter", at=now):
        with database.writing() as session:
            return passkeys.use(session, named, site, answer, bound, at).person_id

    late = now + CHALLENGE_LASTS + timedelta(minutes=1)
    answer = answered(passkeys.question(named, site, "enter", now))
    for wrong in (("enter", late), ("somebody else", now)):
        with pytest.raises(Refusal, match="could not be read"):
            use(answer, *wrong)
    assert use(answer) == thandi.id
    with pytest.raises(Refusal, match="could not be read"):
        use(answer)
    forged = json.loads(answer) | {"id": "AAAA", "rawId": "AAAA"}
    for nonsense in (json.dumps(forged), "", "[]", "{}", '{"response": {}}'):
        with pytest.raises(Refusal, match="could not be read"):
            use(nonsense)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://radio.example", "radio.example"),
        ("http://localhost:8700", "localhost"),
        ("http://radio.example", None),
        ("https://192.0.2.7", None),
        ("", None),
    ],
)
def test_passkeys_are_offered_where_the_pages_have_a_name_and_tls(settings, address, host):
    web = msgspec.structs.replace(settings.web, public_url=address)
    site = passkeys.site_of(msgspec.structs.replace(settings, web=web))
    assert (site and site.host) == host
