"""Whatever is killed, who listens hears something else within moments, and the right slot soon."""

import shutil

import pytest

from tests.journeys.faults import (
    CHANNELS,
    CONTROL_BACK,
    CONTROL_KILLED,
    ENGINE_KILLED,
    ENGINE_STOPPED,
    HOST_KILLED,
    ICECAST_KILLED,
    KILLED,
    PLANNED_SLOTS,
    REFUSED,
    SPOILT,
    STEADY,
    TROUBLED,
    station,
    undergo,
)
from tests.journeys.planned import SLOT_SECONDS
from tests.playout.tones import TONES

pytestmark = pytest.mark.timeout(600)

# The way through the encoder, Icecast and a busy machine, and how far a sound's edge is found.
DELAY = 0.35
EDGE = 0.2
HALF = SLOT_SECONDS / 2
# The station's own piece, or what is there before it has been brought.
EMERGENCY = ("emergency", "chord")
# What Liquidsoap needs to read its script, where nothing else wants the machine.
START_SECONDS = 4
# A start or an end that is this far off is no longer `aired`, and what is lost at a boundary.
AUDIBLE = 0.25


@pytest.fixture(scope="module")
def ordeal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ordeal")
    with station(folder) as found:
        undergo(found)
        yield found
    shutil.rmtree(found.house.home)


def heard(ordeal, channel, start, end):
    """The sounds between two instants, but for scraps at their edges."""
    return [
        each
        for each in ordeal.heard[channel]
        if each[1] < end - EDGE and each[2] > start + EDGE and each[0] != "quiet"
    ]


def back_after(ordeal, channel, moment):
    """The first sound of a slot after something happened: its name, and when it came."""
    at = ordeal.done_at[moment]
    return next(
        (sound, began)
        for sound, began, _ in ordeal.heard[channel]
        if began > at + 0.2 and sound.endswith(("first", "second", "odd"))
    )


def allowed(ordeal, channel, moment, seconds):
    """How long a channel may be away: a busy machine takes its time to start an engine."""
    at = ordeal.done_at[moment]
    up_at = next(up_at for up_at in ordeal.up_at[channel] if up_at > at)
    return seconds + max(0, up_at - at - START_SECONDS) + ordeal.lost(at, up_at + seconds)


def is_unbroken(ordeal, channel, start, end):
    """Whether a listener was never kept waiting for longer than the machine was."""
    return ordeal.listeners[channel].longest_wait(start, end) < 1 + ordeal.lost(start, end)


def whole_seconds(ordeal, channel, offset):
    """How many seconds of a slot were heard."""
    start, end = ordeal.starts_at(offset), ordeal.starts_at(offset + 1)
    wanted = ("odd",) if is_odd(channel, offset) else sounds_of(offset)
    return sum(
        min(ended, end + DELAY) - max(began, start - DELAY)
        for sound, began, ended in ordeal.heard[channel]
        if sound in wanted and began < end and ended > start
    )


def is_odd(channel, offset):
    return channel == TROUBLED and offset in (*SPOILT, *REFUSED)


