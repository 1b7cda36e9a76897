"""A mail leaves by the station's mail server, or is filed in its folder where it has none."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import structlog

from station.errors import Fault
from station.settings import Settings

SERVER_SECONDS = 30.0
# What stays is that nobody has this address: RFC 5321, 4.2.3, and RFC 3463, 3.2, where a server
# says more. Whatever else it refuses may lie in the station's settings, and can be mended.
NOBODY = (550, 551, 553)
NOBODY_EXACTLY = re.compile(r"5\.1\.(1|2|3|6|10)\b")
EXACTLY = re.compile(r"\d\.\d+\.\d+\b")

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in plain text. `name` makes it one mail, however often it has to be sent."""

    name: str
    to_name: str
    to_email: str
    subject: str
    body: str
    written_at: datetime


def send(settings: Settings, mail: Mail) -> str:
    """Send a mail, or file it; says which, and where to.

    Raises Fault: permanent when nobody has its address, else it may be tried again.
    """
    if not settings.mail.host:
        return _file(settings, mail)
    message = _message(settings, mail)
    try:
        with _server(settings) as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        host, told = settings.mail.host, _told(problem)
        raise Fault(f"{host} did not take a mail: {told}", permanent=_stays(problem)) from None
    logger.info("mail-sent", to=mail.to_email, subject=mail.subject)
    return f"sent by {settings.mail.host}"


def _file(settings: Settings, mail: Mail) -> str:
    file = settings.mail_folder / f"{mail.name}.txt"
    head = f"From: {settings.mail.sender}\nTo: {mail.to_email}\nSubject: {_line(mail.subject)}\n"
    try:
        settings.mail_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        dated = f"{head}Date: {mail.written_at:%a, %d %b %Y %H:%M:%S +0000}\n"
        file.write_text(f"{dated}\n{mail.body}\n", encoding="utf-8")
    except OSError as problem:
        raise Fault(f"{file} can't be written: {problem.strerror}", permanent=False) from None
    logger.info("letter-filed", file=str(file), to=mail.to_email, subject=mail.subject)
    return f"filed as {file.name}"


def _message(settings: Settings, mail: Mail) -> EmailMessage:
    sender = settings.mail.sender
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(settings.station.name, sender, permanent=False)
    message["To"] = _address(mail.to_name, mail.to_email, permanent=True)
    message["Subject"] = _line(mail.subject)
    message["Date"] = format_datetime(mail.written_at)
    written_ms = round(mail.written_at.timestamp() * 1000)
    message["Message-ID"] = f"<{mail.name}.{written_ms}@{_domain(sender)}>"
    # Nobody's answering machine has to answer a station (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, cte="quoted-printable")
    return message


def _address(name: str, email: str, *, permanent: bool) -> Address:
    try:
        return Address(_line(name), addr_spec=email)
    except (ValueError, IndexError, AttributeError, MessageError):
        raise Fault(f"“{email}” is no address for mail", permanent=permanent) from None


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    """The station's mail server, its name verified and with the station logged in."""
    chosen = settings.mail
    # Named, so that nobody's name server is asked who we are.
    ours = _domain(chosen.sender)
    trusted = ssl.create_default_context()
    if chosen.security == "tls":
        opened: smtplib.SMTP = smtplib.SMTP_SSL(
            chosen.host, chosen.port, ours, timeout=SERVER_SECONDS, context=trusted
        )
    else:
        opened = smtplib.SMTP(chosen.host, chosen.port, ours, timeout=SERVER_SECONDS)
    try:
        if chosen.security == "starttls":
            opened.starttls(context=trusted)
        if chosen.user:
            opened.login(chosen.user, settings.secrets.mail_password)
        yield opened
    finally:
        # Whatever it answers to our leave, a mail that it took is taken.
        with suppress(OSError, smtplib.SMTPException):
            opened.quit()
        opened.close()


def _domain(address: str) -> str:
    return address.rpartition("@")[2] or "localhost"


def _line(text: str) -> str:
    """Text as one line of a header: names come from people."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _stays(problem: Exception) -> bool:
    """Whether the server says that nobody has the address, and will do so the next time, too."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(_is_nobody(*answer) for answer in problem.recipients.values())
    if isinstance(problem, smtplib.SMTPDataError):
        return _is_nobody(problem.smtp_code, problem.smtp_error)
    return False


def _is_nobody(code: int, said: bytes | str) -> bool:
    words = _words(said)
    if EXACTLY.match(words):
        return NOBODY_EXACTLY.match(words) is not None
    return code in NOBODY


def _told(problem: Exception) -> str:
    """What the server said, in one line."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return "; ".join(_answer(code, said) for code, said in problem.recipients.values())
    if isinstance(problem, smtplib.SMTPResponseException):
        return _answer(problem.smtp_code, problem.smtp_error)
    if isinstance(problem, ValueError) and not isinstance(problem, OSError):
        return type(problem).__name__  # its words may hold our password
    return _line(str(problem)) or type(problem).__name__


def _answer(code: int, said: bytes | str) -> str:
    return f"{code} {_words(said)}"


def _words(said: bytes | str) -> str:
    return _line(said if isinstance(said, str) else said.decode(errors="replace"))
