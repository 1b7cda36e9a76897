"""Every hostile file ends in its verdict, at little cost, and brings no other file to light."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from media.samples import Samples
from tests.media import hostile, hostile_texts, sounds
from tests.media.hostile_file import Clips, Hostile

MOST_CPU_SECONDS = 5.0
MOST_MEBIBYTES = 512
LONGEST_SECONDS = 110
WATCH = ("strace", "-f", "-qq", "-s", "400", "-e", "trace=open,openat,openat2,socket,connect")
# A port that nobody listens on, so that a call would be seen and go nowhere.
PORT = 9


@dataclass(frozen=True, slots=True)
class Run:
    """Where the files are, and a canary that lies elsewhere."""

    uploads: Path
    clips: Clips


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, _spoken: Samples) -> Run:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    canary = sounds.saved(sounds.tone(6), elsewhere / "canary.wav")
    clips = Clips(_spoken, tmp_path_factory.mktemp("clips"), canary, PORT)
    return Run(tmp_path_factory.mktemp("uploads"), clips)


def made(run: Run, files: Sequence[Hostile]) -> Path:
    """Write the files, each into a folder of its own, and a list of them for the runner."""
    listed: list[tuple[str, int]] = []
    for number, one in enumerate(files):
        folder = run.uploads / str(number)
        folder.mkdir(exist_ok=True)
        upload = folder / one.name
        upload.write_bytes(one.make(run.clips))
        listed.append((str(upload), one.slot_seconds))
    return listing(run, listed)


def listing(run: Run, listed: Sequence[tuple[str, int]]) -> Path:
    file = run.uploads / "list.json"
    file.write_text(json.dumps(listed), "ascii")
    return file


def answers(listed: Path, how: str, *before: str) -> list[dict[str, Any]]:
    """What the runner says of each listed file."""
    command = [*before, sys.executable, "-m", "tests.media.hostile_runner", str(listed), how]
    # Whatever is written must be written here.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(listed.parent)}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def outcome(answer: dict[str, Any]) -> str:
    """What stops it first, or that nothing does."""
    return str(answer["refused"] or (answer["stops"] or ["accepted"])[0])


def right(files: Sequence[Hostile], told: Sequence[dict[str, Any]]) -> bool:
    """Whether each has one of its verdicts, in words, at no more than it may cost."""
    for one, answer in zip(files, told, strict=True):
        assert outcome(answer) in one.may_be_told, (one.name, answer)
        assert answer["sentences"] or outcome(answer) == "accepted", one.name
        assert answer["cpu_seconds"] <= MOST_CPU_SECONDS, (one.name, answer)
        assert answer["mebibytes"] <= MOST_MEBIBYTES, (one.name, answer)
    return True


def test_the_corpus_is_large():
    assert len({one.name for one in hostile.corpus()}) == len(hostile.corpus()) > 250


# Two studios, because an engineer that gives way to another would blur what each file costs.
@pytest.mark.parametrize("part", [0, 1])
def test_every_hostile_file_ends_in_its_verdict_within_its_limits(part: int, run: Run):
    files = [one for one in hostile.corpus() if one not in hostile_texts.NAMES][part::2]

    assert right(files, answers(made(run, files), "in_the_studio"))


def test_no_file_that_an_upload_names_is_opened_and_nobody_is_called(run: Run, tmp_path: Path):
    listed, trace = made(run, hostile.NAMING), tmp_path / "trace"

    assert right(hostile.NAMING, answers(listed, "in_process", *WATCH, "-o", str(trace)))

    seen = trace.read_text("utf-8", "replace")
    assert "hostile_runner" in seen
    assert str(run.clips.canary) not in seen
    assert "/dev/zero" not in seen
    assert not re.findall(r"socket\(AF_INET6?.*", seen)
    assert not re.findall(r"connect\(.*", seen)
    written = set(re.findall(r'open(?:at)?\((?:AT_FDCWD, )?"(.*)", [^"]*O_(?:WRONLY|RDWR)', seen))
    spool = str(run.uploads)
    assert any(path.startswith(spool) for path in written)
    assert {path for path in written if not path.startswith(spool)} <= {"/dev/null"}


def test_such_a_list_is_harmful_where_nobody_guards(run: Run, tmp_path: Path):
    made(run, [one for one in hostile.NAMING if one.name == "ffconcat.mp3"])
    upload, trace = run.uploads / "0" / "ffconcat.mp3", tmp_path / "trace"
    unguarded = ("ffmpeg", "-v", "error", "-safe", "0", "-i", upload, "-f", "null", "-")

    subprocess.run([*WATCH, "-o", trace, *unguarded], check=False)

    assert str(run.clips.canary) in trace.read_text("utf-8", "replace")


def test_what_is_no_plain_file_is_refused_at_once(run: Run, tmp_path: Path):
    note = sounds.saved(sounds.noise(5), tmp_path / "note.wav")
    os.mkfifo(tmp_path / "fifo")
    links = {
        "link": note,
        "lost": tmp_path / "gone",
        "round": tmp_path / "round",
        "device": Path("/dev/zero"),
        "terminal": Path("/dev/tty"),
        # A plain file that even its owner can't read.
        "locked": Path("/proc/self/mem"),
    }
    for name, target in links.items():
        (tmp_path / name).symlink_to(target)
    expected = {
        "link": "accepted",
        "lost": "file-missing",
        "round": "file-unreadable",
        "device": "file-unreadable",
        "terminal": "file-unreadable",
        "locked": "file-unreadable",
        "fifo": "file-unreadable",
        ".": "file-unreadable",
        "never-there": "file-missing",
        "x" * 300: "file-unreadable",
    }

    told = answers(listing(run, [(str(tmp_path / name), 6) for name in expected]), "in_the_studio")

    assert [outcome(answer) for answer in told] == list(expected.values())
