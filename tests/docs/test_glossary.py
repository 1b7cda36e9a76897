import importlib
import re
from pathlib import Path

import pytest

from station.db import Base
from station.schema import NOUNS

HOUSE = Path(__file__).parents[2]
ROOMS = ("station", "scheduler", "media", "playout", "web", "mweya")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (HOUSE / "docs" / "glossary.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| word")
]
NAMES = [name for row in ROWS for name in re.findall(r"`([\w.]+)`", row[2])]

# Words that say nothing about a radio station, or that radio people use for something else.
STRANGERS = {
    *("util", "utils", "helper", "helpers", "common", "manager", "service", "handler"),
    *("track", "song", "normalize", "color"),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_in_the_glossary_exists_in_the_code(name):
    parts = name.split(".")
    found = importlib.import_module(parts[0])
    for depth, part in enumerate(parts[1:], start=2):
        # A module that nobody has imported is not yet its package's own.
        if not hasattr(found, part):
            importlib.import_module(".".join(parts[:depth]))
        found = getattr(found, part)


def test_every_table_of_the_station_has_its_word():
    tables = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    assert NOUNS
    assert tables - {name.rpartition(".")[2] for name in NAMES} == set()


def test_nothing_in_the_house_is_called_by_a_stranger_word():
    named = re.compile(r"^\s*(?:async )?(?:def|class) (\w+)|^(\w+)\s*(?::[^=]+)?=", re.MULTILINE)
    found = []
    for room in ROOMS:
        for file in (HOUSE / room).rglob("*.py"):
            names = [file.stem, *("".join(match) for match in named.findall(file.read_text()))]
            for name in names:
                words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
                if words & STRANGERS:
                    found.append(f"{file.relative_to(HOUSE)}: {name}")
    assert found == []
