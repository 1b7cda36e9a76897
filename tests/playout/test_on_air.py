"""What a listener hears of a real station, and what the station says of it afterwards."""

import itertools
import json
import wave

import numpy as np
import pytest
from click.testing import CliRunner

from playout.cli import asrun
from playout.run import alone
from playout.watch import record, sounding
from station.errors import Fault, Refusal
from tests.playout.conftest import (
    DEAD,
    KILLED,
    LOST,
    PLANNED_SLOTS,
    SHORT,
    SILENT,
    SLOT_SECONDS,
    STEADY,
    TAKEN,
    TROUBLED,
    UNMASTERED,
)
from tests.playout.tones import TONES

# Where one sound ends and the next begins is found to about 10 ms.
EDGE = 0.04
# The way through the encoder, Icecast and a busy machine; the stream itself is far steadier.
DELAY = 0.25
# Which of the two depends on how far into its slot it was when the test got to it.
BROKEN_OFF = ("replaced", "cut")


def sounds_of(offset):
    return [f"{offset % TONES} first", f"{offset % TONES} second"]


def heard_in(broadcast, channel, offset, spare=0.3):
    """The sounds within a slot, a moment after its start until a moment before its end."""
    start, end = broadcast.starts_at(offset) + spare, broadcast.starts_at(offset + 1) - spare / 2
    return [
        sound for sound, began, ended in broadcast.runs(channel) if began < end and ended > start
    ]


@pytest.fixture(scope="session")
def steady(broadcast):
    """The planned sounds of the steady channel, each with when it began and ended."""
    runs = broadcast.runs(STEADY)
    first = [sound for sound, _, _ in runs].index(sounds_of(0)[0])
    return runs[first : first + 2 * PLANNED_SLOTS]


@pytest.fixture(scope="session")
def told(broadcast):
    """What `mweya asrun` says of the broadcast."""
    environment = {"MWEYA_HOME": str(broadcast.settings.home)}
    ran = CliRunner().invoke(asrun, [str(broadcast.week), "--json"], env=environment)
    assert ran.exit_code == 1  # the odd slots are problems found
    return json.loads(ran.output)


def told_of(told, broadcast, channel, offset):
    wanted = (channel, broadcast.first + offset)
    return next(s for s in told["slots"] if (s["channel"], s["slot_number"]) == wanted)


def is_exact(broadcast, offset, slot):
    """Whether a slot was heard whole, and began as exactly as the machine let it."""
    if slot["outcome"] not in ("aired", "late"):
        return False
    return broadcast.stalls.allowed(broadcast.starts_at(offset), slot["start_error_ms"] / 1000)


def test_every_slot_is_heard_in_its_order(broadcast, steady):
    planned = [sound for offset in range(PLANNED_SLOTS) for sound in sounds_of(offset)]
    assert [sound for sound, _, _ in steady] == planned


def test_neighbouring_slots_meet_without_a_gap(steady):
    gaps = [after[1] - before[2] for before, after in itertools.pairwise(steady)]
    assert max(gaps) < EDGE


def test_slots_begin_at_their_time_and_do_not_drift(broadcast, steady):
    errors = [
        start - broadcast.starts_at(offset) for offset, (_, start, _) in enumerate(steady[::2])
    ]
    assert max(map(abs, errors)) < DELAY
    assert max(errors) - min(errors) < EDGE


def test_control_may_go_away_and_another_takes_over_unheard(broadcast, steady):
    # The steady channel's slots during its absence were checked above.
    assert broadcast.taken_over


@pytest.mark.parametrize("offset", [UNMASTERED, SHORT, LOST])
def test_a_slot_without_a_usable_master_carries_fill(broadcast, offset):
    assert heard_in(broadcast, TROUBLED, offset) == ["fill"]


@pytest.mark.parametrize("offset", [UNMASTERED, SHORT, SILENT, LOST, DEAD, TAKEN])
def test_the_slot_after_trouble_is_right_again(broadcast, offset):
    first, second = sounds_of(offset + 1)
    runs = {sound: (began, ended) for sound, began, ended in broadcast.runs(TROUBLED)}
    assert heard_in(broadcast, TROUBLED, offset + 1) == [first, second]
    assert runs[first][0] - broadcast.starts_at(offset + 1) < DELAY
    assert runs[second][1] - runs[second][0] == pytest.approx(SLOT_SECONDS / 2, abs=2 * EDGE)


def test_a_declared_silence_stays_quiet(broadcast):
    assert heard_in(broadcast, TROUBLED, SILENT) == ["quiet"]


def test_undeclared_quiet_is_filled_after_a_third_of_the_slot(broadcast):
    assert heard_in(broadcast, TROUBLED, DEAD) == ["quiet", "fill"]


