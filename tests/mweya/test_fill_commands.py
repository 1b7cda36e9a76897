"""The station's own fill, typed: brought, listed, retired, and refused in words."""

import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from mweya.cli import mweya
from station.fill import FillPiece
from station.jobs import Job, JobKind
from station.recordings import master_at, preview_at
from tests.media.sounds import saved, tone


@pytest.fixture
def run(monkeypatch, settings):
    """Types a command in the station; answers its JSON."""
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))

    def typed(*words, code=0):
        ended = CliRunner().invoke(mweya, ["fill", *map(str, words), "--json"])
        assert ended.exit_code == code, ended.output
        return json.loads(ended.stdout)

    return typed


@pytest.fixture
def settings(make_settings):
    return make_settings()


@pytest.fixture
def jingle(tmp_path):
    return saved(tone(2.5, dbfs=-30), tmp_path / "jingle.wav")


def test_an_ident_is_brought_listed_and_retired(run, jingle, database, settings):
    brought = run("add", jingle, "--kind", "ident", "--title", "Jingle")
    assert (brought["state"], brought["duration_ms"], brought["verdict"]) == (
        "used",
        2500,
        "accepted",
    )
    assert master_at(settings.media_folder, brought["sound_sha256"]).exists()
    (listed,) = run("list")["fill"]
    assert (listed["fill"], listed["title"]) == (brought["fill"], "Jingle")
    with database.reading() as session:
        (job,) = session.scalars(sa.select(Job).where(Job.kind == JobKind.STOCK))
        assert job.subject == "fill"
        piece = session.get_one(FillPiece, brought["fill"])
    assert preview_at(settings.media_folder, piece.facts["preview_sha256"]).exists()
    assert run("retire", brought["fill"])["state"] == "retired"
    assert run("list")["fill"] == []
    assert run("retire", brought["fill"], code=3)["error"] == "fill-unknown"


def test_what_can_not_be_used_is_told_as_a_member_is(run, database, tmp_path):
    picture = tmp_path / "ident.mp3"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    refused = run("add", picture, "--kind", "ident", "--title", "Jingle", code=1)
    assert (refused["verdict"], refused["fill"]) == ("rejected", None)
    assert "not a recording" in refused["sentences"][0]
    assert run("list")["fill"] == []


def test_what_is_typed_wrong_is_said(run, jingle, database, tmp_path):
    options = ("--kind", "ident", "--title", "Jingle")
    assert run("add", tmp_path / "none.wav", *options, code=2)["error"] == "file-missing"
    for other in (tmp_path, "/dev/zero"):
        assert run("add", other, *options, code=2)["error"] == "file-unreadable"
    untitled = run("add", jingle, "--kind", "ident", "--title", " ", code=2)
    assert untitled["error"] == "text-missing"
