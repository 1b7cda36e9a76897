"""Icecast serves the mounts: its configuration is made from the settings, with our own secrets."""

import contextlib
import os
import resource
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from playout import icy
from playout.mounts import Quality, forget_port, icecast_port, is_free, qualities
from playout.processes import Recipe, Running, found, start
from station.errors import Fault, Refusal
from station.settings import Settings

CONFIGURATION_FILE = "icecast.xml"
# The user and group that Debian's package makes; Icecast refuses to run as root.
USER, GROUP = "icecast2", "icecast"
SHARE = "/usr/share/icecast2"
KNOWN_PASSWORDS = ("", "hackme")

BURST_SECONDS = 2  # what a new listener gets at once: enough to start, little to be late by
QUEUE_BYTES = 524_288
SOURCE_TIMEOUT_SECONDS = 3  # a source sends fifty times a second
HEADER_TIMEOUT_SECONDS = 15
CLIENT_TIMEOUT_SECONDS = 30
START_SECONDS = 10.0
# Titles and questions of ours, and those whom a full mount sends away: a place each, for a moment.
PASSING = 200
POLL_SECONDS = 0.05
WATCH_PLACES = 3  # one to hear, one to keep, one to look what is wrong


@dataclass(frozen=True, slots=True)
class IcecastPlan:
    """All that Icecast is told; `user` is whom it becomes, when root starts it.

    Listeners' players show the station's name and the channel's, each on one line.
    """

    host: str
    port: int
    station: str
    channels: tuple[str, ...]
    qualities: tuple[Quality, ...]
    max_listeners: int
    source_password: str
    admin_password: str
    relay_password: str
    user: str | None


def plan(settings: Settings) -> IcecastPlan:
    """What the settings mean for Icecast."""
    return IcecastPlan(
        host=settings.icecast.host,
        port=icecast_port(settings),
        station=icy.clean(settings.station.name),
        channels=tuple(icy.clean(name) for name in settings.station.channels),
        qualities=qualities(settings),
        max_listeners=settings.icecast.max_listeners,
        source_password=settings.secrets.icecast_source,
        admin_password=settings.secrets.icecast_admin,
        relay_password=settings.secrets.icecast_relay,
        user=USER if os.geteuid() == 0 else None,
    )


def render(plan: IcecastPlan) -> str:
    """Icecast's configuration as XML. Raises ValueError for an empty or well-known password."""
    passwords = (plan.source_password, plan.admin_password, plan.relay_password)
    if any(password in KNOWN_PASSWORDS for password in passwords):
        raise ValueError("Icecast never starts with a known password")
    root = ET.Element("icecast")
    _limits(root, plan)
    _section(
        root,
        "authentication",
        source_password=plan.source_password,
        relay_password=plan.relay_password,
        admin_user="admin",
        admin_password=plan.admin_password,
    )
    _add(root, hostname=plan.host, fileserve=0)
    _section(root, "listen-socket", port=plan.port, bind_address=plan.host)
    _section(root, "paths", basedir=SHARE, webroot=f"{SHARE}/web", adminroot=f"{SHARE}/admin")
    # Both logs go to stderr, which is a file of ours.
    _section(root, "logging", accesslog="-", errorlog="-", loglevel=2)
    security = _section(root, "security", chroot=0)
    if plan.user:
        _section(security, "changeowner", user=plan.user, group=GROUP)
    _mounts(root, plan)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def recipe(settings: Settings) -> Recipe:
    """How Icecast is started, with its configuration written for its owner alone."""
    folder = settings.run_folder
    folder.mkdir(parents=True, exist_ok=True)
    text = render(plan(settings))
    file = folder / CONFIGURATION_FILE
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
    # The configuration is part of what it is told: a changed one needs a new start.
    environment = {"PATH": os.defpath, "MWEYA_CONFIGURATION": text}
    return Recipe("icecast", ("icecast2", "-c", str(file)), environment, folder)


