"""A verdict is kept as codes and facts, and is read in the language of whoever reads it."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from media import announcements, sniff, verdict, words
from media.verdict import HOURS, LINES, Finding, found, sentence
from station.errors import facts_named_in

KINDS = {sniff.PICTURE, sniff.PLAYLIST, sniff.PROGRAM, sniff.WEB_PAGE, sniff.TEXT} | {
    sniff.LONE_TAG,
    sniff.UNKNOWN,
    *(other for _, _, other in sniff.OTHERS),
}
TOLD = {line.sentence for line in LINES.values()} | {kind.what for kind in KINDS} | {HOURS}
TOLD |= set(announcements.WORDS)
COMPLETE = ("zu", "sn", "af")


def test_every_sentence_can_be_filled_in_in_every_language():
    for code, line in LINES.items():
        facts = dict.fromkeys(facts_named_in(line.sentence), 7)
        for language in ("en", *words.languages()):
            assert not set("{}") & set(sentence(code, facts, language)), (code, language)


def test_every_code_is_found_somewhere():
    rooms = [file for file in Path(verdict.__file__).parent.glob("*.py") if file.stem != "verdict"]
    code = "".join(file.read_text("utf-8") for file in rooms)

    assert [one for one in LINES if f'"{one}"' not in code] == []


@pytest.mark.parametrize("language", words.languages())
def test_a_translation_has_the_same_gaps_as_its_english(language: str):
    for english, translated in words.catalogue(language).items():
        assert facts_named_in(translated) == facts_named_in(english)
        assert not re.search(r"\{[^a-z_}]", translated)


@pytest.mark.parametrize("language", COMPLETE)
def test_a_language_has_words_for_everything_and_for_nothing_else(language: str):
    assert words.catalogue(language).keys() == TOLD


@pytest.mark.parametrize("language", words.languages())
def test_a_draft_says_who_should_read_it(language: str):
    header = words.languages()[language].read_text("utf-8").split("msgid")[0]

    assert "draft" in header
    assert "native speaker" in header


def test_a_verdict_is_read_in_isizulu():
    finding = found("truncated", arrived_seconds=150, whole_seconds=300)

    assert sentence(finding.code, finding.facts, "zu") == words.said(
        LINES["truncated"].sentence, "zu"
    ).format(arrived_seconds="2:30", whole_seconds="5:00")
    assert "2:30" in sentence(finding.code, finding.facts, "zu")
    assert sentence(finding.code, finding.facts, "zu") != finding.sentence


def test_what_a_file_is_is_said_in_the_same_language():
    told = sentence("not-audio", {"what": "a picture"}, "af")

    assert "prent" in told
    assert "picture" not in told


@pytest.mark.parametrize("language", ["fr", "xx", "", "../af", "zu/../../zu"])
def test_a_language_without_words_is_answered_in_english(language: str):
    assert sentence("inaudible", {}, language) == found("inaudible").sentence


def test_a_finding_goes_through_json_and_back():
    finding = found("too-long", over_seconds=12.0, length_seconds=312, limit_seconds=300)
    plain = msgspec.json.decode(msgspec.json.encode(finding))

    assert plain == {
        "code": "too-long",
        "facts": {"over_seconds": 12.0, "length_seconds": 312, "limit_seconds": 300},
    }
    assert msgspec.convert(plain, Finding) == finding


def test_verdicts_can_be_read_without_loading_numpy():
    loaded = f"import {verdict.__name__}, sys; sys.exit('numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
