"""What a channel's listeners hear now is what its engine says, in the air log's words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from playout.compose import Line
from playout.liquidsoap.client import EngineStatus
from playout.programme import Programme
from station.airlog import LineKind
from station.languages import gettext as _
from station.lengths import length
from station.settings import Settings

FILE = "now-playing.json"
# What was written longer ago is no longer known to be true.
FRESH = timedelta(seconds=10)

# What an engine says it sends; `away` is said for one that does not answer.
SLOT, LIVE, AWAY = "slot", "live", "away"


class Heard(msgspec.Struct, frozen=True):
    """What one channel sends in a slot; `event` is its engine's word for it.

    Title and speaker are those of the piece that is really heard, and empty while the station
    fills: in place of a piece that is missing or was taken down, or while a presenter is away.
    `presenters` is how many are connected, heard or not.
    """

    channel: int
    slot_number: int
    event: str
    title: str = ""
    speaker: str = ""
    presenters: int = 0

    @property
    def instead(self) -> bool:
        """Whether something else than the air log meant is known to be heard."""
        return self.event not in (SLOT, LIVE, AWAY)

    def words(self, station_name: str) -> str:
        """One line for a listener's own player, in the order that players expect."""
        if not self.title:
            return station_name
        return f"{self.speaker} - {self.title}" if self.speaker else self.title


class Snapshot(msgspec.Struct, frozen=True):
    """What every channel sent at an instant."""

    at: datetime
    channels: tuple[Heard, ...]


def heading(kind: LineKind, title: str, seconds: int) -> str:
    """What a member's piece is, in words: its title, or the silence and its cause."""
    if kind is LineKind.SILENCE:
        said = _("%(length)s of silence for %(cause)s", length=length(seconds), cause=title)
        return said[:1].upper() + said[1:]
    return title


def hearing(
    channel: int, status: EngineStatus | None, programme: Programme, on_air: int, slot_seconds: int
) -> Heard:
    """What a channel sends in the slot `on_air`; the engine alone knows what it really is."""
    event = (status and status.event) or AWAY
    slot = status.slot if status is not None and event == SLOT else on_air
    presenters = status.presenters if status is not None else 0
    line = programme.line(channel, slot)
    if line is None or not _is_heard(line, event):
        return Heard(channel, slot, event, presenters=presenters)
    said = heading(LineKind(line.kind), line.title, slot_seconds)
    return Heard(channel, slot, event, said, line.speaker, presenters)


def _is_heard(line: Line, event: str) -> bool:
    if line.kind == LineKind.RESERVED:
        return event == LIVE
    return event == SLOT and line.kind in (LineKind.SEGMENT, LineKind.SILENCE)


def write(settings: Settings, channels: tuple[Heard, ...], now: datetime) -> None:
    """Say what is heard to whoever reads it on this host, by one rename. Raises OSError."""
    file = _file(settings)
    part = file.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(Snapshot(now, channels)))
    part.replace(file)


def read(settings: Settings, now: datetime) -> dict[int, Heard]:
    """What is heard, by channel; nothing when playout did not say so a moment ago."""
    try:
        said = msgspec.json.decode(_file(settings).read_bytes(), type=Snapshot)
    except (OSError, msgspec.DecodeError):
        return {}
    if abs(now.astimezone(UTC) - said.at) > FRESH:
        return {}
    return {one.channel: one for one in said.channels}


def _file(settings: Settings) -> Path:
    return settings.run_folder / FILE
