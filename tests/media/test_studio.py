"""Uploads are worked on by long-lived engineers behind walls; one that breaks breaks nothing."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from media import box, orders, studio
from media.digest import sha256_of
from media.engineer import CPU_SECONDS
from media.orders import Emergency, Examine, Made
from media.report import Report
from media.samples import Samples
from media.session import Session
from media.studio import EngineerLostError, Studio
from media.wanted import Wanted
from station.errors import Fault
from station.treatment import Long, Treatment
from tests.media import hostile, sounds
from tests.media.hostile_file import Clips

WANTED = Wanted(6)


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Studio]:
    with Studio(tmp_path / "studio") as begun:
        yield begun


@pytest.fixture
def note(tmp_path: Path, speech: Samples) -> Path:
    return sounds.saved(speech, tmp_path / "note.opus", sounds.OPUS)


def examined(at_work: Studio, file: Path) -> Report:
    found: Report = at_work.do(Examine(WANTED), Report, {orders.UPLOAD: file})
    return found


def engineer(at_work: Studio) -> int:
    """The process that decodes, whatever stands around it."""
    waiting, last = [at_work.pid], at_work.pid
    while waiting:
        last = waiting.pop()
        waiting += map(int, Path(f"/proc/{last}/task/{last}/children").read_text().split())
    return last


def test_one_engineer_does_many_orders(at_work: Studio, note: Path, tmp_path: Path):
    first = examined(at_work, note)
    pid = at_work.pid

    assert examined(at_work, note) == first
    report, facts = Session(at_work).render(note, WANTED)

    assert at_work.pid == pid
    assert report == first
    assert facts.sha256 == sha256_of(at_work.result(orders.MASTER))
    assert len(at_work.result(orders.WAVEFORM).read_bytes()) == 1600


def test_an_engineer_is_followed_by_another_after_so_many_orders(
    at_work: Studio, note: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(studio, "ORDERS_EACH", 2)
    pids = [(examined(at_work, note), at_work.pid)[1] for _ in range(4)]

    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_behind_the_walls_there_is_no_other_file_and_no_network(
    at_work: Studio, note: Path, tmp_path: Path
):
    secret = tmp_path / "secrets.toml"
    secret.write_text("hidden")
    examined(at_work, note)
    inside = Path(f"/proc/{engineer(at_work)}")
    walls = box.walls_available()

    seen = inside / "root" / str(secret).lstrip("/")
    assert seen.exists() is not walls
    assert (inside / "root/etc/passwd").exists() is not walls
    alike = (inside / "ns/net").readlink() == Path("/proc/self/ns/net").readlink()
    assert alike is not walls
    assert (inside / "root" / str(at_work.spool).lstrip("/")).exists()


def test_without_bwrap_the_limits_stay(
    at_work: Studio, note: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(box, "walls_available", lambda: False)
    assert examined(at_work, note).findings == ()

    limits = Path(f"/proc/{engineer(at_work)}/limits").read_text()
    by_name = {line[:26].strip(): line[26:].split() for line in limits.splitlines()[1:]}
    assert int(by_name["Max data size"][0]) == studio.LEAST_DATA_MEBIBYTES * box.MEBIBYTE
    assert 0 < int(by_name["Max cpu time"][0]) <= CPU_SECONDS + 60
    assert by_name["Max core file size"][0] == "0"


def test_an_engineer_that_takes_too_long_is_ended_and_the_order_given_up(
    tmp_path: Path, note: Path
):
    with Studio(tmp_path / "studio", wall_seconds=0.05) as hurried:
        with pytest.raises(EngineerLostError):
            examined(hurried, note)
        assert hurried.pid is None


def test_a_missing_tool_is_a_fault_of_the_machine(at_work: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(box.ENVIRONMENT, "PATH", "/nowhere")
    monkeypatch.setattr(box, "walls_available", lambda: False)

    with pytest.raises(Fault, match="prlimit is missing: install the package util-linux"):
        at_work.do(Emergency(WANTED, "Mweya"), Made, {})


def test_what_nobody_foresaw_is_a_fault_of_ours_and_not_the_uploads(
    at_work: Studio, note: Path, capsys: pytest.CaptureFixture[str]
):
    # A slot of no length can't be made of anything.
    with pytest.raises(Fault, match="stopped by"):
        at_work.do(Emergency(Wanted(-1), "Mweya"), Made, {})

    assert "Traceback" in capsys.readouterr().out
    assert examined(at_work, note).findings == ()


def test_spools_of_the_living_stay_and_those_of_the_dead_go(tmp_path: Path, note: Path):
    folder = tmp_path / "studio"
    left = folder / "room-left" / "spool" / "shut"
    left.mkdir(parents=True)
    (left / "upload").write_bytes(b"left by who was killed")
    left.chmod(0)
    with Studio(folder) as one, Studio(folder) as other:
        examined(one, note)
        examined(other, note)
        assert set(folder.iterdir()) == {one.spool.parent, other.spool.parent}
    assert not list(folder.iterdir())


def test_no_engineer_outlives_its_studio(at_work: Studio, note: Path):
    examined(at_work, note)
    pid = engineer(at_work)
    at_work.close()

    ends = time.monotonic() + 10
    while _alive(pid):
        assert time.monotonic() < ends
        time.sleep(0.01)


def _alive(pid: int) -> bool:
    """Whether a process still does anything; one that ended may wait for its parent."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_hostile_files_get_their_verdicts_from_one_engineer(
    at_work: Studio, speech: Samples, tmp_path: Path
):
    canary = sounds.saved(sounds.tone(6), tmp_path / "canary.wav")
    clips = Clips(speech, tmp_path / "clips", canary, port=9)
    clips.folder.mkdir()
    session, wrong = Session(at_work), []
    for number, one in enumerate([*hostile.NAMING[::3], *hostile.corpus()[::12]]):
        upload = tmp_path / f"upload-{number}"
        upload.write_bytes(one.make(clips))
        report, _ = session.render(upload, Wanted(one.slot_seconds))
        stops = [finding.code for finding in report.findings if finding.stops]
        if (stops or ["accepted"])[0] not in one.may_be_told:
            wrong.append((one.name, stops))
    assert not wrong


