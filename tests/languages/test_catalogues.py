"""All that is said has its words in isiZulu; the core pages have them in chiShona and Afrikaans."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from station.languages import LANGUAGES_FOLDER
from tests.languages import gather

COMPLETE = ("zu",)
BEGUN = ("af", "sn")
# What a member meets first, which every language must have words for.
CORE = (
    *("web/signin.py", "web/templates/signin.html", "web/templates/sent.html"),
    *("web/templates/enter.html", "web/templates/base.html", "station/ways_in.py"),
    *("web/member/answers.py", "web/member/stages.py", "web/member/use.py"),
    *("web/member/templates/member/page.html", "web/member/templates/member/right.html"),
    *("web/member/templates/member/upload.html", "web/words.py", "station/lengths.py"),
    *("web/member/checks.py", "web/pwa/templates/pwa/recorder.html", "web/refusals.py"),
    *("web/pwa/templates/pwa/kept.html", "web/pwa/templates/pwa/offline.html"),
)
FACT = re.compile(r"%\((\w+)\)([sd])|(%%)|\{(\w+)\}")
MARKUP = re.compile(r"</?\w[^>]*>")


@pytest.fixture(scope="module")
def said() -> Catalog:
    return gather.gathered()


@pytest.fixture(scope="module", params=gather.catalogues(), ids=lambda file: file.stem)
def file(request) -> Path:
    one: Path = request.param
    return one


def translated(file: Path) -> list[Message]:
    return [one for one in gather.read(file) if one.id and all(strings(one.string))]


def strings(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def facts(text: str) -> set[tuple[str, ...]]:
    return set(FACT.findall(text))


def markup(text: str) -> list[str]:
    return sorted(MARKUP.findall(text))


def test_a_catalogue_has_what_is_said_and_nothing_else(file: Path, said: Catalog):
    """When this fails: `make languages`, and translate what it says is waiting."""
    assert {one.id for one in gather.read(file) if one.id} == {one.id for one in said if one.id}


@pytest.mark.parametrize("language", COMPLETE)
def test_a_complete_language_has_words_for_everything(language: str):
    assert gather.waiting(gather.read(LANGUAGES_FOLDER / f"{language}.po")) == []


@pytest.mark.parametrize("language", BEGUN)
def test_a_language_that_was_begun_has_words_for_the_core_pages(language: str):
    catalogue = gather.read(LANGUAGES_FOLDER / f"{language}.po")
    waiting = set(gather.waiting(catalogue))
    core = [one.id for one in catalogue if {place for place, _line in one.locations} & {*CORE}]

    assert [one for one in core if strings(one)[0] in waiting] == []


def test_a_translation_names_the_same_facts_in_the_same_markup(file: Path):
    for one in translated(file):
        english, words = strings(one.id), strings(one.string)
        for word in words:
            assert facts(word) <= facts(english[-1]), one.id
            assert markup(word) == markup(english[-1]), one.id
            assert word.count("\n") == english[-1].count("\n"), one.id
        assert facts(words[-1]) == facts(english[-1]), one.id
        assert len(words) == len(english), one.id


def test_a_draft_says_who_should_read_it(file: Path):
    head = file.read_text("utf-8").partition("msgid")[0]

    assert "draft" in head
    assert "native speaker" in head
    assert "words of the house" in head
