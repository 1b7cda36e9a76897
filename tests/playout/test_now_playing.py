"""Listeners are told who speaks, in words that no player and no page can stumble over."""

import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playout import heard, icecast, programme
from playout.compose import Line
from playout.disk import AirFolder
from playout.heard import Heard, hearing
from playout.icy import LONGEST_BYTES, clean
from playout.liquidsoap.client import EngineStatus
from playout.mounts import STANDARD, base_url, icecast_port
from playout.now_playing import NowPlaying
from playout.programme import Programme
from tests.journeys.house import wait_until
from tests.playout.hostile_titles import hostile_titles
from tests.playout.shown import FastSource, Titles, title_in

HOSTILE = 10_000
CHANNELS = 3
HEAD_START_BYTES = 4000  # less than a block: a listener is never far behind
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"


def line(kind, title="The river", speaker="Thandi", slot=100, channel=0):
    return Line(channel, slot, kind, None, None, kind == "silence", title, speaker)


def engine(event, slot=100):
    return EngineStatus(event, slot, even=slot, odd=-1, stream_ms=1, clock_error_ms=0)


def words(status, *lines):
    return hearing(0, status, Programme(lines), on_air=100, slot_seconds=300).words("Mweya")


def test_a_piece_on_air_is_told_with_who_speaks():
    assert words(engine("slot"), line("segment")) == "Thandi - The river"


def test_a_silence_is_told_by_its_cause():
    silence = line("silence", title="George Floyd")
    assert words(engine("slot"), silence) == "Thandi - Five minutes of silence for George Floyd"


@pytest.mark.parametrize("event", ["fill", "emergency", "floor", ""])
def test_a_piece_that_is_not_heard_is_not_told(event):
    assert words(engine(event), line("segment")) == "Mweya"
    assert words(None, line("segment")) == "Mweya"


def test_a_presenter_is_told_while_they_are_heard_and_not_before():
    block = line("reserved", title="Live hour", speaker="Sipho")
    assert words(engine("live"), block) == "Sipho - Live hour"
    assert words(engine("slot"), block) == words(engine("fill"), block) == "Mweya"


def test_an_engine_that_still_sends_the_slot_before_is_believed():
    status, before = engine("slot", 99), line("segment", title="Rain", slot=99)
    assert words(status, before, line("segment")) == "Thandi - Rain"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  Gogo's\r\n\tumngqusho\0 ", f"Gogo{APOSTROPHE}s umngqusho"),
        ("x';Url='y';", f"x{APOSTROPHE};Url={APOSTROPHE}y{APOSTROPHE};"),
        ("\u202etxt.exe\u202c \u2066日本\u2069", "txt.exe 日本"),
        ("e\u0301 \ud800\ufffe\ue000\ufeff\u200b!", "é !"),
        ("👩‍👩‍👧 ෂ\u200cෂ", "👩‍👩‍👧 ෂ\u200cෂ"),
        ('#{x} "q" <b>& \\ %0d', '#{x} "q" <b>& \\ %0d'),
        ("\u2028\x85\x1b", ""),
    ],
)
def test_a_text_is_made_fit_for_every_player(text, shown):
    assert clean(text) == shown


@given(st.text(st.characters(exclude_categories=())), st.integers(8, 60))
def test_what_is_shown_is_one_line_of_visible_text_that_fits(text, most):
    shown = clean(text, most)
    assert len(shown.encode()) <= most
    assert not {unicodedata.category(each) for each in shown} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert "'" not in shown
    assert shown == shown.strip()
    assert clean(shown, most) == shown


def test_a_cut_text_keeps_its_last_letter_whole():
    assert clean("abcde\u0301\u0323fgh", 8) == "abcd…"
    assert clean("ab👩‍👩‍👧", 20) == "ab👩‍👩‍👧"
    assert clean("ab👩‍👩‍👧", 19) == "ab…"


def test_a_page_reads_what_playout_said_a_moment_ago_and_nothing_older(settings, now):
    settings.run_folder.mkdir(parents=True)
    assert heard.read(settings, now) == {}
    said = Heard(1, 100, "fill")
    heard.write(settings, (said,), now)
    assert heard.read(settings, now + timedelta(seconds=9)) == {1: said}
    assert heard.read(settings, now + timedelta(seconds=11)) == {}


