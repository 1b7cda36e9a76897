"""The pages as a command: served until told to stop, and somebody is let in."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.web.visitor import Visitor
from web.app import create_app

RUN = [sys.executable, "-m", "mweya"]


@pytest.fixture
def environment(settings, database):
    del database
    return {**os.environ, "MWEYA_HOME": str(settings.home)}


def test_the_pages_are_served_until_they_are_told_to_stop(environment):
    with subprocess.Popen(
        [*RUN, "web", "run", "--port", "0"], stderr=subprocess.PIPE, text=True, env=environment
    ) as serving:
        assert serving.stderr is not None
        (url,) = re.findall(r"http://127\.0\.0\.1:\d+", serving.stderr.readline())
        with urllib.request.urlopen(url, timeout=20) as answer:
            assert answer.status == 200
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(timeout=20) == 0


def test_the_operator_lets_somebody_in_from_the_console(
    environment, admit_member, settings, database
):
    admit_member("Thandi")
    said = subprocess.run(
        [*RUN, "signin", "thandi@example.org", "--json"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    link = json.loads(said.stdout)["link"]
    assert link.startswith(f"{settings.web_url}/signin/")
    visitor = Visitor(create_app(settings, database).test_client())
    assert "Signed in as Thandi" in visitor.enter(link.removeprefix(settings.web_url)).text


def test_a_stranger_is_not_let_in(environment):
    said = subprocess.run(
        [*RUN, "signin", "who@example.org"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert said.returncode == 2
    assert "Nobody here has the address “who@example.org”." in said.stderr


def test_serving_pages_loads_no_solver_and_no_numpy():
    heavy = "{'ortools', 'numpy', 'scipy', 'pydub', 'ffmpeg'}"
    asked = f"import sys, web.app; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
