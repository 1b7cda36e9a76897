"""A FLAC file says in its first 42 bytes how long it is."""

from dataclasses import dataclass
from pathlib import Path

# RFC 9639, sections 6 and 8.2: the marker, one metadata block header, STREAMINFO first.
_HEAD_BYTES = 42
_STREAMINFO = 0


@dataclass(frozen=True, slots=True)
class FlacLength:
    """Samples a channel, and how many of them make a second."""

    samples: int
    rate_hz: int

    def is_exactly(self, seconds: int) -> bool:
        """Whether it lasts that long, to the sample."""
        return self.samples == seconds * self.rate_hz


def length_of(file: Path) -> FlacLength | None:
    """How long a file says it is; None when it is no FLAC file. Raises OSError."""
    with file.open("rb") as opened:
        return parse_length(opened.read(_HEAD_BYTES))


def parse_length(head: bytes) -> FlacLength | None:
    """The same, from a file's first 42 bytes."""
    if len(head) < _HEAD_BYTES or head[:4] != b"fLaC" or head[4] & 0x7F != _STREAMINFO:
        return None
    # 20 bits of rate, 3 of channels, 5 of sample size, 36 of samples.
    packed = int.from_bytes(head[18:26], "big")
    rate_hz, samples = packed >> 44, packed & (1 << 36) - 1
    return FlacLength(samples, rate_hz) if rate_hz and samples else None
