"""Each channel takes presenters at a port of its own; a taken one keeps no channel off air."""

import socket
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from playout.mounts import is_free
from station.live import LiveShow
from station.settings import Settings

# Every program that streams to Icecast calls itself so.
USER = "source"

logger = structlog.get_logger()


def port_file(settings: Settings, channel: int) -> Path:
    """Where a channel's engine reads its port; another one for another setting."""
    return settings.run_folder / f"live-{channel}-{settings.live.port}.port"


def choose(settings: Settings, channel: int) -> int:
    """Write down the port for an engine that is about to start.

    0 when the one set is taken, or the disk is full: nobody connects then.
    """
    host, port = settings.live.host, port_of(settings, channel)
    if settings.live.port:
        port = settings.live.port + channel
        if not is_free(host, port):
            logger.error("live-port-taken", channel=channel, port=port)
            port = 0
    elif not port or not is_free(host, port):
        with socket.socket() as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
    if port == port_of(settings, channel) or _keep(port_file(settings, channel), port):
        return port
    return 0


def port_of(settings: Settings, channel: int) -> int:
    """The port that a channel's engine was given last; 0 for none."""
    try:
        return int(port_file(settings, channel).read_text())
    except (FileNotFoundError, ValueError):
        return 0


def _keep(file: Path, port: int) -> bool:
    """Whether a port could be written down: a full disk keeps presenters out, and no engine."""
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(f"{port}\n")
        part.replace(file)
    except OSError as problem:
        logger.warning("live-port-not-kept", file=file.name, problem=problem.strerror)
        # The port that stands there is no longer free.
        for left in (part, file):
            left.unlink(missing_ok=True)
        return False
    return True


@dataclass(frozen=True, slots=True)
class Harbor:
    """Where a presenter's program connects to; port 0 is not known here."""

    host: str
    port: int
    mount: str
    user: str
    password: str

    @property
    def address(self) -> str:
        """All of it in one line, with the password in it."""
        return f"icecast://{self.user}:{self.password}@{self.host}:{self.port}{self.mount}"


def harbor(settings: Settings, show: LiveShow) -> Harbor:
    """Where the presenter of a show connects to.

    A port that nobody set is the one that playout chose last on this host.
    """
    host = settings.live.public_host or settings.live.host
    channel, first = show.block.channel, settings.live.port
    port = first + channel if first else port_of(settings, channel)
    return Harbor(host, port, f"/live-{show.harbor}", USER, show.password)


def address(settings: Settings, show: LiveShow) -> str:
    """Where a presenter's program connects to, with the password in it; chooses a port for it."""
    found = harbor(settings, show)
    port = found.port or choose(settings, show.block.channel)
    return replace(found, port=port).address
