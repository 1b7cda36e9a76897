"""Debian's libebur128-1 is met here, by ctypes: 1.2.6 on Debian 12 and 13."""

import ctypes
from functools import cache

from station.errors import Fault

LIBRARY = "libebur128.so.1"
PACKAGE = "libebur128-1"

# ebur128.h, enum mode and enum channel.
INTEGRATED = 1 << 2 | 1 << 0
RANGE = 1 << 3 | 1 << 1 | 1 << 0
TRUE_PEAK = 1 << 5 | 1 << 4 | 1 << 0
DUAL_MONO = 6


@cache
def library() -> ctypes.CDLL:
    """The loaded library. Raises Fault naming the package when it is missing."""
    try:
        found = ctypes.CDLL(LIBRARY)
    except OSError:
        raise Fault(
            f"Loudness can't be measured: install the package {PACKAGE}.", permanent=True
        ) from None
    state, whole, number = ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(ctypes.c_double)
    found.ebur128_init.restype = state
    found.ebur128_init.argtypes = [whole, ctypes.c_ulong, ctypes.c_int]
    found.ebur128_destroy.argtypes = [ctypes.POINTER(state)]
    found.ebur128_set_channel.argtypes = [state, whole, ctypes.c_int]
    for add in (found.ebur128_add_frames_float, found.ebur128_add_frames_short):
        add.argtypes = [state, ctypes.c_void_p, ctypes.c_size_t]
    found.ebur128_loudness_global.argtypes = [state, number]
    found.ebur128_loudness_range.argtypes = [state, number]
    found.ebur128_true_peak.argtypes = [state, whole, number]
    return found


def library_version() -> str:
    """The library's version, like 1.2.6. Raises Fault when it is missing."""
    parts = [ctypes.c_int() for _ in range(3)]
    library().ebur128_get_version(*(ctypes.byref(part) for part in parts))
    return ".".join(str(part.value) for part in parts)
