"""A mount is where one channel is heard in one quality."""

import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from station.settings import Settings

PORT_FILE = "icecast.port"
# How the station's own listener names itself, so that nobody counts it.
WATCH_AGENT = "mweya-watch"


@dataclass(frozen=True, slots=True)
class Quality:
    """One way a channel is encoded, always at a constant rate: silence must not starve it."""

    name: str
    suffix: str
    content_type: str
    kilobits: int

    @property
    def encoder(self) -> str:
        """What the engines call it."""
        return f"{self.suffix}-{self.kilobits}"

    @property
    def shows_titles(self) -> bool:
        """Whether a title can be put between its sound (ICY); an Ogg stream has no place for it."""
        return self.suffix == "mp3"

    @property
    def fallback_path(self) -> str:
        """The mount that listeners are moved to while a channel's own has no source."""
        return f"/fallback-{self.name}.{self.suffix}"

    def path(self, channel: int) -> str:
        """A channel's mount."""
        return f"/{channel}-{self.name}.{self.suffix}"


CONTENT_TYPES = {"mp3": "audio/mpeg", "opus": "audio/ogg; codecs=opus"}
STANDARD = Quality("standard", "mp3", CONTENT_TYPES["mp3"], 128)
LOW = Quality("low", "opus", CONTENT_TYPES["opus"], 32)


def qualities(settings: Settings) -> tuple[Quality, ...]:
    """The two that every station has, as it has set them, and those that it added."""
    chosen = {
        name: Quality(name, one.codec, CONTENT_TYPES[one.codec], one.kilobits)
        for name, one in settings.qualities.items()
    }
    return tuple(({STANDARD.name: STANDARD, LOW.name: LOW} | chosen).values())


@dataclass(frozen=True, slots=True)
class Mount:
    """One public mount; `channel` counts from 0."""

    channel: int
    quality: str
    url: str
    content_type: str
    kilobits: int


def mounts(settings: Settings) -> list[Mount]:
    """Every public mount, channel by channel."""
    base = base_url(settings)
    return [
        Mount(
            channel,
            quality.name,
            base + quality.path(channel),
            quality.content_type,
            quality.kilobits,
        )
        for channel in range(settings.channels)
        for quality in qualities(settings)
    ]


def channel_paths(settings: Settings) -> dict[str, int]:
    """Each public mount's path, and the channel that is heard there."""
    return {
        quality.path(channel): channel
        for channel in range(settings.channels)
        for quality in qualities(settings)
    }


def base_url(settings: Settings) -> str:
    """How listeners reach Icecast, with no slash at its end."""
    given = settings.icecast.public_url
    return (given or f"http://{settings.icecast.host}:{icecast_port(settings)}").rstrip("/")


def icecast_port(settings: Settings) -> int:
    """Icecast's port: the setting, else the one of last time, else a free one, remembered."""
    if settings.icecast.port:
        return settings.icecast.port
    file = settings.run_folder / PORT_FILE
    return _remembered(file) or remember_free_port(settings)


def remember_free_port(settings: Settings) -> int:
    """Choose a port that is free now. Who asks at the same time gets the same one."""
    file = settings.run_folder / PORT_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind((settings.icecast.host, 0))
        port = int(probe.getsockname()[1])
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as part:
        part.write(str(port))
        part.flush()
        try:
            # A link fails where the file is already: the first one wins.
            os.link(part.name, file)
        except FileExistsError:
            return _remembered(file) or port
    return port


def forget_port(settings: Settings) -> None:
    """Choose anew next time, because somebody else has taken the port."""
    (settings.run_folder / PORT_FILE).unlink(missing_ok=True)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _remembered(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (FileNotFoundError, ValueError):
        return None
