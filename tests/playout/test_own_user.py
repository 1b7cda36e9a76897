"""Where root starts the station and its user can come there, Liquidsoap is no root."""

import os
import pwd
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from playout import icecast, own_user
from playout.air import Air
from playout.disk import AirFolder
from playout.events import EventKind, read_from
from playout.supervise import Engine
from station.settings import Settings, load, write_new
from tests.playout import tones
from tests.playout.engines import wait_until

SLOT_SECONDS = 3


@pytest.fixture
def where_all_may_pass() -> Iterator[Path]:
    """A folder that is not under the closed one of these tests."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def settings(where_all_may_pass: Path) -> Settings:
    home = where_all_may_pass / "station"
    write_new(home, f'[station]\nslot_seconds = {SLOT_SECONDS}\nchannels = ["One"]\n')
    return load(home, environment={})


def test_an_engine_plays_as_its_own_user_and_may_write_next_to_nothing(settings):
    folder = AirFolder.of(settings)
    settings.run_folder.mkdir()
    air = Air(settings, folder)
    folder.make()
    slot = int(time.time() // SLOT_SECONDS)
    for number in range(slot, slot + 20):
        master = tones.slot_master(folder.masters, number, SLOT_SECONDS)
        (folder.channel(0) / f"{number}.flac").symlink_to(master)
    air.icecast = icecast.run(settings)
    channel = air.channels[0]
    try:
        wait_until(lambda: is_heard(channel))
        wait_until(lambda: EventKind.SLOT in kinds(folder))
        user = channel.recipe().user
        status = Path(f"/proc/{channel.running.pid}/status").read_text()
        assert f"\nUid:\t{uid_of(user)}\t" in status
        if user:
            own = {settings.run_folder / channel.name, folder.events(channel.name)}
            assert set(writable(settings.home, user)) == own
    finally:
        air.stop()


@pytest.mark.parametrize("secret", ["station.db", "station.db-wal", "media/a/upload", "run/log/up"])
def test_that_user_reads_nothing_of_the_station_but_what_it_plays(settings, secret):
    for place in (secret, "air/0/7.flac"):
        file = settings.home / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(place)
    own_user.let_through(settings.home)
    if user := own_user.engine_user(settings.air_folder):
        assert reads(settings.home / "air/0/7.flac", user)
        assert not reads(settings.home / secret, user)


def test_a_folder_that_is_closed_to_that_user_is_found_to_be(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o700)
    assert not own_user.can_enter(tmp_path / "closed")
    assert own_user.can_enter(Path("/usr/lib"))


def reads(file: Path, user: str) -> bool:
    command = ["cat", str(file)]
    ran = subprocess.run(
        command, user=user, group=user, extra_groups=(), capture_output=True, check=False
    )
    return ran.returncode == 0


def is_heard(engine: Engine) -> bool:
    engine.keep()
    return engine.on_air


def kinds(folder: AirFolder) -> set[EventKind]:
    return {event.event for event in read_from(folder.events("channel-0"), 0)[0]}


def uid_of(user: str | None) -> int:
    return pwd.getpwnam(user).pw_uid if user else os.geteuid()


def writable(home: Path, user: str) -> list[Path]:
    """What a user may write there; of an engine's own folder, the folder alone."""
    command = ["find", str(home), *map(str, home.iterdir())]
    command += ["-path", f"{home}/run/channel-0/*", "-prune", "-o"]
    command += ["!", "-type", "l", "-writable", "-print"]
    found = subprocess.run(
        command, user=user, group=user, extra_groups=(), capture_output=True, text=True, check=False
    )
    return [Path(line) for line in found.stdout.splitlines()]
