"""What the engines play lies on the playout host's own disk: masters once, slots as links to them.

`<air>/masters/<sha256>.flac` is a master, checked by hash and length as it came in.
`<air>/<channel>/<slot>.flac` (or `<slot>.silence.flac`) points to one; `<air>/fill/` holds links
to what plays when a slot has no file, `<air>/emergency/` to what is heard on the fallback mounts.
A link is put in place by one rename, so an engine never sees half of anything, and the folder
itself says what is placed.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playout.emergency import write_chord
from playout.flac import length_of
from playout.moves import SlotFile
from station.errors import Fault
from station.settings import Settings

_NO_LINK = ""
_SLOT_FILE = re.compile(r"(\d+)(\.silence)?\.flac")


@dataclass(frozen=True, slots=True)
class AirFolder:
    """The folder that a playout host lives on."""

    root: Path
    channels: int
    slot_seconds: int

    @classmethod
    def of(cls, settings: Settings) -> "AirFolder":
        """A station's own."""
        return cls(settings.air_folder, settings.channels, settings.station.slot_seconds)

    @property
    def masters(self) -> Path:
        """Where each master lies once."""
        return self.root / "masters"

    @property
    def fill(self) -> Path:
        """The station's own pieces, played when a slot has no file."""
        return self.root / "fill"

    @property
    def emergency(self) -> Path:
        """What is heard while a channel's engine is away."""
        return self.root / "emergency"

    @property
    def chord(self) -> Path:
        """What plays when nothing else is left."""
        return self.root / "chord.wav"

    def channel(self, channel: int) -> Path:
        """A channel's slots."""
        return self.root / str(channel)

    @property
    def nobody(self) -> Path:
        """A channel's folder that stays empty, for the engine behind the fallback mounts."""
        return self.root / "none"

    def events(self, name: str) -> Path:
        """Where an engine writes down what it sends."""
        return self.root / "events" / f"{name}.jsonl"

    def make(self) -> None:
        """Make the folders that are missing."""
        folders = [self.channel(number) for number in range(self.channels)]
        folders += [self.masters, self.fill, self.emergency, self.nobody, self.root / "events"]
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        write_chord(self.chord)

    def held(self) -> frozenset[str]:
        """The masters that are here."""
        names = os.listdir(self.masters)  # noqa: PTH208  a week has thousands, and this is soon done
        return frozenset(name.removesuffix(".flac") for name in names if name.endswith(".flac"))

    def placed(self) -> frozenset[SlotFile]:
        """The slots' files whose masters are here."""
        found = set()
        held = {*self.held(), _NO_LINK}
        for channel in range(self.channels):
            for entry in os.scandir(self.channel(channel)):
                match = _SLOT_FILE.fullmatch(entry.name)
                if match and (sha256 := _master_of(entry)) in held:
                    found.add(SlotFile(int(match[1]), channel, sha256, bool(match[2])))
        return frozenset(found)

    def fetch(self, source: Path, sha256: str) -> None:
        """Bring a master here. Raises Fault when it is missing, damaged or of the wrong length."""
        part = self.masters / f".{sha256}.part"
        try:
            part.unlink(missing_ok=True)
            _link_or_copy(source, part)
            self._check(part, sha256)
            part.replace(self.masters / f"{sha256}.flac")
        except OSError as problem:
            raise Fault(f"Master {sha256} can't be fetched: {problem}", permanent=False) from None
        finally:
            part.unlink(missing_ok=True)

    def is_whole(self, sha256: str) -> bool:
        """Whether a master that was brought here is still what it was."""
        try:
            self._check(self.masters / f"{sha256}.flac", sha256)
        except (OSError, Fault):
            return False
        return True

    def place(self, file: SlotFile) -> None:
        """Put a slot's file in place."""
        self._point(self._path(file), Path("..") / "masters" / f"{file.sha256}.flac")

    def remove(self, file: SlotFile) -> None:
        """Take a slot's file away."""
        self._path(file).unlink(missing_ok=True)

    def forget(self, sha256: str) -> None:
        """Delete a master."""
        (self.masters / f"{sha256}.flac").unlink(missing_ok=True)

    def keep_own(self, fills: Iterable[str], emergencies: Iterable[str]) -> None:
        """Let the fill and emergency folders point to those of the station's masters that are here.

        A station without fill plays its emergency piece instead.
        """
        held = self.held()
        urgent = {sha256 for sha256 in emergencies if sha256 in held}
        ordinary = {sha256 for sha256 in fills if sha256 in held}
        self._keep_links(self.emergency, urgent or ordinary)
        self._keep_links(self.fill, ordinary or urgent)

    def _keep_links(self, folder: Path, wanted: set[str]) -> None:
        there = {entry.stem for entry in folder.glob("*.flac")}
        for sha256 in wanted - there:
            self._point(folder / f"{sha256}.flac", Path("..") / "masters" / f"{sha256}.flac")
        for sha256 in there - wanted:
            (folder / f"{sha256}.flac").unlink()

    def _path(self, file: SlotFile) -> Path:
        kind = ".silence" if file.silence else ""
        return self.channel(file.channel) / f"{file.slot}{kind}.flac"

    def _point(self, link: Path, target: Path) -> None:
        part = link.with_name(f".{link.name}.part")
        part.unlink(missing_ok=True)
        part.symlink_to(target)
        part.replace(link)

    def _check(self, file: Path, sha256: str) -> None:
        with file.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        if found != sha256:
            raise Fault(f"Master {sha256} is damaged: its hash is {found}", permanent=True)
        length = length_of(file)
        if length is None or not length.is_exactly(self.slot_seconds):
            raise Fault(
                f"Master {sha256} is not exactly {self.slot_seconds} s long", permanent=True
            )


def _master_of(entry: os.DirEntry[str]) -> str:
    """Whose link a slot's file is."""
    if not entry.is_symlink():
        return _NO_LINK
    return os.readlink(entry.path).rpartition("/")[2].removesuffix(".flac")  # noqa: PTH115  as above


def _link_or_copy(source: Path, target: Path) -> None:
    """A hard link costs nothing and outlives the original; another disk needs a copy."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)
