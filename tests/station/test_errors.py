import ast
import itertools
from pathlib import Path

import pytest

from station.errors import SENTENCES, Refusal, facts_named_in

ROOMS = ("station", "scheduler", "media", "playout", "web", "mweya")
HOUSE = Path(__file__).parents[2]


def raised():
    """Every `Refusal("code", fact=…)` and `WrongInput(…)` in the house, as it is written."""
    for room in ROOMS:
        for file in sorted((HOUSE / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                named = node.func.id in {"Refusal", "WrongInput"}
                if named and isinstance(node.args[0], ast.Constant):
                    facts = {keyword.arg for keyword in node.keywords}
                    yield f"{file.relative_to(HOUSE)}:{node.lineno}", node.args[0].value, facts


def test_every_refusal_gives_its_sentence_the_facts_it_needs():
    wrong = [
        (where, code)
        for where, code, facts in raised()
        if code not in SENTENCES or (None not in facts and facts != facts_named_in(SENTENCES[code]))
    ]
    assert wrong == []


def test_every_sentence_is_used():
    source = "\n".join(
        file.read_text()
        for file in itertools.chain.from_iterable((HOUSE / room).rglob("*.py") for room in ROOMS)
        if file.name != "errors.py"
    )
    assert [code for code in SENTENCES if f'"{code}"' not in source] == []


def test_a_refusal_without_a_needed_fact_is_our_own_mistake_and_shows_at_once():
    with pytest.raises(KeyError):
        Refusal("week-unknown")


def test_a_refusal_says_its_sentence():
    assert Refusal("week-unknown", text="soon").sentence.startswith("“soon” is not a week.")
