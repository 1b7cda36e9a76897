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
    """Keeps what it takes in `mails`, and what it refuses in `refused`.

    `refusals` are what it answers to `refuses` (MAIL, RCPT, DATA or QUIT), one after another.
    """

    certificate: Path
    mails: list[EmailMessage] = field(default_factory=list)
    refused: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    refuses: str = "DATA"

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

    # The names are its library's.
    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        """Take whom a mail is from, or refuse it."""
        envelope.mail_from = address
        return self._answer("MAIL", "250 known")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        """Take whom a mail is for, or refuse it."""
        envelope.rcpt_tos.append(address)
        return self._answer("RCPT", "250 known")

    async def handle_DATA(self, server, session, envelope: Envelope):  # noqa: N802
        """Take a mail, or refuse it."""
        mail = message_from_bytes(envelope.original_content, policy=default)
        answer = self._answer("DATA", "250 taken")
        (self.mails if answer == "250 taken" else self.refused).append(mail)
        return answer

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        """Let somebody go."""
        return self._answer("QUIT", "221 bye")

    def _answer(self, verb, answer):
        return self.refusals.pop(0) if self.refusals and verb == self.refuses else answer

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
