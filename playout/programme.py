"""The programme is the air log on playout's own disk: it can be read while the database is away."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from playout.compose import Line

FILE = "programme.json"


@dataclass(frozen=True)
class Programme:
    """The lines of every channel: about a week of slots to come, and a few that are over."""

    lines: tuple[Line, ...] = ()

    @cached_property
    def _by_place(self) -> dict[tuple[int, int], Line]:
        return {(line.channel, line.slot_number): line for line in self.lines}

    def line(self, channel: int, slot_number: int) -> Line | None:
        """What a slot is meant to carry; None when nothing is planned."""
        return self._by_place.get((channel, slot_number))


def write(folder: Path, programme: Programme) -> None:
    """Put a programme in place by one rename, if it says anything new. Raises OSError."""
    file = folder / FILE
    content = msgspec.json.encode(programme.lines)
    if not file.exists() or file.read_bytes() != content:
        part = file.with_suffix(".part")
        part.write_bytes(content)
        part.replace(file)


def read(folder: Path) -> Programme:
    """The programme that was written last; an empty one where there is none that can be read."""
    try:
        content = (folder / FILE).read_bytes()
        return Programme(msgspec.json.decode(content, type=tuple[Line, ...]))
    except (OSError, msgspec.DecodeError):
        return Programme()


class Reader:
    """Reads the programme again only when another was put in place."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self._programme = Programme()

    def now(self) -> Programme:
        """The programme as it is on disk."""
        try:
            status = (self._folder / FILE).stat()
        except OSError:
            return self._programme
        seen = status.st_ino, status.st_mtime_ns
        if seen != self._seen:
            self._programme, self._seen = read(self._folder), seen
        return self._programme