def test_what_stops_an_order_halfway_is_never_the_next_ones_answer(
    at_work: Studio, note: Path, tmp_path: Path
):
    other = sounds.saved(sounds.tone(5.5), tmp_path / "other.wav")

    def busy(_: str) -> None:
        raise Fault("The database is away.", permanent=False)

    with pytest.raises(Fault, match="away"):
        Session(at_work).render(note, WANTED, tell=busy)
    report, facts = Session(at_work).render(other, WANTED)

    assert report.upload_sha256 == facts.upload_sha256 == sha256_of(other)


def test_what_an_engineer_plants_in_the_spool_is_never_followed(
    at_work: Studio, note: Path, tmp_path: Path
):
    secret = tmp_path / "secrets.toml"
    secret.write_text("hidden")
    examined(at_work, note)

    for planted in (orders.UPLOAD, orders.MASTER):
        (at_work.spool / planted).unlink(missing_ok=True)
        (at_work.spool / planted).symlink_to(secret)
    with pytest.raises(Fault, match="left no master"):
        at_work.result(orders.MASTER)
    assert examined(at_work, note).findings == ()
    assert secret.read_text() == "hidden"


def test_a_spool_that_was_spoilt_is_made_anew(at_work: Studio, note: Path):
    examined(at_work, note)
    shut = at_work.spool / "shut"
    shut.mkdir()
    (shut / "inside").write_bytes(b"")
    shut.chmod(0)

    assert examined(at_work, note).findings == ()
    assert not shut.exists()


def test_what_was_made_is_taken_out_of_the_engineers_reach(at_work: Studio, note: Path):
    Session(at_work).render(note, WANTED)
    taken = at_work.result(orders.MASTER)
    before = sha256_of(taken)

    (at_work.spool / orders.MASTER).write_bytes(b"changed afterwards")

    assert sha256_of(taken) == before


def test_a_studio_where_no_engineer_can_begin_blames_no_upload(
    tmp_path: Path, note: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(studio, "_environment", lambda: box.ENVIRONMENT | {"PYTHONPATH": ""})
    monkeypatch.setattr(studio, "_program", lambda _: [sys.executable, "-P", "-m", "media.nobody"])
    with Studio(tmp_path / "studio") as broken, pytest.raises(Fault, match="could begin"):
        Session(broken).render(note, WANTED)
    assert "No module named" in capsys.readouterr().out


def test_slots_of_a_quarter_hour_get_the_memory_they_need(tmp_path: Path, note: Path):
    spread = Wanted(900, treatment=Treatment(long=Long.SPREAD, part=1))
    with Studio(tmp_path / "studio", 900) as large:
        codes = [one.code for one in Session(large).examine(note, spread).findings]
    assert "unreadable" not in codes


def test_ctrl_c_for_the_command_leaves_the_engineer_to_its_studio(at_work: Studio, note: Path):
    examined(at_work, note)
    os.kill(engineer(at_work), signal.SIGINT)

    pid = at_work.pid
    assert examined(at_work, note).findings == ()
    assert at_work.pid == pid
