"""A member is told in words what is wrong with a recording and what to do about it.

A verdict is a list of findings. One that stops the recording makes it rejected; the others
only tell what was noticed or put right. A finding is a code with its facts: its sentence is
made when it is read, in the language of whoever reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from media.words import ENGLISH, said

Fact = str | int | float

# A fact with this ending is a length, and is written as people say it.
SECONDS = "_seconds"
HOURS = "{hours} h {minutes} min"


class Outcome(StrEnum):
    """Whether a recording can air."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Line:
    """What one code says, and whether it stops the recording."""

    stops: bool
    sentence: str


# A code stays what it is: verdicts are kept for as long as their recordings.
LINES: Mapping[str, Line] = {
    "empty": Line(True, "The file is empty or incomplete: please send it again."),
    "not-audio": Line(
        True, "This is {what}, not a recording. Please send the voice note or sound file itself."
    ),
    "no-sound": Line(
        True, "There is no sound in this file. Please send the voice note or sound file itself."
    ),
    "codec-unknown": Line(
        True,
        "It was recorded in a way that we can't read. Please send it as m4a, mp3, ogg or wav.",
    ),
    "too-many-channels": Line(
        True,
        "It has {channels} channels, and we can read up to {most}. Please save it in stereo.",
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
    "too-damaged": Line(
        True,
        "Damaged: about {lost_seconds} could not be read, and only {kept_seconds} were left: "
        "please send it again.",
    ),
    "truncated": Line(
        True, "Only {arrived_seconds} of {whole_seconds} arrived: please send it again."
    ),
    "cut-short": Line(True, "Only {percent} % of the file arrived: please send it again."),
    "too-long": Line(
        True,
        "Too long by {over_seconds}: it lasts {length_seconds} and the limit is {limit_seconds}. "
        "Let us fade it out at {limit_seconds}, spread it over two of your weeks, or send another.",
    ),
    "too-long-for-two": Line(
        True,
        "Too long by {over_seconds}, even for two weeks: it lasts {length_seconds} and the limit "
        "is {limit_seconds}. Let us fade it out after one week's part, or send another.",
    ),
    "far-too-long": Line(
        True,
        "Too long: it lasts {length_seconds}; the limit is {limit_seconds}. Let us fade it out, "
        "or send a shorter one.",
    ),
    "endless": Line(
        True,
        "Too long: it lasts more than {heard_seconds}; the limit is {limit_seconds}. Let us fade "
        "it out, spread it over two of your weeks, or send a shorter one.",
    ),
    "endless-for-two": Line(
        True,
        "Too long, even for two weeks: it lasts more than {heard_seconds}; the limit is "
        "{limit_seconds}. Let us fade it out, or send a shorter one.",
    ),
    "fill-too-long": Line(
        True, "Too long for this kind of fill: the limit is {limit_seconds}. Bring a shorter one."
    ),
    "one-part": Line(
        True,
        "It lasts {length_seconds} and fits into one week: nothing is left for a second one. "
        "Send another for this week.",
    ),
    "too-short": Line(
        True,
        "Too short: there are {length_seconds} of sound, and at least {least_seconds} are needed. "
        "Please record a longer one.",
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
        "Mostly silence: {length_seconds} of sound in {whole_seconds}. Cut it to what should be "
        "heard, or dedicate the slot to silence.",
    ),
    "unmasterable": Line(
        True,
        "We could not bring this recording to the station's loudness: it is made of very short, "
        "very loud sounds. Please record it again.",
    ),
    "damaged": Line(
        False,
        "Damaged: about {lost_seconds} could not be read. The other {kept_seconds} can air; "
        "sending it again may bring back the rest.",
    ),
    "clipped": Line(
        False,
        "It is distorted in loud passages, because it was recorded too loud. It can air; next "
        "time keep the phone a little further away.",
    ),
    "hum": Line(
        False,
        "It hums, as near a mains cable. It can air; let us take the hum away, or next time "
        "record away from cables and chargers.",
    ),
    "one-channel": Line(False, "One of its two channels was empty: we used the other for both."),
    "antiphase": Line(
        False, "Its two channels cancelled each other out: we used the left one for both."
    ),
    "offset": Line(False, "Its sound lay off centre, as from a faulty microphone: we put it back."),
    "trimmed": Line(False, "We cut {length_seconds} of quiet from its beginning and end."),
    "lifted": Line(False, "It was quiet: we made it {gain} dB louder."),
    "cleaned": Line(False, "We took hum and rumble out of it, as you asked."),
    "levelled": Line(False, "We brought its quiet and loud passages closer, as you asked."),
    "faded-out": Line(False, "It was faded out at {limit_seconds}, as you asked."),
    "spread": Line(False, "It is spread over two weeks, as you asked: this is part {part} of 2."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: a code of `LINES`, and the facts that its sentence needs."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether the recording can't air because of it."""
        return LINES[self.code].stops

    @property
    def sentence(self) -> str:
        """What it says in English."""
        return sentence(self.code, self.facts)


def found(code: str, **facts: Fact) -> Finding:
    """A finding with its facts; lengths are named `…_seconds`."""
    return Finding(code, facts)


def sentence(code: str, facts: Mapping[str, Fact], language: str = ENGLISH) -> str:
    """What a code and its facts say in a language, or in English where that has no words for it.

    Raises KeyError for an unknown code or a missing fact.
    """
    spoken = {name: _spoken(name, fact, language) for name, fact in facts.items()}
    return said(LINES[code].sentence, language).format(**spoken)


def outcome(findings: Sequence[Finding]) -> Outcome:
    """Rejected when any finding stops the recording."""
    stopped = any(finding.stops for finding in findings)
    return Outcome.REJECTED if stopped else Outcome.ACCEPTED


def _spoken(name: str, fact: Fact, language: str) -> str:
    if name.endswith(SECONDS) and not isinstance(fact, str):
        return clock(fact, language)
    return said(fact, language) if isinstance(fact, str) else str(fact)


def clock(seconds: float, language: str = ENGLISH) -> str:
    """A length as people write it: 8 s, 2:30, 6 h 0 min."""
    whole = round(seconds)
    if seconds < 10 and round(seconds, 1) != whole:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    if whole < 60:  # noqa: PLR2004
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:  # noqa: PLR2004
        return f"{minutes}:{rest:02}"
    return said(HOURS, language).format(hours=minutes // 60, minutes=minutes % 60)
