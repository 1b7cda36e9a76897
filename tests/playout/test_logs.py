"""A long log is set aside while those who write it go on."""

import os
import resource
import signal
import socket

import pytest

from playout import logs
from playout.air import Air
from playout.disk import AirFolder
from playout.processes import Recipe, start

LONGEST = 20_000


def test_one_who_writes_goes_on_in_the_same_log(tmp_path):
    saying = Recipe(
        "saying",
        ("sh", "-c", "yes engine | head -n 9000; read line < go; echo after"),
        {"PATH": os.defpath},
        tmp_path,
    )
    os.mkfifo(tmp_path / "go")
    running = start(saying)
    try:
        with (tmp_path / "go").open("w"):
            before = saying.log_file.read_bytes()
            logs.shorten(saying.log_file.parent, LONGEST)
        os.waitpid(running.pid, 0)
    finally:
        running.kill()
    assert len(before) > LONGEST
    assert logs.old_file(saying.log_file).read_bytes() == before
    # Nothing but what came since: no hole where the rest was.
    assert saying.log_file.read_bytes() == b"after\n"


def test_a_short_log_stays_and_one_old_log_is_kept(tmp_path):
    log = tmp_path / "channel-0.log"
    for number in range(3):
        log.write_bytes(b"%d" % number * (LONGEST + 1))
        logs.shorten(tmp_path, LONGEST)
    log.write_bytes(b"short")
    logs.shorten(tmp_path, LONGEST)
    assert log.read_bytes() == b"short"
    assert logs.old_file(log).read_bytes() == b"2" * (LONGEST + 1)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_log_on_a_full_disk_gives_its_room_back(tmp_path):
    log = tmp_path / "channel-0.log"
    log.write_bytes(b"x" * (LONGEST + 1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            logs.shorten(tmp_path, LONGEST)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert log.read_bytes() == b""


def test_whoever_keeps_the_station_on_air_looks_after_its_logs(make_settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        # Icecast can't start here, and so nothing else does.
        settings = make_settings(f"[icecast]\nport = {taken.getsockname()[1]}\n")
        folder = AirFolder.of(settings)
        folder.make()
        log = settings.run_folder / "log" / "icecast.log"
        log.parent.mkdir(parents=True)
        log.touch()
        os.truncate(log, logs.LONGEST_BYTES + 1)
        Air(settings, folder).round()
    assert log.stat().st_size == 0
