"""Short messages are posted to a real gateway of the test's own, over HTTP."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest

from station import messages
from station.errors import Fault, WrongInput
from station.members import Applicant, admit

PHONE = "+27821234567"


class Gateway(HTTPServer):
    """A gateway that keeps what is posted and answers as it is told."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Posts)
        self.posted = []
        self.answer = 200


class _Posts(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.headers["Authorization"], json.loads(body)))
        self.send_response(self.server.answer)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *said):
        pass


@pytest.fixture
def gateway():
    with Gateway() as server:
        running = threading.Thread(target=server.serve_forever, args=(0.05,))
        running.start()
        yield server
        server.shutdown()
        running.join()


@pytest.fixture
def by_sms(settings, gateway):
    ways = msgspec.structs.replace(
        settings.messages, sms=f"http://127.0.0.1:{gateway.server_port}/sms"
    )
    secrets = msgspec.structs.replace(settings.secrets, messages_key="k3y")
    return msgspec.structs.replace(settings, messages=ways, secrets=secrets)


@pytest.fixture
def rudo(database, now):
    with database.writing() as session:
        applicant = Applicant("Rudo", "rudo@example.org", "+27 82 123-4567", phone_proven=True)
        return admit(session, applicant, now)


def send(database, settings, person, now):
    with database.writing() as session:
        message = messages.write(session, settings, person, PHONE, "123 456 is your code.", now)
    return message.id, messages.sender(database, settings)


def test_a_message_is_posted_once_and_its_words_are_forgotten(database, by_sms, gateway, rudo, now):
    number, deliver = send(database, by_sms, rudo, now)
    assert deliver(str(number), now) == "sent by sms"
    assert deliver(str(number), now) == "sent before"
    said = {"id": str(number), "way": "sms", "to": PHONE, "text": "123 456 is your code."}
    assert gateway.posted == [("Bearer k3y", said)]
    with database.reading() as session:
        assert "123" not in session.get_one(messages.Message, number).body


@pytest.mark.parametrize(("answer", "permanent"), [(400, True), (503, False), (302, False)])
def test_what_a_gateway_does_not_take_is_said_without_its_address(
    answer, permanent, database, by_sms, gateway, rudo, now
):
    gateway.answer = answer
    number, deliver = send(database, by_sms, rudo, now)
    with pytest.raises(Fault, match=f"the sms gateway answered {answer}") as fault:
        deliver(str(number), now)
    assert fault.value.permanent is permanent
    assert len(gateway.posted) == 1


def test_a_phone_gets_codes_only_when_it_is_proven_and_its_owners_alone(
    database, by_sms, settings, rudo, now
):
    assert messages.phone_of(by_sms, rudo) == PHONE
    assert messages.phone_of(settings, rudo) == ""
    with database.writing() as session:
        assert messages.with_phone(session, PHONE).id == rudo.id
        admit(session, Applicant("Eve", "eve@example.org", PHONE), now)
        assert messages.with_phone(session, PHONE).id == rudo.id
        admit(session, Applicant("Tom", "tom@example.org", PHONE, phone_proven=True), now)
        assert messages.with_phone(session, PHONE) is None


@pytest.mark.parametrize("typed", ["+27 82 123 4567", "0027821234567", "+27 (82) 123-4567"])
def test_a_number_is_kept_as_the_networks_write_it(typed):
    assert messages.clean_phone(typed) == PHONE


@pytest.mark.parametrize("typed", ["082 123 4567", "+27", "call me", "+0821234567"])
def test_a_number_without_its_country_is_asked_for_again(typed):
    with pytest.raises(WrongInput, match=r"Write it like \+27"):
        messages.clean_phone(typed)
