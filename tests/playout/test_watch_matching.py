"""The watch knows a master again behind every encoder, and no other for it."""

import numpy as np
import pytest

from media.bed import bed
from playout.watch.matching import like, match
from playout.watch.tape import RATE_HZ, Cut
from tests.playout.sounds import CODECS, as_watched, heard_through, hiss, quiet, tune

SECONDS = 12
LEAD = 2
# A bed begins anew after 16 s.
BEDDED_SECONDS = 60
# Of the MP3 encoder and decoder; the receiver takes it off.
DELAY_MS = {"mp3-128": 23, "opus-32": 0, "opus-24": 0}


def found(master, heard, late_ms=0, received=None):
    """Match a master with what was heard, from two seconds before its slot until two after."""
    shift = round(late_ms * RATE_HZ / 1000)
    samples = np.roll(heard, shift) if shift else heard
    there = np.ones(len(samples), np.bool_) if received is None else received
    return match(master, Cut(samples, there), LEAD * RATE_HZ)


def followed_by_bed(talk, of=hiss):
    """A piece, and the station's bed to the slot's end."""
    return np.concatenate([of(talk), bedding(BEDDED_SECONDS - talk)])


def bedding(seconds):
    return bed(seconds, -20.0, 3)[:, 0]


def found_beside_fill(piece, heard):
    """Match a piece, where the station's fill is the very bed that follows the piece."""
    master, fill = as_watched(piece), as_watched(bedding(BEDDED_SECONDS))
    cut = Cut(heard, np.ones(len(heard), np.bool_))
    return match(master, cut, LEAD * RATE_HZ, lambda: like(master, fill))


def around(samples, before=None, after=None):
    other = tune(LEAD, seed=9)
    return np.concatenate([other if before is None else before, samples, other])


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("make", [hiss, tune])
def test_a_piece_is_known_again_to_ten_milliseconds(codec, make):
    piece = make(SECONDS)
    told = found(as_watched(piece), heard_through(codec, around(piece)))
    assert told.similarity > 0.85
    assert told.parts == ((0, SECONDS * 1000),)
    assert abs(told.start_error_ms - DELAY_MS[codec]) <= 10


@pytest.mark.parametrize("late_ms", [-40, 130, 1700])
def test_a_start_error_is_measured_to_ten_milliseconds(late_ms):
    piece = hiss(SECONDS)
    heard = as_watched(np.concatenate([tune(LEAD), piece, tune(LEAD + 2)]))
    assert abs(found(as_watched(piece), heard, late_ms).start_error_ms - late_ms) <= 10


@pytest.mark.parametrize("other", [tune, quiet, lambda seconds: hiss(seconds, seed=5)])
def test_another_sound_is_not_taken_for_it(other):
    told = found(as_watched(hiss(SECONDS)), heard_through("opus-32", around(other(SECONDS))))
    assert (told.heard_ms, told.start_error_ms) == (0, None)
    assert told.similarity < 0.1


def test_a_piece_that_was_joined_began_when_it_was_first_heard():
    piece = hiss(SECONDS)
    joined = np.concatenate([tune(3.36), piece[round(3.36 * 48_000) :]])
    told = found(as_watched(piece), as_watched(around(joined)))
    assert abs(told.start_error_ms - 3360) <= 60
    assert abs(told.heard_ms - 8640) <= 60


def test_a_hole_in_a_piece_is_found():
    piece = hiss(SECONDS)
    holed = piece.copy()
    holed[5 * 48_000 : round(7.2 * 48_000)] = tune(2.2)
    (_, first), (second, _) = found(as_watched(piece), as_watched(around(holed))).parts
    assert abs(first - 5000) <= 60
    assert abs(second - 7200) <= 60


def test_what_was_not_received_was_not_heard():
    piece = hiss(SECONDS)
    heard = as_watched(around(piece))
    there = np.ones(len(heard), np.bool_)
    there[(LEAD + 4) * RATE_HZ : (LEAD + 7) * RATE_HZ] = False
    assert abs(found(as_watched(piece), heard, received=there).heard_ms - 9000) <= 100


def test_a_planned_silence_is_heard_as_quiet_and_not_as_fill():
    silence = np.concatenate([hiss(3), quiet(SECONDS - 3)])
    told = found(as_watched(silence), heard_through("opus-32", around(silence)))
    assert told.heard_ms == SECONDS * 1000
    filled = np.concatenate([silence[: 7 * 48_000], tune(SECONDS - 7)])
    told = found(as_watched(silence), as_watched(around(filled)))
    assert abs(told.heard_ms - 7000) <= 500


@pytest.mark.parametrize("decibels", [-58, -53, -48, -43])
@pytest.mark.parametrize("codec", ["mp3-128", "opus-32"])
def test_a_faint_passage_of_a_piece_is_no_hole_in_it(codec, decibels):
    piece = hiss(SECONDS)
    faint = slice(5 * 48_000, 8 * 48_000)
    piece[faint] *= 10 ** (decibels / 20) / np.sqrt((piece[faint] ** 2).mean())
    told = found(as_watched(piece), heard_through(codec, around(piece)))
    assert told.heard_ms == SECONDS * 1000


def test_a_mount_that_sends_nothing_is_no_silence():
    heard = np.zeros((SECONDS + 2 * LEAD) * RATE_HZ, np.float32)
    silent = as_watched(quiet(SECONDS))
    assert found(silent, heard).heard_ms == SECONDS * 1000
    assert found(silent, heard, received=np.zeros(len(heard), np.bool_)).heard_ms == 0


@pytest.mark.parametrize("talk", [16, 17, 27.5])
def test_a_piece_is_not_heard_in_fill_that_has_its_bed(talk):
    fill = heard_through("opus-32", around(bedding(BEDDED_SECONDS)))
    told = found_beside_fill(followed_by_bed(talk), fill)
    assert (told.heard_ms, told.start_error_ms) == (0, None)
    assert told.similarity < 0.4


def test_a_piece_is_not_heard_in_another_that_has_its_bed():
    other = followed_by_bed(25, of=lambda seconds: hiss(seconds, seed=5))
    told = found(as_watched(followed_by_bed(20)), as_watched(around(other)))
    assert (told.heard_ms, told.start_error_ms) == (0, None)


@pytest.mark.parametrize("late_seconds", [0, 6])
def test_a_piece_and_its_bed_are_heard_whole_even_when_they_come_late(late_seconds):
    piece = followed_by_bed(20)
    sent = np.concatenate([bedding(late_seconds), piece])[: len(piece)]
    told = found_beside_fill(piece, heard_through("opus-32", around(sent)))
    assert abs(told.heard_ms - (BEDDED_SECONDS - late_seconds) * 1000) <= 2000
    assert abs(told.start_error_ms - late_seconds * 1000) <= 10


@pytest.mark.parametrize(("joined", "heard"), [(6, 54), (16, 4), (24, 0)])
def test_a_bed_counts_only_with_most_of_what_it_follows(joined, heard):
    piece = followed_by_bed(20)
    sent = np.concatenate([bedding(joined), piece[joined * 48_000 :]])
    told = found_beside_fill(piece, as_watched(around(sent)))
    assert abs(told.heard_ms - heard * 1000) <= 1000


@pytest.mark.parametrize("at", [0, SECONDS - 0.5])
def test_half_a_second_alone_is_chance_at_either_end_too(at):
    piece, other = hiss(SECONDS), tune(SECONDS)
    alone = slice(round(at * 48_000), round((at + 0.5) * 48_000))
    other[alone] = piece[alone]
    assert found(as_watched(piece), as_watched(around(other))).heard_ms == 0
