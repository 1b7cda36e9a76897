"""The doctor names each missing or unsafe thing on this machine, and what to type."""

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import click

from media.box import walls_available
from media.libebur128 import library_version
from mweya.clock import greatest_error_microseconds, is_kept
from playout import own_user
from playout.alarms import telling
from playout.supervise import SCRIPT
from station import books
from station.command import Answer, answers
from station.db import connect
from station.errors import Fault, Refusal
from station.schema import newest, revision
from station.settings import SECRETS_FILE, Settings, load

# The programs the station starts, with the Debian package of each and how to ask its version.
PROGRAMS = {
    "ffmpeg": ("ffmpeg", ("ffmpeg", "-version")),
    "ffprobe": ("ffmpeg", ("ffprobe", "-version")),
    "liquidsoap": ("liquidsoap", ("liquidsoap", "--version")),
    "icecast2": ("icecast2", ("icecast2", "-v")),
    "espeak-ng": ("espeak-ng", ("espeak-ng", "--version")),
}
TESTED_LIQUIDSOAP = ("2.1", "2.3")
LOOPBACK = ("127.", "localhost", "::1")
LEAST_FREE_GB = 5
TOOL_SECONDS = 20
WITH_SYSTEMD = "apt-get install systemd-timesyncd && timedatectl set-ntp true"


