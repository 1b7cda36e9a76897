"""Counts and lengths of time are said in words, on a page and on air alike."""

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MINUTE = 60


def counted(number: int, noun: str) -> str:
    """A count with its noun: one minute, five minutes, 20 minutes."""
    said = NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"
    return f"{said} {noun}" if number == 1 else f"{said} {noun}s"


def length(seconds: int) -> str:
    """A length of time: five minutes, six seconds, 90 seconds."""
    minutes, rest = divmod(seconds, MINUTE)
    return counted(seconds, "second") if rest or not minutes else counted(minutes, "minute")