def test_a_takedown_is_heard_within_two_seconds(broadcast):
    runs = broadcast.runs(TROUBLED)
    first = [sound for sound, _, _ in runs].index(sounds_of(TAKEN)[0])
    heard = list(itertools.takewhile(lambda run: run[0] in sounds_of(TAKEN), runs[first:]))
    assert heard[-1][2] - broadcast.taken_at < 2
    assert runs[first + len(heard)][0] == "fill"


def test_silence_is_sent_at_the_full_rate(broadcast):
    start, end = broadcast.starts_at(SILENT), broadcast.starts_at(SILENT + 1) + 1
    arrivals = [(count, at) for count, at in broadcast.low.arrivals if start <= at < end]
    (few, early), (many, late) = arrivals[0], arrivals[-1]
    assert (many - few) / (late - early) > 0.8 * 32_000 / 8


def test_a_listener_of_a_killed_channel_hears_the_emergency_piece_and_stays(broadcast):
    listener = broadcast.listeners[KILLED]
    began = next(began for sound, began, _ in broadcast.runs(KILLED) if sound == "emergency")
    assert began - broadcast.killed_at < 2
    assert not listener.ended_by_server


def test_a_killed_channel_comes_back_in_the_right_slot_at_the_right_offset(broadcast):
    runs = broadcast.runs(KILLED)
    back = [sound for sound, _, _ in runs].index("emergency") + 1
    after = [run for run in runs[back:] if run[0] != "fill"]
    sound, _, ended = after[0]
    offset = round((ended - broadcast.starts_at(0)) / (SLOT_SECONDS / 2)) - 1
    assert sound == sounds_of(offset // 2)[offset % 2]
    planned = [each for slot in range(PLANNED_SLOTS) for each in sounds_of(slot)]
    assert [each for each, _, _ in after] == planned[offset:]
    assert max(late[1] - early[2] for early, late in itertools.pairwise(after)) < EDGE


def test_the_as_run_says_what_became_of_each_odd_slot(broadcast, told):
    outcomes = {
        offset: told_of(told, broadcast, TROUBLED, offset)["outcome"]
        for offset in (UNMASTERED, SHORT, LOST, DEAD)
    }
    assert outcomes == {
        UNMASTERED: "missed",
        SHORT: "missed",
        LOST: "missed",
        DEAD: "replaced",
    }
    assert is_exact(broadcast, SILENT, told_of(told, broadcast, TROUBLED, SILENT))
    assert told_of(told, broadcast, TROUBLED, TAKEN)["outcome"] in BROKEN_OFF


def test_the_as_run_never_claims_what_a_killed_engine_did_not_send(broadcast, told):
    killed_in = int(broadcast.killed_at // SLOT_SECONDS) - broadcast.first
    assert told_of(told, broadcast, KILLED, killed_in)["outcome"] in (*BROKEN_OFF, "missed")


def test_the_as_run_of_a_steady_channel_is_complete_and_exact(broadcast, told):
    slots = [told_of(told, broadcast, STEADY, offset) for offset in range(PLANNED_SLOTS)]
    inexact = [slot for n, slot in enumerate(slots) if not is_exact(broadcast, n, slot)]
    assert inexact == []
    assert told["summary"]["median_error_ms"] < 50


def test_the_low_mount_can_be_recorded_and_has_sound(broadcast):
    with wave.open(str(broadcast.recorded)) as recorded:
        assert recorded.getnframes() == pytest.approx(1.5 * recorded.getframerate(), rel=0.1)
        samples = np.frombuffer(recorded.readframes(recorded.getnframes()), "<i2")
    assert np.abs(samples.astype(int)).max() > 3000


def test_a_mount_that_is_off_is_not_sounding_and_can_not_be_recorded(broadcast, tmp_path):
    url = broadcast.listeners[STEADY].url  # the broadcast is over
    assert not sounding(url)
    with pytest.raises(Fault, match="can't be recorded"):
        record(url, 1, tmp_path / "none.wav")


def test_the_as_run_is_told_in_words(broadcast):
    environment = {"MWEYA_HOME": str(broadcast.settings.home)}
    said = CliRunner().invoke(asrun, [str(broadcast.week)], env=environment).output
    assert "Start error: median" in said
    assert "it had no master in time" in said


def test_a_second_playout_of_one_station_is_refused(broadcast):
    with alone(broadcast.settings), pytest.raises(Refusal, match="runs already"):  # noqa: SIM117
        with alone(broadcast.settings):
            pass


def test_status_says_what_each_channel_sends(broadcast):
    channels = broadcast.status["channels"]
    on_air = [channel["on_air"] for channel in channels]
    # A busy machine may not have the killed one back yet.
    assert (on_air[STEADY], on_air[TROUBLED]) == (True, True)
    assert broadcast.status["exit_code"] == (0 if all(on_air) else 1)
    assert channels[STEADY]["hears"] == "slot"
    before, after = broadcast.status_slots
    assert before <= channels[STEADY]["slot"] <= after
    assert len(broadcast.status["mounts"]) == 6