class State(StrEnum):
    """How a thing is; `careful` is no problem yet."""

    FINE = "fine"
    CAREFUL = "careful"
    MISSING = "missing"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, how it is, and what to type about it."""

    thing: str
    state: State
    says: str
    type: str = ""


@click.command()
@answers
def doctor() -> Answer:
    """Say what is missing or unsafe on this machine, and what to type."""
    findings = list(_machine())
    try:
        settings = load()
    except Refusal as refusal:
        findings.append(Finding("station", State.MISSING, refusal.sentence, "mweya init"))
    else:
        for look in LOOKS:
            findings += look(settings)
    problems = [f for f in findings if f.state in (State.MISSING, State.UNSAFE)]
    return Answer(
        facts={"findings": [asdict(finding) for finding in findings], "problems": len(problems)},
        lines=[_line(finding) for finding in findings],
        next_command=problems[0].type if problems else "mweya up",
        found_problems=bool(problems),
    )


def _line(finding: Finding) -> str:
    advice = f"\n{'':>11}type: {finding.type}" if finding.type else ""
    return f"{finding.state:>9}  {finding.thing}: {finding.says}{advice}"


def _machine() -> Iterator[Finding]:
    yield Finding("python", State.FINE, sys.version.split()[0])
    for program, (package, ask) in PROGRAMS.items():
        yield _program(program, package, ask)
    try:
        yield Finding("libebur128", State.FINE, library_version())
    except Fault as fault:
        yield Finding("libebur128", State.MISSING, str(fault), "apt-get install libebur128-1")
    yield _walls()
    yield _clock()


def _walls() -> Finding:
    """Whether uploads are worked on behind walls."""
    if walls_available():
        says = "uploads are worked on behind its walls: no network, no other file"
        return Finding("bwrap", State.FINE, says)
    without = "uploads are worked on under limits, but not behind walls"
    if shutil.which("bwrap") is None:
        return Finding("bwrap", State.CAREFUL, without, "apt-get install bubblewrap")
    kernel = f"{without}: this kernel or container lets bwrap build none; it says why:"
    return Finding("bwrap", State.CAREFUL, kernel, "bwrap --unshare-all --ro-bind / / true")


def _program(program: str, package: str, ask: tuple[str, ...]) -> Finding:
    if shutil.which(program) is None:
        return Finding(program, State.MISSING, "not installed", f"apt-get install {package}")
    said = _output(ask)
    match = re.search(r"\d+(\.\d+)+", said)
    version = match[0] if match else "unknown version"
    if program == "liquidsoap" and not version.startswith(TESTED_LIQUIDSOAP):
        tested = " and ".join(TESTED_LIQUIDSOAP)
        return Finding(program, State.CAREFUL, f"{version} is untested; tested are {tested}")
    return Finding(program, State.FINE, version)


def _clock() -> Finding:
    error = greatest_error_microseconds()
    if error is None:
        return Finding("clock", State.CAREFUL, "nobody here can say whether NTP keeps it")
    if is_kept(error):
        return Finding("clock", State.FINE, "kept by NTP")
    return Finding(
        "clock",
        State.CAREFUL,
        "not kept by NTP: slots begin by this machine's clock",
        WITH_SYSTEMD if Path("/run/systemd/system").exists() else "apt-get install chrony",
    )


def _output(command: tuple[str, ...]) -> str:
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=TOOL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout + ran.stderr


def _secrets(settings: Settings) -> Iterator[Finding]:
    file = settings.home / SECRETS_FILE
    open_to_others = file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if open_to_others:
        says = "others on this machine can read the secrets"
        yield Finding("secrets", State.UNSAFE, says, f"chmod 600 {file}")
    else:
        yield Finding("secrets", State.FINE, "made for this station, readable by its owner alone")


def _addresses(settings: Settings) -> Iterator[Finding]:
    if not settings.web.host.startswith(LOOPBACK) and not settings.web_url.startswith("https:"):
        yield Finding(
            "web",
            State.UNSAFE,
            f"pages are served on {settings.web.host} without encryption",
            "set web.host to 127.0.0.1, put a proxy with TLS before it, and name it in "
            "web.public_url",
        )
    else:
        yield Finding("web", State.FINE, settings.web_url)
    behind = settings.web.host.startswith(LOOPBACK) and settings.web_url.startswith("https:")
    if behind and not settings.web.proxy:
        says = (
            "all who ask for codes, or guess at them, look like this machine: no network is limited"
        )
        advice = "name the address that your proxy comes from in web.proxy, like 127.0.0.1"
        yield Finding("proxy", State.CAREFUL, says, advice)
    if not settings.icecast.host.startswith(LOOPBACK):
        says = (
            f"streams are open to others on {settings.icecast.host}, and so is the way in for "
            "sources and Icecast's own pages, behind the station's passwords"
        )
        advice = "set icecast.host to 127.0.0.1, and name a proxy for GET in icecast.public_url"
        yield Finding("icecast", State.CAREFUL, says, advice)


def _database(settings: Settings) -> Iterator[Finding]:
    database = connect(settings.database_url)
    try:
        found = revision(database)
        if found != newest():
            yield Finding(
                "database",
                State.MISSING,
                f"at revision {found or 'none'}, this version needs {newest()}",
                "mweya up (it upgrades, and keeps a copy)",
            )
            return
        with database.reading() as session:
            violations = books.verify(session)
    except Fault as fault:
        yield Finding("database", State.MISSING, str(fault), "see database.url in station.toml")
        return
    finally:
        database.close()
    yield Finding("database", State.FINE, f"at revision {found}")
    if violations:
        yield Finding("ledger", State.UNSAFE, violations[0].sentence, "mweya ledger verify")
    else:
        yield Finding("ledger", State.FINE, "the books are whole")


def _disk(settings: Settings) -> Iterator[Finding]:
    free_gb = shutil.disk_usage(settings.home).free / 1e9
    state = State.FINE if free_gb >= LEAST_FREE_GB else State.CAREFUL
    yield Finding("disk", state, f"{free_gb:.0f} GB free for {settings.home}")


def _alarms(settings: Settings) -> Iterator[Finding]:
    if settings.mail.host:
        yield Finding("mail", State.FINE, f"letters leave by {settings.mail.host}")
    else:
        says = "letters are shown and filed, and reach nobody"
        yield Finding("mail", State.CAREFUL, says, "name your server in mail.host")
    ways = telling.ways(settings)
    if not ways:
        says = "dead air is told to the log alone"
        yield Finding("alarms", State.CAREFUL, says, "name an address in alarms.mail_to")
    elif settings.alarms.mail_to and not settings.mail.host:
        says = f"those for {', '.join(settings.alarms.mail_to)} are filed, and reach nobody"
        yield Finding("alarms", State.CAREFUL, says, "name your server in mail.host")
    else:
        yield Finding("alarms", State.FINE, f"told to {', '.join(ways)}")


def _engines(settings: Settings) -> Iterator[Finding]:
    """Whom Liquidsoap becomes, where root starts it."""
    if os.geteuid() != 0 or not own_user.known():
        return
    needed = (settings.home.parent, SCRIPT.parent)
    closed = next((folder for folder in needed if not own_user.can_enter(folder)), None)
    if closed is None:
        yield Finding("engines", State.FINE, f"run as the user {own_user.USER}")
    else:
        says = f"run as root: the user {own_user.USER} can't pass through {closed}"
        advice = f"keep station and program where it can, like /srv, or chmod o+x {closed}"
        yield Finding("engines", State.CAREFUL, says, advice)


LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _secrets,
    _addresses,
    _database,
    _disk,
    _engines,
    _alarms,
)
