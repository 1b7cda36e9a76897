"""What is said in English is said in a person's own language wherever a catalogue has the words.

The catalogues are gettext's: `languages/CODE.po`, with the English sentence as the source. Which
language is spoken belongs to the request, or to the letter, that is being answered or written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

ENGLISH = "en"
LANGUAGES_FOLDER = Path(__file__).parent / "languages"

_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def gettext(text: str, **facts: object) -> str:
    """An English sentence in the language that is spoken, with its `%(name)s` filled in."""
    # A catalogue's own head stands under the empty sentence.
    said = _catalogue(_spoken.get()).gettext(text) if text else text
    return said % facts if facts else said


def ngettext(one: str, many: str, number: int, **facts: object) -> str:
    """A sentence about one thing, or about several, with `%(num)s` as their number."""
    return unfilled(one, many, number) % {"num": number, **facts}


def unfilled(one: str, many: str, number: int) -> str:
    """The same before its facts are filled in, for templates that do so themselves."""
    return _catalogue(_spoken.get()).ngettext(one, many, number)


def dated(local: date, pattern: str) -> str:
    """A date in the language that is spoken, by a pattern of Unicode's TR 35: EEEE d MMMM."""
    from babel.dates import format_date

    said: str = format_date(local, pattern, locale=_spoken.get())
    # Unicode's isiZulu begins a day's name as a sentence begins: ULwesithathu is uLwesithathu.
    return said[:1].lower() + said[1:] if said[:2].isupper() else said


def marked(text: str) -> str:
    """Mark a sentence that is kept as it is, and translated by `gettext` where it is shown."""
    return text


def spoken() -> str:
    """The code of the language that is spoken."""
    return _spoken.get()


def speak(language: str) -> None:
    """Speak a language from now on in this thread; English where there is no catalogue."""
    _spoken.set(language if language in known() else ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = _spoken.set(language if language in known() else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(before)


@cache
def known() -> tuple[str, ...]:
    """The codes of the languages that can be spoken, English first."""
    return (ENGLISH, *sorted(file.stem for file in LANGUAGES_FOLDER.glob("*.po")))


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    # Most of what is read is English: only another language pays for reading catalogues.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    with (LANGUAGES_FOLDER / f"{language}.po").open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
