"""Dead air on real mounts is told in time, a planned silence is not; with no database at all."""

import time
from dataclasses import dataclass, field

import pytest

from playout.alarms.book import Trouble
from playout.compose import Line
from playout.moves import SlotFile
from playout.programme import Programme, write
from playout.run import Playout
from playout.watch.run import Watch
from station.alarms import AlarmKind
from tests.playout import tones
from tests.playout.listening import Stalls

SLOT_SECONDS = 15
AFTER = 4.0  # the engine's own guard fills after five
SLOTS = 12
# From what a channel sends to what a listener's player gives: encoders, Icecast, decoders.
ON_THE_WAY = 3.0
SETTINGS = f"""
[station]
slot_seconds = {SLOT_SECONDS}
channels = ["Quiet", "Silence"]
[alarms]
after_seconds = {AFTER}
"""
QUIET, SILENCE = range(2)
MOUNTS = {(channel, quality) for channel in (QUIET, SILENCE) for quality in ("standard", "low")}


@dataclass
class Told:
    """Every alarm that was raised, and what was wrong when. A stalled machine starves mounts."""

    quiet_at: float = 0
    left_at: float = 0
    gone_at: float = 0
    raised: list[Trouble] = field(default_factory=list)
    stalled: float = 0

    def on_air(self):
        """What was raised before the station left the air, and not for a stalled machine."""
        return [
            one
            for one in self.raised
            if one.raised_ms < self.left_at * 1000
            and (one.kind == AlarmKind.QUIET or not self.stalled)
        ]

    def known(self, since, latest):
        """The mounts that had an alarm in time, `AFTER` from when that began at the latest."""
        due, limit = since + AFTER, latest + AFTER + ON_THE_WAY + self.stalled
        return {
            (one.channel, one.quality)
            for one in self.raised
            if one.raised_ms <= limit * 1000 and (one.ended_ms or limit * 1000) >= due * 1000
        }


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """One channel is dead without a plan for it, the other by plan; at last both are gone."""
    from station.settings import load, write_new

    home = tmp_path_factory.mktemp("alarms") / "station"
    write_new(home, SETTINGS)
    settings = load(home, environment={})
    playout, watch, stalls = Playout(settings), Watch(settings), Stalls()
    playout.folder.make()
    found = Told()
    _keep_silence(playout.folder, tmp_path_factory.mktemp("masters"))
    playout.start()
    try:
        assert playout.wait_until_on_air()
        watch.start()
        _until(lambda: _all_heard(watch), 30)
        found.quiet_at = _quieten(playout.folder)
        time.sleep(max(0, found.quiet_at + AFTER - 0.5 - time.time()))
        _until(lambda: _quiet_mounts(watch) == 2, 20)
        # The engine fills what is quiet for too long.
        _until(lambda: not _open(watch), 60)
        found.left_at = time.time()
        playout.stop()
        found.gone_at = time.time()
        _until(lambda: len(_open(watch)) == len(MOUNTS), 40)
        found.raised = [one for one in watch.alarms.book.unkept if one.kind != AlarmKind.TEST]
    finally:
        playout.stop()
        watch.stop()
        stalls.stop()
    found.stalled = sum(woken - due for due, woken in stalls.lost)
    return found


def _keep_silence(folder, masters):
    """Both channels' masters are as quiet; the programme has one of them as a silence."""
    file = tones.own_master(masters, tones.QUIET_HZ, SLOT_SECONDS)
    folder.fetch(file, tones.sha256_of(file))
    fill = tones.own_master(masters, tones.FILL_HZ, SLOT_SECONDS)
    folder.fetch(fill, tones.sha256_of(fill))
    folder.keep_own([tones.sha256_of(fill)], [])
    now = int(time.time()) // SLOT_SECONDS
    slots = range(now, now + SLOTS)
    for slot in slots:
        folder.place(SlotFile(slot, SILENCE, tones.sha256_of(file), silence=True))
    lines = [Line(SILENCE, slot, "silence", 1, "", True, "", "") for slot in slots]
    write(folder.root, Programme(tuple(lines)))


def _quieten(folder):
    """Let the other channel be quiet in a slot that comes soon; returns when that is."""
    (sha256,) = folder.held() - {link.stem for link in folder.fill.iterdir()}
    slot = int(time.time() + 2) // SLOT_SECONDS + 1
    folder.place(SlotFile(slot, QUIET, sha256, silence=False))
    return slot * SLOT_SECONDS


def _all_heard(watch):
    """Whether every mount gave its first level; before, that is expected at a later time."""
    now = time.monotonic()
    return all(heard.back_since < now for heard in watch.alarms._heard.values())


def _open(watch):
    return [one for one in watch.alarms.book.open if one.kind != AlarmKind.TEST]


def _quiet_mounts(watch):
    """How many mounts of the quiet channel have an alarm."""
    return sum(one.channel == QUIET for one in _open(watch))


def _until(true, seconds):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_quiet_that_nobody_planned_is_told_in_time_and_ends_when_fill_is_heard(told):
    assert told.known(told.quiet_at, told.quiet_at) >= {(QUIET, "standard"), (QUIET, "low")}
    quiet = [one for one in told.raised if one.raised_ms < told.left_at * 1000]
    # What comes seconds late was not there when it was looked at.
    assert told.stalled or {one.kind for one in quiet} == {AlarmKind.QUIET}
    assert [one for one in quiet if one.ended_ms is None] == []


def test_nothing_is_told_too_early(told):
    early = [one for one in told.on_air() if one.raised_ms < (told.quiet_at + AFTER - 0.5) * 1000]
    assert early == []


def test_a_planned_silence_raises_nothing_however_quiet(told):
    assert [one for one in told.on_air() if one.channel == SILENCE] == []


def test_mounts_that_are_gone_are_told_in_time_though_their_plan_is_silence(told):
    assert told.known(told.left_at, told.gone_at) == MOUNTS
