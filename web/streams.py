"""A listener's browser finds a channel's streams in order: the one that needs least data first."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from playout.mounts import Mount
from station.languages import gettext as _
from station.languages import marked

SECONDS_AN_HOUR = 3600
QUALITIES = {"low": marked("low data"), "standard": marked("standard")}


def streams_of(mounts: Sequence[Mount], channel: int, chosen: str = "") -> list[Mount]:
    """One channel's mounts: of the quality that was chosen, then those that need least data."""
    found = [mount for mount in mounts if mount.channel == channel]
    return sorted(found, key=lambda mount: (mount.quality != chosen, mount.kilobits))


def bytes_an_hour(mount: Mount) -> float:
    """What an hour of listening costs in data."""
    return mount.kilobits * 1000 / 8 * SECONDS_AN_HOUR


def quality(mount: Mount) -> str:
    """How much data a stream needs, in a word."""
    # A station names the qualities that it adds itself.
    return _(QUALITIES.get(mount.quality, mount.quality))


def origins(mounts: Sequence[Mount]) -> list[str]:
    """The hosts that a page must be allowed to play sound from."""
    parts = (urlsplit(mount.url) for mount in mounts)
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})
