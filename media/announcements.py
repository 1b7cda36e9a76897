"""Everything that the station says by itself has its words here, in a member's language."""

from media.words import ENGLISH, said

IDENT = "{length} of {name}"
IDENT_WITH_PLACE = "{length} of {name}, from {place}"
OPENING = "{who} dedicates the next {length} to silence."
CLOSING = "The silence is over. Thank you for keeping it with us."
MINUTE, MINUTES = "one minute", "{number} minutes"
SECOND, SECONDS = "one second", "{number} seconds"
NUMBERS = (
    *("two", "three", "four", "five", "six", "seven"),
    *("eight", "nine", "ten", "eleven", "twelve"),
)
# What each language's catalogue has its own words for.
WORDS = (IDENT, IDENT_WITH_PLACE, OPENING, CLOSING, MINUTE, MINUTES, SECOND, SECONDS, *NUMBERS)

# Languages that espeak-ng 1.51 speaks; the others are read by the station's voice.
VOICES = {"af": "af"}


def voice(language: str, station_voice: str) -> str:
    """The espeak-ng voice that says something in a language."""
    return VOICES.get(language, station_voice)


def ident_words(name: str, place: str, slot_seconds: float, language: str = ENGLISH) -> str:
    """What is said before a member's piece: Five minutes of Janet, from Harare.

    A place may be missing.
    """
    words = said(IDENT_WITH_PLACE if place else IDENT, language)
    told = words.format(length=length(slot_seconds, language), name=name, place=place)
    return told[:1].upper() + told[1:]


def without_place(words: str) -> str:
    """The words of an ident without what follows their last comma, which is the place."""
    return words.rpartition(",")[0] or words


def opening_words(who: str, cause: str, seconds: float, language: str = ENGLISH) -> str:
    """What is said before so much quiet; a cause may be missing."""
    told = said(OPENING, language).format(who=who, length=length(seconds, language))
    return f"{told} {cause.rstrip('.')}." if cause else told


def closing_words(language: str = ENGLISH) -> str:
    """What is said after it."""
    return said(CLOSING, language)


def station_words(station: str) -> str:
    """The ident of a station that has none of its own."""
    return f"You are listening to {station}."


def emergency_words(station: str) -> str:
    """What is said when nothing else can be played."""
    return f"This is {station}. We will be back with the programme in a moment."


def length(seconds: float, language: str = ENGLISH) -> str:
    """A length as it is said: five minutes, one minute 30 seconds."""
    minutes, rest = divmod(round(seconds), 60)
    told = []
    if minutes:
        told.append(_counted(minutes, MINUTE, MINUTES, language))
    if rest or not minutes:
        told.append(_counted(rest, SECOND, SECONDS, language))
    return " ".join(told)


def _counted(count: int, one: str, many: str, language: str) -> str:
    """So many of something, small numbers in words."""
    if count == 1:
        return said(one, language)
    small = range(2, 2 + len(NUMBERS))
    number = said(NUMBERS[count - 2], language) if count in small else str(count)
    return said(many, language).format(number=number)