class Stage:
    """A real Icecast with a listener on each channel, and engines that say what they are told."""

    def __init__(self, settings):
        self.settings, self.slot = settings, 0
        settings.run_folder.mkdir(parents=True)
        self.folder = AirFolder(settings.air_folder, CHANNELS, settings.station.slot_seconds)
        self.folder.make()
        self.now_playing = NowPlaying(settings, self.folder, lambda _: engine("slot", self.slot))
        self.open()

    def open(self):
        """Start Icecast, and let sources and listeners come."""
        self.icecast = icecast.run(self.settings)
        paths = [STANDARD.path(channel) for channel in range(CHANNELS)]
        host, port = self.settings.icecast.host, icecast_port(self.settings)
        password = self.settings.secrets.icecast_source
        self.sources = [FastSource(host, port, path, password) for path in paths]
        for source in self.sources:
            source.send(HEAD_START_BYTES)
        self.listeners = [Titles(host, port, path) for path in paths]
        self.shown = [""] * CHANNELS

    def close(self):
        for listener, source in zip(self.listeners, self.sources, strict=True):
            listener.close()
            source.close()
        self.icecast.stop()

    def play(self, slot):
        """The titles that the listeners are newly shown once a slot is on air."""
        self.slot, before = slot, self.shown
        waiting = set(range(CHANNELS))
        while waiting:
            self.now_playing.round(self.settings.slots.start(slot))
            self.shown = self._read_titles()
            waiting = {channel for channel in waiting if self.shown[channel] == before[channel]}
        return self.shown

    def _read_titles(self):
        for source, listener in zip(self.sources, self.listeners, strict=True):
            source.send(listener.interval)
        blocks = [listener.next_block() for listener in self.listeners]
        return [
            title_in(block) if block else title
            for block, title in zip(blocks, self.shown, strict=True)
        ]


@pytest.fixture
def stage(settings):
    opened = Stage(settings)
    yield opened
    opened.close()


def seen(text):
    """What of a text nobody may lose: its letters, digits and symbols, in their order."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(each for each in composed if unicodedata.category(each)[0] in "LNS")


def test_ten_thousand_hostile_titles_come_back_as_they_should(stage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before, titles = set(tmp_path.iterdir()), hostile_titles(HOSTILE)
    first = stage.settings.slots.number(datetime.now(UTC))
    places = [divmod(number, CHANNELS) for number in range(HOSTILE)]
    lines = [
        line("segment", title, f"{number}", first + slot, channel)
        for number, ((slot, channel), title) in enumerate(zip(places, titles, strict=True))
    ]
    programme.write(stage.folder.root, Programme(tuple(lines)))
    shown = [title for slot in range(HOSTILE // CHANNELS) for title in stage.play(first + slot)]
    wrong = [
        (title, came)
        for number, (title, came) in enumerate(zip(titles, shown, strict=False))
        if not as_it_should(f"{number} - {title}", came)
    ]
    assert wrong == []
    assert stage.icecast.alive
    assert set(tmp_path.iterdir()) == before


def as_it_should(text, came):
    """Whether nothing that can be seen is lost, and nothing is there that must not be."""
    kept = came.removesuffix("…")
    if unicodedata.normalize("NFC", came) != came or len(came.encode()) > LONGEST_BYTES:
        return False
    whole = seen(text)
    return seen(kept) == whole if kept == came else whole.startswith(seen(kept))


def test_an_icecast_that_was_started_anew_is_told_again(stage):
    slot = stage.settings.slots.number(datetime.now(UTC))
    pieces = [line("segment", slot=slot, channel=channel) for channel in range(CHANNELS)]
    programme.write(stage.folder.root, Programme(tuple(pieces)))
    assert stage.play(slot) == ["Thandi - The river"] * CHANNELS
    stage.close()
    stage.open()
    assert stage.play(slot) == ["Thandi - The river"] * CHANNELS


def test_no_page_of_icecast_runs_a_title(stage):
    slot = stage.settings.slots.number(datetime.now(UTC))
    hostile = line("segment", "</title><script>alert(1)</script>", slot=slot)
    programme.write(stage.folder.root, Programme((hostile,)))
    stage.play(slot)
    wait_until(lambda: "alert(1)" in icecasts_page(stage.settings), 10)
    assert "<script>" not in icecasts_page(stage.settings)


def icecasts_page(settings):
    with urlopen(f"{base_url(settings)}/status.xsl", timeout=5) as answer:
        return answer.read().decode()
