"""Bad input at the command line: each a clear sentence and an exit code, and nothing lost."""

import json
import stat

import pytest

from tests.journeys.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A new station with short slots, and nobody in it."""
    made = House(
        tmp_path_factory.mktemp("refusals") / "station", {"MWEYA_STATION_SLOT_SECONDS": "6"}
    )
    assert made.run("init").returncode == 0
    return made


def refused(house, *arguments, status):
    ran = house.run(*arguments)
    assert ran.returncode == status, (ran.stdout, ran.stderr)
    assert "Traceback" not in ran.stdout + ran.stderr
    return ran.stderr


def members(house):
    return house.ask("member", "list")["members"]


def test_a_member_file_with_a_broken_line_imports_nobody(house, tmp_path):
    file = tmp_path / "members.csv"
    file.write_text("name,email\nJanet,janet@example.org\nPeter,peter\n")
    said = refused(house, "member", "import", file, status=2)
    assert "Nothing was imported." in said
    assert "Line 3, column email: “peter” is not an email address." in said
    assert members(house) == []


def test_a_member_file_that_is_no_text_is_told_as_such(house, tmp_path):
    file = tmp_path / "members.csv"
    file.write_bytes(b"\x89PNG\r\n\xff\xfe")
    assert "can't be read" in refused(house, "member", "import", file, status=2)
    assert "There is no file" in refused(house, "member", "import", tmp_path / "no.csv", status=2)


@pytest.mark.parametrize("verb", ["status", "build", "show", "publish", "diff", "explain"])
def test_an_unknown_week_is_refused_by_name(house, verb):
    said = refused(house, "week", verb, "2026-W99", status=2)
    assert "“2026-W99” is not a week" in said


def test_a_week_that_nobody_built_can_be_neither_shown_nor_published(house):
    for verb in ("show", "publish", "explain"):
        assert "has not been built" in refused(house, "week", verb, "2026-W48", status=3)


def test_a_refusal_as_json_names_its_code(house):
    ran = house.run("week", "status", "soon", "--json")
    assert ran.returncode == 2
    answer = json.loads(ran.stdout)
    assert answer["error"] == "week-unknown"
    assert answer["sentence"].startswith("“soon” is not a week")


def test_a_second_station_is_never_made_over_the_first(house):
    assert "already" in refused(house, "init", status=3)


def test_without_a_station_every_command_says_how_to_make_one(tmp_path):
    nowhere = House(tmp_path / "nowhere")
    for arguments in (["up"], ["member", "list"], ["week", "status", "2026-W48"], ["web", "run"]):
        assert "mweya init" in refused(nowhere, *arguments, status=3)


def test_a_port_that_is_taken_is_named_before_anything_starts(house):
    import socket

    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert f"Port {port}" in refused(house, "up", "--port", port, status=3)


def test_the_doctor_names_what_is_unsafe_and_what_to_type(house):
    (house.home / "secrets.toml").chmod(0o644)
    ran = house.run("doctor")
    assert ran.returncode == 1
    assert f"type: chmod 600 {house.home / 'secrets.toml'}" in ran.stdout
    (house.home / "secrets.toml").chmod(0o600)
    assert house.run("doctor").returncode == 0


def test_a_database_that_is_away_or_none_at_all_is_told_in_one_sentence(house, tmp_path):
    away = {**house.environment, "MWEYA_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/radio"}
    scrap = tmp_path / "scrap.db"
    scrap.write_text("this is no database, however one looks at it" * 100)
    none = {**house.environment, "MWEYA_DATABASE_URL": f"sqlite:///{scrap}"}
    for environment in (away, none):
        said = refused(House(house.home, environment), "member", "list", status=3)
        assert "can't be used" in said
        assert "secret" not in said
        assert House(house.home, environment).run("doctor").returncode == 1


def test_the_doctor_names_each_missing_program_and_its_package(house):
    bare = House(house.home, {**house.environment, "PATH": "/nowhere"})
    ran = bare.run("doctor")
    assert ran.returncode == 1
    for program in ("ffmpeg", "liquidsoap", "icecast2", "espeak-ng"):
        assert f"missing  {program}: not installed" in ran.stdout
        assert f"type: apt-get install {program}" in ran.stdout


def test_a_backup_restores_into_an_empty_home_and_nowhere_else(house, tmp_path):
    file = tmp_path / "members.csv"
    file.write_text("name,email\nJanet,janet@example.org\n")
    house.ask("member", "import", file)
    backup = tmp_path / "station.zip"
    house.ask("backup", backup)
    assert "is not empty" in refused(house, "restore", backup, status=3)
    copy = House(tmp_path / "copy", house.environment)
    copy.ask("restore", backup)
    assert stat.S_IMODE((copy.home / "secrets.toml").stat().st_mode) == 0o600
    media = list((house.home / "media").glob("??/*"))
    assert media
    assert all((copy.home / file.relative_to(house.home)).exists() for file in media)
    assert [person["email"] for person in members(copy)] == ["janet@example.org"]
    assert copy.ask("ledger", "verify") == house.ask("ledger", "verify")


def test_what_is_no_backup_restores_nothing(tmp_path):
    file = tmp_path / "holiday.zip"
    file.write_text("not a zip")
    nowhere = House(tmp_path / "nowhere")
    assert "not a whole backup" in refused(nowhere, "restore", file, status=2)
    assert not nowhere.home.exists()


def test_a_database_that_is_too_old_names_both_revisions(tmp_path):
    old = House(tmp_path / "old", {"MWEYA_STATION_SLOT_SECONDS": "6"})
    old.ask("init")
    for file in old.home.glob("station.db*"):
        file.unlink()
    said = refused(old, "member", "list", status=3)
    assert "at revision none" in said
    assert "mweya up" in said
