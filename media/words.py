"""What is told in English is told in a member's own language wherever that has the words.

The catalogues are gettext's: `languages/CODE.po`, with the English sentence as the source.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

ENGLISH = "en"
LANGUAGES_FOLDER = Path(__file__).parent / "languages"


def said(text: str, language: str) -> str:
    """An English text in a language, or as it is where that language has no words for it."""
    return catalogue(language).get(text, text)


@cache
def languages() -> Mapping[str, Path]:
    """The catalogue of each language there is, by its code."""
    return {file.stem: file for file in sorted(LANGUAGES_FOLDER.glob("*.po"))}


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """The words of a language by their English; none for a language without a catalogue."""
    file = languages().get(language)
    if file is None:
        return {}
    # Most of what is read is English: only another language pays for reading catalogues.
    from babel.messages.pofile import read_po

    with file.open("rb") as stream:
        messages = read_po(stream, locale=language)
        return {str(one.id): str(one.string) for one in messages if one.id and one.string}
