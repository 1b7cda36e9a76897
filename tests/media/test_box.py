"""What runs in the box uses no more than it may, and sees no more than it is shown."""

import subprocess
import time
from pathlib import Path

import pytest

from media import box
from station.errors import Fault


def test_what_takes_too_long_is_ended():
    began = time.process_time()
    assert not box.run(["sleep", "30"], limits=box.Limits(wall_seconds=0.3)).ok
    assert time.process_time() - began < 5


def test_what_computes_too_much_is_ended():
    assert not box.run(["sh", "-c", "while :; do :; done"], limits=box.Limits(cpu_seconds=1)).ok


def test_what_writes_too_much_is_ended(tmp_path: Path):
    big = ["dd", "if=/dev/zero", "of=big", "bs=1M", "count=9"]
    assert not box.run(big, folder=tmp_path, limits=box.Limits(file_mebibytes=1)).ok
    assert (tmp_path / "big").stat().st_size <= box.MEBIBYTE


def test_what_takes_too_much_memory_is_ended():
    big = ["dd", "if=/dev/zero", "of=/dev/null", "bs=300M", "count=1"]
    assert not box.run(big, limits=box.Limits(memory_mebibytes=100)).ok


def test_a_missing_program_is_a_fault_that_names_its_package(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(box.ENVIRONMENT, "PATH", "/nowhere")
    with pytest.raises(Fault, match="install the package util-linux"):
        box.run(["espeak-ng"])


def test_walls_hide_every_other_file_and_the_network_where_bwrap_is_allowed(tmp_path: Path):
    mine, other, out = tmp_path / "mine", tmp_path / "other", tmp_path / "out"
    mine.write_text("mine")
    other.write_text("other")
    out.mkdir()

    def inside(*command: str) -> subprocess.CompletedProcess[bytes]:
        walls = box.walls({mine: "/box/mine"}, out)
        return subprocess.run([*walls, *command], capture_output=True, check=False)

    if not box.walls_available():
        # Some containers allow no namespaces: then nothing runs behind walls that do not hold.
        assert inside("true").returncode != 0
        return
    assert inside("cat", "/box/mine").stdout == b"mine"
    assert inside("touch", str(out / "made")).returncode == 0
    for hidden in (str(other), "/etc/passwd", "/proc/net/dev", str(mine)):
        assert inside("cat", hidden).returncode != 0
    assert inside("touch", "/box/mine").returncode != 0
