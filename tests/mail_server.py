"""A real mail server of our own: encrypted, with a password, and as unwilling as a test wants."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.journeys.house import free_port

USER, PASSWORD = "station", "p@ss word"


@dataclass
class Server(Controller):
    """Keeps what it takes in `mails`; `refusals` are what it answers instead, one after another."""

    certificate: Path
    mails: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def __post_init__(self):
        encrypted = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        encrypted.load_cert_chain(self.certificate)
        super().__init__(
            self,
            "127.0.0.1",
            port=free_port(),
            tls_context=encrypted,
            require_starttls=True,
            authenticator=self._knows,
            auth_required=True,
        )

    @property
    def settings(self):
        """What `station.toml` says to reach it."""
        return f"[mail]\nhost = '127.0.0.1'\nport = {self.port}\nuser = '{USER}'\n"

    async def handle_DATA(self, server, session, envelope: Envelope):  # noqa: N802  its library's name
        """Take a mail, or refuse it."""
        if self.refusals:
            return self.refusals.pop(0)
        self.mails.append(message_from_bytes(envelope.original_content, policy=default))
        return "250 taken"

    def _knows(self, server, session, envelope, mechanism, given: LoginPassword):
        said = given.login.decode(), given.password.decode()
        return AuthResult(success=said == (USER, PASSWORD), handled=False)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Run one until the block ends."""
    server = Server(_certificate(folder))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _certificate(folder: Path) -> Path:
    """A certificate of our own for 127.0.0.1, with its key."""
    file = folder / "mail.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += [
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=mail",
        "-keyout",
        str(file),
        "-out",
        str(file),
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return file
