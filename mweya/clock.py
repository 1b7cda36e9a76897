"""Whether anybody corrects this machine's clock is known by its kernel, whoever it is."""

import ctypes

# The kernel's greatest error grows by 500 ppm until somebody corrects the clock, up to this: the
# sign by which systemd too knows that none does, after nine hours (adjtimex(2); its ntp_synced).
NOBODY_MICROSECONDS = 16_000_000


class _Timex(ctypes.Structure):
    """The head of `struct timex`, and room for the rest of it (adjtimex(2))."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_long * 32),
    )


def is_kept(greatest_error_microseconds: int) -> bool:
    """Whether NTP (timesyncd, chrony, ntpd) or somebody like it corrects the clock."""
    return greatest_error_microseconds < NOBODY_MICROSECONDS


def greatest_error_microseconds() -> int | None:
    """By how much the kernel reckons that the clock may be off; None where it does not say."""
    timex = _Timex(modes=0)  # asks, and changes nothing
    try:
        answer = ctypes.CDLL(None).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    return int(timex.maxerror) if answer >= 0 else None
