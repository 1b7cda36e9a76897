"""Whoever reads isiZulu meets no English sentence of ours, on any page of any role."""

import html
import re

import pytest

from station.languages import LANGUAGES_FOLDER
from station.members import Person
from tests.languages.gather import read
from tests.web.reach.full import full_station
from tests.web.reach.pages import AREAS, addresses
from tests.web.visitor import Visitor

FACT = re.compile(r"%\(\w+\)s")
# Some parts say themselves that they are in English: what programs read is.
IN_ENGLISH = re.compile(r'<div lang="en">.*?</div>', re.DOTALL)
OK = 200


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    with full_station(tmp_path_factory.mktemp("pages")) as filled:
        with filled.database.writing() as session:
            for person in filled.people.values():
                session.get_one(Person, person.id).language = "zu"
        yield filled


@pytest.fixture(scope="module")
def english() -> list[tuple[str, ...]]:
    """The sentences that the catalogue has other words for, in the parts between their facts."""
    return [
        tuple(part.replace("%%", "%") for part in FACT.split(text))
        for one in read(LANGUAGES_FOLDER / "zu.po")
        for text, words in zip(both(one.id), both(one.string), strict=True)
        if text != words and " " in FACT.sub("", text).strip() and "{" not in text
    ]


def stands(parts: tuple[str, ...], page: str) -> bool:
    """Whether a sentence is on a page, whatever its facts are."""
    if not all(part in page for part in parts):
        return False
    words = "[^<>]{1,80}".join(re.escape(part) for part in parts)
    return re.search(rf"(?<![\w-]){words}(?!\w)", page) is not None


def both(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.mark.parametrize("role", AREAS)
def test_whoever_reads_isizulu_meets_no_english_sentence(station, english, role):
    visitor = Visitor(station.app().test_client())
    if role != "nobody":
        visitor.enter(station.link(role).removeprefix(station.url))
    met = set()
    for _route, english_address in addresses(station, role):
        # What all are answered alike names its language in its address.
        address = english_address.replace("/now/en", "/now/zu")
        answer = visitor.client.get(address, headers={"Accept-Language": "zu"})
        if answer.status_code == OK and answer.mimetype == "text/html":
            page = html.unescape(answer.text)
            assert '<html lang="zu">' in page, address
            rest = IN_ENGLISH.sub("", page)
            met |= {(address, parts) for parts in english if stands(parts, rest)}
        answer.close()
    assert met == set()
