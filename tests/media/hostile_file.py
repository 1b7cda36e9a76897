"""A hostile file is a name, the making of its bytes, and the verdicts that it may get."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from media.samples import Samples
from tests.media import sounds

SLOT_SECONDS = 6


@dataclass(frozen=True, slots=True)
class Clips:
    """One clip of speech in each format, made once; and what no upload may reach.

    The canary is a sound elsewhere on the disk, the port one that nobody may call.
    """

    speech: Samples
    folder: Path
    canary: Path
    port: int
    made: dict[str, bytes] = field(default_factory=dict)

    def __getitem__(self, kind: str) -> bytes:
        if kind not in self.made:
            file = self.folder / kind
            self.made[kind] = sounds.saved(self.speech, file, sounds.FORMATS[kind]).read_bytes()
        return self.made[kind]


Make = Callable[[Clips], bytes]


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file; `told` are codes parted by `|`, or `accepted` where nothing stops it."""

    name: str
    make: Make
    told: str
    slot_seconds: int = SLOT_SECONDS

    @property
    def may_be_told(self) -> set[str]:
        return set(self.told.split("|"))


def plain(name: str, data: bytes, told: str, slot_seconds: int = SLOT_SECONDS) -> Hostile:
    """A file that needs no clip."""
    return Hostile(name, lambda _: data, told, slot_seconds)


def text(name: str, words: str, encoding: str = "utf-8") -> Hostile:
    """A text that may name the canary and the port, and is no sound."""

    def make(clips: Clips) -> bytes:
        return words.format(at=clips.canary, port=clips.port).encode(encoding)

    return Hostile(name, make, "not-audio")
