"""Each sample of a stream stands where it was meant to be heard, however it came."""

import numpy as np
import pytest

from playout.watch.tape import RATE_HZ, Tape

START = 1_700_000_000.0
STEP = 0.1


def sound(seconds):
    """Samples that count themselves, so that each can be recognised."""
    return (1 + np.arange(round(seconds * RATE_HZ)) % 30_000).astype(np.int16)


def played(tape, samples, arrivals):
    """Give a tape its samples, a tenth of a second each, at the instants they came."""
    step = round(STEP * RATE_HZ)
    for index, came in enumerate(arrivals):
        tape.add(samples[index * step : (index + 1) * step], came)


def on_time(seconds, after=0.0):
    return [START + after + STEP * (n + 1) for n in range(round(seconds / STEP))]


def counted(cut):
    return np.round(cut.samples * 32768).astype(int)


def test_sound_stands_where_it_was_sent():
    tape, samples = Tape(60), sound(20)
    played(tape, samples, on_time(20))
    cut = tape.cut(START + 5, 2)
    assert cut.received.all()
    assert counted(cut)[0] == samples[5 * RATE_HZ]


def test_sound_that_was_late_for_a_while_stands_where_it_was_meant():
    tape, samples = Tape(60), sound(20)
    arrivals = [max(at, START + 8) if at > START + 5 else at for at in on_time(20)]
    played(tape, samples, arrivals)
    cut = tape.cut(START + 4, 6)
    assert cut.received.all()
    assert (counted(cut) == samples[4 * RATE_HZ : 10 * RATE_HZ]).all()


def test_sound_that_stays_late_leaves_a_gap():
    tape, samples = Tape(60), sound(20)
    arrivals = [at + 2 if at > START + 10.01 else at for at in on_time(20)]
    played(tape, samples, arrivals)
    cut = tape.cut(START + 9, 5)
    assert np.flatnonzero(~cut.received).tolist() == list(range(RATE_HZ, 3 * RATE_HZ))
    assert counted(cut)[3 * RATE_HZ] == samples[10 * RATE_HZ]


def test_sound_that_was_put_in_moves_nothing_before_it():
    tape, samples = Tape(60), sound(20)
    arrivals = [at - 0.6 if at > START + 12.01 else at for at in on_time(20)]
    played(tape, samples, arrivals)
    assert counted(tape.cut(START + 9, 1))[0] == samples[9 * RATE_HZ]
    assert counted(tape.cut(START + 14, 1))[0] == samples[round(14.6 * RATE_HZ)]


def test_what_a_new_listener_gets_at_once_was_sent_before():
    tape, samples = Tape(60), sound(12)
    played(tape, samples, [START + 2] * 20 + [at + 2 for at in on_time(10)])
    assert counted(tape.cut(START, 1))[0] == samples[0]


def test_a_reconnection_repeats_nothing():
    tape, samples = Tape(60), sound(20)
    played(tape, samples, on_time(10))
    tape.connect()
    played(tape, samples[8 * RATE_HZ :], [START + 10.5] * 25 + on_time(9.5, after=10.5))
    cut = tape.cut(START + 7, 10)
    assert cut.received.all()
    assert (counted(cut) == samples[7 * RATE_HZ : 17 * RATE_HZ]).all()


@pytest.mark.parametrize("after", [-30, 30])
def test_nothing_is_made_up_outside_the_tape(after):
    tape = Tape(60)
    played(tape, sound(5), on_time(5))
    assert not tape.cut(START + after, 2).received.any()


def test_an_old_beginning_is_given_up():
    tape = Tape(3)
    played(tape, sound(20), on_time(20))
    assert not tape.cut(START, 10).received.any()
    assert tape.cut(START + 18, 1).received.all()


def test_a_tape_tells_since_when_it_has_all_that_came():
    tape = Tape(3)
    played(tape, sound(2), on_time(2))
    assert tape.whole_since < START
    played(tape, sound(8), on_time(8, after=2))
    assert tape.whole_since == pytest.approx(START + 10 - 3, abs=2 * STEP)


def test_a_clock_that_is_set_back_makes_no_tape_longer():
    tape = Tape(3)
    played(tape, sound(4), on_time(4))
    played(tape, sound(4), on_time(4, after=-7200))
    assert tape.whole_since == pytest.approx(START - 7200 + 4 - 3, abs=2 * STEP)
    assert not tape.cut(START, 4).received.any()
