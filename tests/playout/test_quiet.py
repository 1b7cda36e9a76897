"""Dead air is found by what a listener hears, in time, and only when nobody planned it."""

import pytest

from playout.watch.quiet import (
    BACK_SECONDS,
    LEVEL_MS,
    STARTING_SECONDS,
    Dead,
    Level,
    begin,
    dead,
    forgive,
    hear,
    is_back,
)

AFTER = 15
SOUND, QUIET, FLOOR = -20.0, -70.0, -90.0
SLOT_MS = 300_000


class Listener:
    """Hears a mount for some seconds at a time, as fast as a test can."""

    def __init__(self):
        self.now = 1000.0
        self.unix_ms = 5 * SLOT_MS
        self.heard = begin(self.now)
        self.dead_at: list[tuple[float, Dead]] = []

    def hear(self, seconds, *dbfs):
        """Levels over and over for some seconds; none is a mount that sends nothing."""
        for n in range(round(seconds * 1000 / LEVEL_MS)):
            if dbfs:
                level = Level(self.unix_ms, dbfs[n % len(dbfs)])
                self.heard = hear(self.heard, [level], self.planned, self.now)
            self.now += LEVEL_MS / 1000
            self.unix_ms += LEVEL_MS
            found = dead(self.heard, self.now, AFTER)
            if found and not self.dead_at:
                self.dead_at.append((self.now, found))

    def planned(self, unix_ms):
        """The eighth slot since the epoch is a silence."""
        return unix_ms // SLOT_MS == 7

    def dead_after(self, began):
        at, kind = self.dead_at[0]
        return round(at - began), kind


@pytest.fixture
def listener():
    found = Listener()
    found.hear(10, SOUND)
    return found


@pytest.mark.parametrize(("levels", "kind"), [((QUIET,), Dead.QUIET), ((), Dead.GONE)])
def test_quiet_and_a_mount_that_sends_nothing_are_dead_air_in_time(listener, levels, kind):
    began = listener.now
    listener.hear(14.5, *levels)
    assert listener.dead_at == []
    listener.hear(5, *levels)
    assert listener.dead_after(began) == (15, kind)


def test_quiet_that_becomes_nothing_is_one_stretch_of_dead_air(listener):
    began = listener.now
    listener.hear(8, QUIET)
    listener.hear(12)
    assert listener.dead_after(began) == (15, Dead.GONE)


def test_clicks_do_not_hide_dead_air_and_the_quiet_between_words_is_none(listener):
    listener.hear(60, SOUND, SOUND, SOUND, SOUND, SOUND, *[QUIET] * 40)
    assert listener.dead_at == []
    began = listener.now
    listener.hear(60, SOUND, SOUND, *[QUIET] * 40)
    assert listener.dead_at[0][0] - began < AFTER + 5


def test_a_planned_silence_is_no_dead_air_but_the_quiet_after_it_is(listener):
    listener.unix_ms = 7 * SLOT_MS
    listener.hear(300, FLOOR)
    assert listener.dead_at == []
    ended = listener.now
    listener.hear(30, FLOOR)
    assert listener.dead_after(ended) == (15, Dead.QUIET)


def test_a_mount_that_goes_in_a_planned_silence_is_gone(listener):
    listener.unix_ms = 7 * SLOT_MS
    listener.hear(100, FLOOR)
    began = listener.now
    listener.hear(30)
    assert listener.dead_after(began) == (15, Dead.GONE)


def test_a_station_that_starts_has_time_to_start_and_no_longer():
    listener = Listener()
    listener.hear(STARTING_SECONDS + AFTER - 1)
    assert listener.dead_at == []
    listener.hear(2)
    assert listener.dead_at


def test_a_watch_that_starts_in_dead_air_finds_it():
    listener = Listener()
    began = listener.now
    listener.hear(20, QUIET)
    assert listener.dead_after(began) == (15, Dead.QUIET)


def test_sound_has_to_stay_before_it_is_back(listener):
    listener.hear(20, QUIET)
    assert not is_back(listener.heard, listener.now)
    listener.hear(2, SOUND)
    listener.hear(4, QUIET)
    listener.hear(BACK_SECONDS - 1, SOUND)
    assert not is_back(listener.heard, listener.now)
    listener.hear(2, SOUND)
    assert is_back(listener.heard, listener.now)


def test_whoever_did_not_listen_blames_no_mount(listener):
    listener.now += 60
    listener.heard = forgive(listener.heard, 60, listener.now)
    assert dead(listener.heard, listener.now, AFTER) is None
    began = listener.now
    listener.hear(20, QUIET)
    assert listener.dead_after(began) == (15, Dead.QUIET)


def test_a_clock_that_is_set_makes_no_dead_air(listener):
    listener.unix_ms += 3_600_000
    listener.hear(20, SOUND)
    listener.unix_ms -= 7_200_000
    listener.hear(20, SOUND)
    assert listener.dead_at == []
