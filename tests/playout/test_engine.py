"""A slot that was taken off air stays off air, whoever dies; every quality has its mount."""

import json
import signal
import time
import urllib.request
from collections.abc import Iterator

import pytest

from playout import takedown
from playout.events import EngineEvent, EventKind
from playout.mounts import base_url, qualities
from station.settings import load, write_new
from tests.playout.engines import Rig, rig, wait_until

SLOT_SECONDS = 5
LAID = 60
SETTINGS = f"""
[station]
slot_seconds = {SLOT_SECONDS}
channels = ["One"]
[qualities.high]
codec = "mp3"
kilobits = 192
[qualities.clear]
codec = "opus"
kilobits = 64
"""
OFF_AIR_MS = 2000


@pytest.fixture(scope="module")
def on_air(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("engine")
    write_new(folder / "station", SETTINGS)
    with rig(load(folder / "station", environment={}), folder) as one:
        one.lay(range(slot_now(), slot_now() + LAID))
        one.start()
        yield one


def slot_now() -> int:
    return int(time.time() // SLOT_SECONDS)


def heard_after(one: Rig, slot: int) -> list[EngineEvent]:
    """What was heard once a slot had begun: each change, in order."""
    changes = [event for event in one.events() if event.event.changes_what_is_heard]
    began = next(n for n, event in enumerate(changes) if event.slot == slot)
    assert changes[began].event is EventKind.SLOT
    return changes[began + 1 :]


def take_down(one: Rig, slot: int) -> float:
    """Mark a slot on disk, and tell nobody; when."""
    takedown.mark(one.folder, (0, slot), takedown.Marker("A voice without consent", 0))
    return time.time()


def test_each_quality_is_on_its_mount(on_air):
    def sent() -> set[str]:
        with urllib.request.urlopen(f"{base_url(on_air.settings)}/status-json.xsl") as answer:
            sources = json.load(answer)["icestats"].get("source", [])
        return {source["listenurl"].rpartition("/")[2] for source in sources}

    wanted = {quality.path(0).removeprefix("/") for quality in qualities(on_air.settings)}
    assert len(wanted) == 4
    wait_until(lambda: sent() == wanted, seconds=20)


def test_a_marker_on_disk_takes_what_is_heard_off_air_until_the_boundary(on_air):
    slot = slot_now() + 1
    time.sleep(slot * SLOT_SECONDS + 1 - time.time())
    at_ms = take_down(on_air, slot) * 1000
    time.sleep((slot + 2) * SLOT_SECONDS + 1 - time.time())
    after = heard_after(on_air, slot)
    assert at_ms <= after[0].at_ms < at_ms + OFF_AIR_MS
    assert next(event.slot for event in after if event.event is EventKind.SLOT) == slot + 1


def test_a_marker_is_found_by_the_engine_after(on_air):
    taken = range(slot_now(), slot_now() + 5)
    for slot in taken:
        take_down(on_air, slot)
    on_air.engine.signal(signal.SIGKILL)
    on_air.folder.events("channel-0").unlink()
    on_air.start()
    wait_until(lambda: on_air.events(EventKind.SLOT))
    assert on_air.events(EventKind.SLOT)[0].slot not in taken


def test_no_event_names_a_slot_that_is_none(on_air):
    assert all(event.slot > 0 for event in on_air.events(EventKind.SLOT))
