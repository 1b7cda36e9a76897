"""Mail leaves by a real server: encrypted, its name verified, tried again where that can help."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from station import letters
from station.errors import Fault
from station.jobs import JobKind, work_once
from station.mail import Mail, send
from station.settings import load
from tests import mail_server

WRITTEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
MAIL = Mail("000007", "Thandi", "thandi@example.org", "You air on Tuesday", "At 14:05.", WRITTEN)


@pytest.fixture
def server(tmp_path, monkeypatch):
    with mail_server.running(tmp_path) as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
        yield found


@pytest.fixture
def station(server, settings):
    """The station, which uses the server from now on, with its password in the secrets."""

    def made(password=mail_server.PASSWORD):
        with (settings.home / "station.toml").open("a") as file:
            file.write(server.settings)
        secrets = settings.home / "secrets.toml"
        secrets.write_text(
            secrets.read_text().replace('mail_password = ""', f'mail_password = "{password}"')
        )
        return load(settings.home, environment={})

    return made


def test_a_mail_reaches_its_server_encrypted_and_signed_in(server, station):
    assert send(station(), MAIL) == "sent by 127.0.0.1"
    (mail,) = server.mails
    assert mail["To"] == "Thandi <thandi@example.org>"
    assert mail["Subject"] == "You air on Tuesday"
    assert mail["From"] == "Mweya <station@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip() == "At 14:05."


def test_a_mail_that_is_sent_twice_is_the_same_mail(server, station):
    settings = station()
    send(settings, MAIL)
    send(settings, MAIL)
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


def test_a_name_with_line_breaks_adds_no_header(server, station):
    hostile = 'Thandi\r\nBcc: all@example.org\x00 \N{GRINNING FACE}, "quoted"'
    send(station(), replace(MAIL, to_name=hostile, subject=hostile))
    (mail,) = server.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == 'Thandi Bcc: all@example.org \N{GRINNING FACE}, "quoted"'
    assert mail["To"].addresses[0].addr_spec == "thandi@example.org"


def test_a_server_that_nobody_vouches_for_gets_no_password(server, station, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Fault, match="certificate") as fault:
        send(station(), MAIL)
    assert not fault.value.permanent


@pytest.mark.parametrize(
    ("verb", "answer", "for_good"),
    [
        ("DATA", "451 busy, come back", False),
        ("DATA", "550 nobody here", True),
        ("DATA", "550 5.4.5 daily quota exceeded", False),
        ("RCPT", "550 nobody here", True),
        ("RCPT", "550 5.1.1 unknown user", True),
        ("RCPT", "450 greylisted", False),
        ("RCPT", "554 5.7.1 relay access denied", False),
        ("RCPT", "550 5.1.8 sender rejected", False),
        ("MAIL", "530 authentication required", False),
        ("MAIL", "550 who are you", False),
    ],
)
def test_a_refusal_is_for_good_only_when_nobody_has_the_address(
    server, station, verb, answer, for_good
):
    server.refuses, server.refusals = verb, [answer]
    with pytest.raises(Fault, match=answer[4:]) as fault:
        send(station(), MAIL)
    assert fault.value.permanent == for_good
    assert server.mails == []


def test_a_mail_that_was_taken_is_sent_whatever_its_server_says_last(server, station):
    server.refuses, server.refusals = "QUIT", ["421 too late"]
    assert send(station(), MAIL) == "sent by 127.0.0.1"
    assert len(server.mails) == 1


def test_a_wrong_password_can_be_mended_meanwhile(server, station):
    with pytest.raises(Fault, match="535") as fault:
        send(station(password="wrong"), MAIL)
    assert not fault.value.permanent


def test_a_password_that_no_server_can_be_told_is_shown_to_nobody(server, station):
    with pytest.raises(Fault) as fault:
        send(station(password="geheimer \N{LATIN SMALL LETTER E WITH ACUTE}"), MAIL)
    assert str(fault.value) == "127.0.0.1 did not take a mail: UnicodeEncodeError"
    assert not fault.value.permanent


@pytest.mark.parametrize("address", ["not an address", "<a@b>", "a@b.", "a@[b", ""])
def test_an_address_that_is_none_is_not_tried_again(server, station, address):
    with pytest.raises(Fault, match="no address") as fault:
        send(station(), replace(MAIL, to_email=address))
    assert fault.value.permanent


def test_an_address_of_the_station_that_is_none_can_be_mended_meanwhile(server, station):
    settings = station()
    wrong = msgspec.structs.replace(settings.mail, sender="<station>")
    with pytest.raises(Fault, match="no address") as fault:
        send(msgspec.structs.replace(settings, mail=wrong), MAIL)
    assert not fault.value.permanent


def test_a_letter_is_mailed_by_the_worker_and_its_words_are_forgotten_here(
    server, station, database, admit_member, now
):
    shown: list[str] = []
    thandi = admit_member("Thandi")
    with database.writing() as session:
        letter = letters.write(session, thandi, "Come in", "A secret way.", now)
    duties = {JobKind.LETTER: letters.sender(database, station(), shown.append)}
    server.refusals = ["451 busy, come back"]
    assert work_once(database, duties, lambda: now)
    assert server.mails == []
    assert work_once(database, duties, lambda: now + timedelta(minutes=1))
    assert [mail.get_content().strip() for mail in server.mails] == ["A secret way."]
    assert shown == []
    with database.reading() as session:
        kept = session.get_one(letters.Letter, letter.id)
    assert (kept.sent_at, kept.body) == (now + timedelta(minutes=1), letters.GONE_OUT)