def sounds_of(offset):
    return [f"{offset % TONES} first", f"{offset % TONES} second"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_whatever_happens_each_sound_is_heard_in_its_own_time_alone(ordeal, channel):
    for sound, began, ended in ordeal.heard[channel]:
        tone, _, half = sound.partition(" ")
        if half:
            into = began - ordeal.starts_at(int(tone)) - (half == "second") * HALF
            # A sound lies a little before its time, or after, in one of the turns of its tone.
            turn = (into + DELAY) % (TONES * SLOT_SECONDS) - DELAY
            late = DELAY + ordeal.lost(began, ended)
            assert turn + (ended - began) < HALF + late, (sound, began, ended)


def test_a_killed_engine_is_not_missed_for_two_seconds(ordeal):
    killed_at = ordeal.done_at[ENGINE_KILLED]
    assert heard(ordeal, KILLED, killed_at, killed_at + 2)[-1][0] in EMERGENCY
    assert is_unbroken(ordeal, KILLED, killed_at, killed_at + 2)


def test_a_killed_engine_is_back_in_its_slot_within_ten_seconds(ordeal):
    _, began = back_after(ordeal, KILLED, ENGINE_KILLED)
    assert began - ordeal.done_at[ENGINE_KILLED] < allowed(ordeal, KILLED, ENGINE_KILLED, 10)


def test_a_hung_engine_is_replaced(ordeal):
    stopped_at = ordeal.done_at[ENGINE_STOPPED]
    _, began = back_after(ordeal, KILLED, ENGINE_STOPPED)
    assert began - stopped_at < allowed(ordeal, KILLED, ENGINE_STOPPED, 10)
    assert heard(ordeal, KILLED, stopped_at, stopped_at + 5)[-1][0] in EMERGENCY


def test_who_listens_through_an_engines_troubles_is_never_sent_away(ordeal):
    first = ordeal.listeners[KILLED].recordings[0]
    assert first.arrivals[-1][1] > ordeal.done_at[ICECAST_KILLED] - 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_who_comes_back_after_icecast_was_killed_hears_the_right_slot(ordeal, channel):
    _, began = back_after(ordeal, channel, ICECAST_KILLED)
    assert began - ordeal.done_at[ICECAST_KILLED] < 10


@pytest.mark.parametrize("channel", CHANNELS)
def test_channels_go_on_unheard_without_control_and_database(ordeal, channel):
    start, end = ordeal.done_at[CONTROL_KILLED], ordeal.done_at[CONTROL_BACK] + SLOT_SECONDS
    planned = [sound for offset in range(20, 25) for sound in sounds_of(offset)]
    sounds = heard(ordeal, channel, ordeal.starts_at(20), ordeal.starts_at(25))
    assert [sound for sound, _, _ in sounds] == planned
    assert is_unbroken(ordeal, channel, start, end)


def test_what_was_sent_without_control_and_database_is_told_afterwards(ordeal):
    told = {ordeal.outcome(STEADY, offset) for offset in range(19, 26)}
    assert told == {"aired"}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_host_that_lost_power_comes_back_in_the_running_slot(ordeal, channel):
    _, began = back_after(ordeal, channel, HOST_KILLED)
    assert began - ordeal.done_at[HOST_KILLED] < allowed(ordeal, channel, HOST_KILLED, 10)
    first = int((began - ordeal.starts_at(0)) // SLOT_SECONDS) + 1
    planned = [sound for offset in range(first, PLANNED_SLOTS) for sound in sounds_of(offset)]
    sounds = heard(ordeal, channel, ordeal.starts_at(first), ordeal.starts_at(PLANNED_SLOTS))
    assert [sound for sound, _, _ in sounds] == planned


@pytest.mark.parametrize("offset", REFUSED)
def test_a_master_that_is_missing_damaged_or_of_another_length_is_filled(ordeal, offset):
    start = ordeal.starts_at(offset) + AUDIBLE
    assert {sound for sound, _, _ in heard(ordeal, TROUBLED, start, start + 2)} == {"fill"}
    assert ordeal.outcome(TROUBLED, offset) == "missed"


@pytest.mark.parametrize("offset", SPOILT)
def test_a_master_that_went_bad_on_playouts_disk_is_brought_again(ordeal, offset):
    assert whole_seconds(ordeal, TROUBLED, offset) > SLOT_SECONDS - AUDIBLE
    assert ordeal.outcome(TROUBLED, offset) == "aired"


@pytest.mark.parametrize("channel", CHANNELS)
def test_nothing_is_claimed_aired_that_was_not_heard(ordeal, channel):
    claimed = [n for n in range(PLANNED_SLOTS) if ordeal.outcome(channel, n) == "aired"]
    # No engine knows what Icecast could not pass on: where no watch listened, its word stands.
    if ordeal.outcomes[channel, ICECAST_KILLED[0]].similarity is None:
        claimed = [offset for offset in claimed if offset != ICECAST_KILLED[0]]
    unheard = [n for n in claimed if whole_seconds(ordeal, channel, n) < SLOT_SECONDS - 2 * AUDIBLE]
    assert unheard == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_whatever_was_heard_whole_is_told_so(ordeal, channel):
    whole = [
        offset
        for offset in range(PLANNED_SLOTS)
        if whole_seconds(ordeal, channel, offset) > SLOT_SECONDS - AUDIBLE / 2
    ]
    assert len(whole) > PLANNED_SLOTS // 3
    assert {ordeal.outcome(channel, offset) for offset in whole} == {"aired"}


def test_others_trouble_is_not_heard_on_a_steady_channel(ordeal):
    start, end = ordeal.starts_at(0), ordeal.done_at[ICECAST_KILLED]
    assert is_unbroken(ordeal, STEADY, start, end)
    planned = [sound for offset in range(15) for sound in sounds_of(offset)]
    sounds = heard(ordeal, STEADY, start, ordeal.starts_at(15))
    assert [sound for sound, _, _ in sounds] == planned
