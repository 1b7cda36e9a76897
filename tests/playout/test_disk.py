"""What the engines play is checked as it comes in, and put in place whole."""

import shutil

import pytest

from playout.disk import AirFolder
from playout.flac import FlacLength, length_of, parse_length
from playout.moves import SlotFile
from station.errors import Fault
from tests.playout import tones

SECONDS = 2


@pytest.fixture
def air(tmp_path):
    folder = AirFolder(tmp_path / "air", channels=2, slot_seconds=SECONDS)
    folder.make()
    return folder


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    return tones.slot_master(tmp_path_factory.mktemp("master"), 1, SECONDS)


def test_a_flac_file_says_how_long_it_is(master):
    assert length_of(master) == FlacLength(samples=96_000, rate_hz=48_000)


@pytest.mark.parametrize("head", [b"", b"fLaC", b"RIFF" + bytes(60), b"fLaC" + bytes(60)])
def test_what_is_no_flac_file_has_no_length(head):
    assert parse_length(head) is None


def test_a_placed_slot_is_seen_with_its_master(air, master):
    sha256 = tones.sha256_of(master)
    wanted = SlotFile(900, 1, sha256, silence=True)
    air.fetch(master, sha256)
    air.place(wanted)
    assert air.placed() == {wanted}
    assert (air.channel(1) / "900.silence.flac").read_bytes() == master.read_bytes()


def test_a_slot_whose_master_is_gone_counts_as_not_placed(air, master):
    sha256 = tones.sha256_of(master)
    air.place(SlotFile(900, 1, sha256, silence=False))
    assert air.placed() == frozenset()


def test_a_master_outlives_its_original(air, master, tmp_path):
    sha256 = tones.sha256_of(master)
    original = tmp_path / "original.flac"
    shutil.copyfile(master, original)
    air.fetch(original, sha256)
    original.unlink()
    assert air.held() == {sha256}


def test_a_damaged_master_is_refused_and_leaves_nothing(air, master, tmp_path):
    damaged = tmp_path / "damaged.flac"
    damaged.write_bytes(master.read_bytes()[:-1] + b"?")
    with pytest.raises(Fault, match="is damaged"):
        air.fetch(damaged, tones.sha256_of(master))
    assert list(air.masters.iterdir()) == []


def test_a_master_of_another_length_is_refused(air, tmp_path):
    short = tones.own_master(tmp_path, 500, SECONDS - 1)
    with pytest.raises(Fault, match="not exactly 2 s long"):
        air.fetch(short, tones.sha256_of(short))


def test_a_missing_master_is_a_fault_that_may_pass(air, tmp_path):
    with pytest.raises(Fault, match="can't be fetched") as caught:
        air.fetch(tmp_path / "none.flac", "0" * 64)
    assert not caught.value.permanent


def test_a_station_without_fill_plays_its_emergency_piece(air, master):
    sha256 = tones.sha256_of(master)
    air.fetch(master, sha256)
    air.keep_own(fills=[], emergencies=[sha256])
    assert (air.fill / f"{sha256}.flac").exists()
    assert (air.emergency / f"{sha256}.flac").exists()


def test_fill_that_was_taken_back_is_played_no_more(air, master):
    sha256 = tones.sha256_of(master)
    air.fetch(master, sha256)
    air.keep_own(fills=[sha256], emergencies=[])
    air.keep_own(fills=[], emergencies=[])
    assert list(air.fill.iterdir()) == []


def test_there_is_always_a_chord_to_play(air):
    assert air.chord.stat().st_size > 1_000_000