def log_file(settings: Settings) -> Path:
    """Where Icecast says who came and how long they listened."""
    return settings.run_folder / "log" / "icecast.log"


def run(settings: Settings) -> Running:
    """Icecast, running and answering: the one that runs already, or a new one.

    Raises Refusal `icecast-port-taken`, Fault when it doesn't answer in 10 s.
    """
    wanted = recipe(settings)
    running = found(wanted)
    if running and running.fingerprint == wanted.fingerprint and answers(settings):
        return running
    if running:
        running.stop()
    if not is_free(settings.icecast.host, icecast_port(settings)):
        if settings.icecast.port:
            raise Refusal("icecast-port-taken", port=settings.icecast.port)
        forget_port(settings)
        wanted = recipe(settings)
    with _many_files():
        running = start(wanted)
    deadline = time.monotonic() + START_SECONDS
    while running.alive and time.monotonic() < deadline:
        if answers(settings):
            return running
        time.sleep(POLL_SECONDS)
    running.stop()
    raise Fault(f"Icecast did not start; it says why in {wanted.log_file}", permanent=False)


def answers(settings: Settings) -> bool:
    """Whether Icecast answers on its port."""
    url = f"http://{settings.icecast.host}:{icecast_port(settings)}/status-json.xsl"
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.read(1))
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def _many_files() -> Iterator[None]:
    """Each listener is an open file: without any left, a source that comes back is refused, too."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))


def _limits(root: ET.Element, plan: IcecastPlan) -> None:
    # Icecast counts its sources among its clients: a full house would refuse an engine, too.
    # So each mount has its own limit, and all of them together leave places.
    sources = (len(plan.channels) + 1) * len(plan.qualities)
    _section(
        root,
        "limits",
        clients=sources * (_places(plan) + 1) + PASSING,
        sources=sources,
        queue_size=QUEUE_BYTES,
        client_timeout=CLIENT_TIMEOUT_SECONDS,
        header_timeout=HEADER_TIMEOUT_SECONDS,
        source_timeout=SOURCE_TIMEOUT_SECONDS,
    )


def _places(plan: IcecastPlan) -> int:
    """How many may listen to one mount, and the watch besides, which also keeps what it hears."""
    return plan.max_listeners + WATCH_PLACES


def _mounts(root: ET.Element, plan: IcecastPlan) -> None:
    for quality in plan.qualities:
        for channel, name in enumerate(plan.channels):
            mount = _mount(root, quality.path(channel), quality, f"{plan.station}, {name}")
            _add(mount, fallback_mount=quality.fallback_path, fallback_override=1)
        _add(_mount(root, quality.fallback_path, quality, plan.station), hidden=1)
    for mount in root.iter("mount"):
        _add(mount, max_listeners=_places(plan))


def _mount(root: ET.Element, path: str, quality: Quality, name: str) -> ET.Element:
    mount = _section(
        root,
        "mount",
        mount_name=path,
        stream_name=name,
        burst_size=quality.kilobits * 1000 // 8 * BURST_SECONDS,
        public=0,
    )
    mount.set("type", "normal")
    if quality.shows_titles:
        _add(mount, charset="UTF-8", mp3_metadata_interval=quality.kilobits * 1000 // 8 // 2)
    headers = _section(mount, "http-headers")
    # The listeners' page is served from another port, which is another origin to a browser.
    ET.SubElement(headers, "header", name="Access-Control-Allow-Origin", value="*")
    # Players show it; engines know no names.
    ET.SubElement(headers, "header", name="icy-name", value=name)
    return mount


def _section(parent: ET.Element, name: str, **entries: object) -> ET.Element:
    section = ET.SubElement(parent, name)
    _add(section, **entries)
    return section


def _add(parent: ET.Element, **entries: object) -> None:
    """Entries by name, where Icecast writes a hyphen for each underscore."""
    for name, value in entries.items():
        ET.SubElement(parent, name.replace("_", "-")).text = str(value)
