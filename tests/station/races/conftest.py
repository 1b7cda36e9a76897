"""The people of a race: many processes of many threads, and their station on both engines."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from station import books
from tests.station.races.winning import FREE

HOUSE = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def crowd():
    """People who wait to be told what to press."""
    command = [sys.executable, "-m", "tests.station.races.crowd"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=HOUSE, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()


@pytest.fixture
def race(crowd, database, settings):
    """Lets the crowd press; returns each answer beside its press. Nothing may break."""

    def raced(presses, changes=FREE):
        asked = {
            "home": str(settings.home),
            "url": database.engine.url.render_as_string(hide_password=False),
            "changes": changes,
            "presses": presses,
        }
        crowd.stdin.write(json.dumps(asked) + "\n")
        crowd.stdin.flush()
        answers = json.loads(crowd.stdout.readline())
        broken = [said for said in answers if said.startswith("broke") or said == "busy"]
        assert broken == [], broken[0]
        with database.reading() as session:
            assert books.verify(session) == []
        return list(zip(presses, answers, strict=True))

    return raced


@pytest.fixture
def free(settings):
    return msgspec.structs.replace(
        settings, market=msgspec.structs.replace(settings.market, **FREE["market"])
    )


@pytest.fixture
def crowded(admit_member):
    """Eight more members."""
    return [admit_member(f"Member{n}") for n in range(8)]


@pytest.fixture
def janet(admit_member):
    return admit_member("Janet", weeks=10)
