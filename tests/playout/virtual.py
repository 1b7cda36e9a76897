"""Engines that only say what they would send: a week of them passes in seconds."""

import json
import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from playout import takedown
from playout.care import Care, Seen, care_for, pause_after
from playout.disk import AirFolder
from playout.flac import length_of

OPENING_SECONDS = 4


@dataclass(frozen=True)
class Heard:
    """What a listener would have heard from an instant until another, in seconds of Unix time.

    `sha256` is the master's; there is none while anything but a slot is heard.
    """

    slot: int
    sha256: str
    start: float
    end: float


@dataclass
class VirtualEngine:
    """Does as the script does, without its sound: the slot that lies in its folder, or else fill.

    Control finds in it all that it asks an engine for, and it is cared for as a real one is.
    """

    folder: AirFolder
    channel: int
    dice: random.Random
    status: None = None
    truth: list[Heard] = field(default_factory=list)
    alive: bool = False
    stopped_at: float | None = None
    ready_at: float = 0
    started_at: float = 0
    start_after: float = 0
    pause_seconds: float = 0
    _playing: Heard | None = None
    _told_at: float = 0
    _died: bool = False

    @property
    def name(self) -> str:
        return f"channel-{self.channel}"

    @property
    def events_file(self) -> Path:
        return self.folder.events(self.name)

    def live_on(self, now: float, *, attended: bool) -> None:
        """What it does at an instant, and what is done for it when somebody is there."""
        if attended:
            self._be_cared_for(now)
        if self.alive and self.stopped_at is None and now >= self.ready_at:
            self._play(now)

    def _be_cared_for(self, now: float) -> None:
        if self._died:
            self._be_found_dead(now)
        moved_at = self.stopped_at or (now if now >= self.ready_at else None)
        care = care_for(Seen(self.alive, self.started_at, moved_at, self.start_after), now)
        if care is Care.START:
            self.alive, self.started_at, self.ready_at = True, now, now + OPENING_SECONDS
            self._tell("up", now, -1)
        elif care is Care.KILL:
            self.die(now)

    def stop(self, now: float) -> None:
        """Hang: alive, and unheard."""
        if self.alive and self.stopped_at is None:
            self.stopped_at = now
            self._end(now)

    def die(self, now: float) -> None:
        """Be killed."""
        if self.alive:
            self._end(now)
            self.alive, self.stopped_at, self._died = False, None, True

    def _be_found_dead(self, now: float) -> None:
        """Supervision tells when it was last heard, to a second, and starts it again."""
        self.pause_seconds = pause_after(now - self.started_at, self.pause_seconds)
        self.start_after = now + self.pause_seconds
        self._died = False
        last = self.truth[-1].end if self.truth else now
        self._tell("down", last - self.dice.random(), -1)

    def _play(self, now: float) -> None:
        slot = int(now // self.folder.slot_seconds)
        if takedown.is_marked(self.folder, (self.channel, slot)):
            self._hear(slot, "", now)
        elif self._playing is None or self._playing.slot != slot or not self._playing.sha256:
            self._hear(slot, self._loaded(slot), now)

    def _loaded(self, slot: int) -> str:
        """The master that lies there for a slot, when it can be played."""
        for kind in (".silence", ""):
            file = self.folder.channel(self.channel) / f"{slot}{kind}.flac"
            length = length_of(file) if file.is_file() else None
            if length is not None and length.is_exactly(self.folder.slot_seconds):
                return file.readlink().stem
        return ""

    def _hear(self, slot: int, sha256: str, now: float) -> None:
        # What is nobody's is one stretch, however many slots it covers.
        if self._playing is None or (slot, sha256) != (self._playing.slot, self._playing.sha256):
            self._end(now)
            self._playing = Heard(slot, sha256, now, now)
            self._tell("slot" if sha256 else "fill", now, slot)

    def _end(self, now: float) -> None:
        if self._playing is not None:
            self.truth.append(replace(self._playing, end=now))
        self._playing = None

    def _tell(self, event: str, at: float, slot: int) -> None:
        self._told_at = max(at, self._told_at)
        line = {"event": event, "at_ms": round(self._told_at * 1000), "slot": slot, "offset_ms": 0}
        with self.events_file.open("a") as file:
            file.write(json.dumps(line) + "\n")
