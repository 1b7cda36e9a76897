"""MPEG audio and ADTS have no magic: three frames that follow one another are one."""

from collections.abc import Callable
from dataclasses import dataclass

SYNC = 0xFF
SEARCHED_BYTES = 1 << 15
IN_A_ROW = 3
# Kilobits a second by version and layer (ISO 11172-3 section 2.4.2.3, ISO 13818-3).
_BITRATES = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = (44_100, 48_000, 32_000)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the first frame of a stream of frames begins, and of which kind it is."""

    start: int
    adts: bool


def first_frame(head: bytes) -> Frame | None:
    """The first of three frames that follow one another; None where there are none."""
    start = head.find(SYNC, 0, SEARCHED_BYTES)
    while start >= 0:
        for adts, length_of in ((True, _adts_length), (False, _mpeg_length)):
            if _chain(head, start, length_of):
                return Frame(start, adts)
        start = head.find(SYNC, start + 1, SEARCHED_BYTES)
    return None


def _chain(head: bytes, start: int, length_of: Callable[[bytes], int]) -> bool:
    first = start
    for _ in range(IN_A_ROW):
        length = length_of(head[start : start + 6])
        if length == 0:
            return False
        start += length
        if start + 6 > len(head):
            # A file so short that its frames end with it.
            return start == len(head) and first == 0
    return True


def _mpeg_length(header: bytes) -> int:
    """The bytes of the MPEG audio frame that begins so; 0 when none does."""
    if len(header) < 4 or header[0] != SYNC or header[1] & 0xE0 != 0xE0:  # noqa: PLR2004
        return 0
    version, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer == 4 or bitrate in {0, 15} or rate == 3:  # noqa: PLR2004
        return 0
    kilobits = _BITRATES[1 if version == 3 else 2, layer][bitrate - 1]  # noqa: PLR2004
    rate_hz = _RATES_HZ[rate] >> {3: 0, 2: 1, 0: 2}[version]
    padding = header[2] >> 1 & 1
    if layer == 1:
        return (12_000 * kilobits // rate_hz + padding) * 4
    coefficient = 72_000 if layer == 3 and version != 3 else 144_000  # noqa: PLR2004
    return coefficient * kilobits // rate_hz + padding


def _adts_length(header: bytes) -> int:
    """The bytes of the ADTS frame that begins so (ISO 13818-7 section 6.2); 0 when none does."""
    if len(header) < 6 or header[0] != SYNC or header[1] & 0xF6 != 0xF0:  # noqa: PLR2004
        return 0
    if header[2] >> 2 & 0xF > 12:  # noqa: PLR2004  13 sampling rates are defined
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0  # noqa: PLR2004
