"""What playout asks of a running channel, and tells it: integers only, both ways."""

from pathlib import Path

import msgspec

from playout.liquidsoap import wire
from station.errors import Fault


class EngineStatus(msgspec.Struct, frozen=True):
    """What a channel says of itself.

    `event` is what is heard (`slot`, `live`, `fill`, `emergency`, `floor`) since slot `slot`;
    `even` and `odd` are the slots that its two players hold (-1: none); `stream_ms` counts the
    sound made since its start; `clock_error_ms` is how far the stream was from the wall clock;
    `presenters` is how many are connected, heard or not.
    """

    event: str
    slot: int
    even: int
    odd: int
    stream_ms: int
    clock_error_ms: int
    presenters: int = 0

    @property
    def loaded(self) -> frozenset[int]:
        """The slots whose masters are loaded."""
        return frozenset((self.even, self.odd)) - {-1}


def status(path: Path) -> EngineStatus:
    """How a channel is. Raises Fault when it doesn't say so in time."""
    try:
        return msgspec.json.decode(wire.ask(path, "mweya.status"), type=EngineStatus)
    except msgspec.ValidationError as problem:
        raise Fault(f"Liquidsoap at {path} answers nonsense: {problem}", permanent=False) from None


def again(path: Path, slot: int) -> None:
    """Have a slot's master loaded anew, because it was replaced on disk. Raises Fault."""
    wire.ask(path, f"mweya.again {slot:d}")


def takedown(path: Path, slot: int) -> None:
    """Take a slot off the air, or keep it from going on. Raises Fault."""
    wire.ask(path, f"mweya.takedown {slot:d}")
