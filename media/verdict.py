"""A member is told in words what is wrong with a recording and what to do about it.

A verdict is a list of findings. One that stops the recording makes it rejected; the others
only tell what was noticed or put right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """Whether a recording can air."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Line:
    """What one code says, and whether it stops the recording."""

    stops: bool
    sentence: str


LINES: Mapping[str, Line] = {
    "empty": Line(True, "The file is empty or incomplete: please send it again."),
    "not-audio": Line(
        True, "This is {what}, not a recording. Please send the voice note or sound file itself."
    ),
    "no-sound": Line(
        True, "There is no sound in this file. Please send the voice note or sound file itself."
    ),
    "too-big": Line(
        True, "The file has {megabytes} MB; at most {limit} MB can be sent. A voice note is enough."
    ),
    "tags-too-large": Line(
        True,
        "The file carries {megabytes} MB of tags and pictures beside its sound. "
        "Please save it again without them.",
    ),
    "unfinished": Line(
        True,
        "The phone did not finish saving this recording. Please record it again, and wait "
        "until it is saved before sending it.",
    ),
    "unreadable": Line(
        True, "The file is damaged and nothing in it can be read: please send it again."
    ),
    "truncated": Line(True, "Only {arrived} of {whole} arrived: please send it again."),
    "too-long": Line(
        True,
        "Too long by {over}: it lasts {length} and the limit is {limit}. Shorten it, or send it "
        "again and tick that it may be faded out at {limit}.",
    ),
    "far-too-long": Line(
        True, "Too long: it lasts {length} and the limit is {limit}. Please send a shorter one."
    ),
    "too-short": Line(
        True, "Too short: there are {length} of sound, and at least {least} are needed."
    ),
    "inaudible": Line(
        True,
        "We can't hear anything in this recording. Check that the microphone was on, and record "
        "it again.",
    ),
    "too-quiet": Line(
        True,
        "Too quiet: it is {under} dB too low to be put right without a roar of noise. "
        "Record it again, closer to the microphone.",
    ),
    "mostly-silent": Line(
        True,
        "Mostly silence: {length} of sound in {whole}. Cut it to what should be heard, or "
        "dedicate the slot to silence.",
    ),
    "unmasterable": Line(
        True,
        "We could not bring this recording to the station's loudness: it is made of very short, "
        "very loud sounds. Please record it again.",
    ),
    "clipped": Line(
        False,
        "It is distorted in loud passages, because it was recorded too loud. It can air; next "
        "time keep the phone a little further away.",
    ),
    "damaged": Line(
        False,
        "Damaged: about {length} could not be read. It can air without them; sending it again "
        "may help.",
    ),
    "faded-out": Line(False, "It was faded out at {limit}, as you asked."),
    "trimmed": Line(False, "We cut {length} of quiet from its beginning and end."),
    "lifted": Line(False, "It was quiet: we made it {gain} dB louder."),
    "one-channel": Line(False, "One of its two channels was empty: we used the other for both."),
    "antiphase": Line(
        False, "Its two channels cancelled each other out: we used the left one for both."
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: a code of `LINES`, and the sentence a member reads."""

    code: str
    sentence: str

    @property
    def stops(self) -> bool:
        """Whether the recording can't air because of it."""
        return LINES[self.code].stops


def found(code: str, **facts: object) -> Finding:
    """A finding with its sentence filled in. Raises KeyError for a missing fact."""
    return Finding(code, LINES[code].sentence.format(**facts))


def outcome(findings: Sequence[Finding]) -> Outcome:
    """Rejected when any finding stops the recording."""
    stopped = any(finding.stops for finding in findings)
    return Outcome.REJECTED if stopped else Outcome.ACCEPTED


def clock(seconds: float) -> str:
    """A length as people write it: 8 s, 2:30, 6 h 0 min."""
    whole = round(seconds)
    if seconds < 10 and round(seconds, 1) != whole:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    if whole < 60:  # noqa: PLR2004
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:  # noqa: PLR2004
        return f"{minutes}:{rest:02}"
    return f"{minutes // 60} h {minutes % 60} min"
