import re
import stat
from datetime import time
from pathlib import Path

import pytest

from station.errors import Refusal, WrongInput
from station.settings import load, write_new

HOUSE = Path(__file__).parents[2]


def test_secrets_are_made_fresh_and_only_their_owner_reads_them(tmp_path):
    write_new(tmp_path / "a", "")
    write_new(tmp_path / "b", "")
    first, second = (load(tmp_path / home, environment={}).secrets for home in "ab")
    filled_in = ("mail_password", "messages_key")
    made = [name for name in first.__struct_fields__ if name not in filled_in]
    values = [getattr(one, name) for one in (first, second) for name in made]
    assert len(set(values)) == 8
    assert all(len(value) >= 32 for value in values)
    assert stat.S_IMODE((tmp_path / "a" / "secrets.toml").stat().st_mode) == 0o600
    assert values[0] not in repr(load(tmp_path / "a", environment={}))


def test_everything_binds_to_loopback_unless_told(tmp_path):
    write_new(tmp_path / "a", "")
    settings = load(tmp_path / "a", environment={})
    assert settings.web.host == settings.icecast.host == "127.0.0.1"


def test_the_environment_wins_over_the_file(tmp_path):
    write_new(tmp_path / "a", "[web]\nport = 8001\n")
    environment = {"MWEYA_WEB_PORT": "8002", "MWEYA_STATION_NAME": "Air"}
    settings = load(tmp_path / "a", environment)
    assert (settings.web.port, settings.station.name) == (8002, "Air")


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("[station]\nslot_seconds = 7\n", "station.slot_seconds"),
        ("[station]\nzone = 'Mars/Base'\n", "station.zone"),
        ("[station]\nzone = 'Africa'\n", "station.zone"),
        ("[station]\nchannels = []\n", "station.channels"),
        ("[station.channel_languages]\nFour = ['zu']\n", "station.channel_languages"),
        ("[web]\nport = 70000\n", "web.port"),
        ("[web]\nprot = 8000\n", "prot"),
        ("[rules]\nadult_from = 'dusk'\n", "rules.adult_from"),
        ("[qualities.high]\ncodec = 'mp3'\nkilobits = 100\n", "qualities.high.kilobits"),
        ("[qualities.'../x']\ncodec = 'mp3'\nkilobits = 128\n", "qualities"),
        ("[mail]\nhost = 'mail.example.org'\nsecurity = 'none'\n", "mail.security"),
        ("[alarms]\nafter_seconds = 16.1\n", "alarms.after_seconds"),
        ("[alarms]\nmail_to = ['nobody']\n", "alarms.mail_to"),
        ("[alarms]\nwebhook = 'file:///etc/passwd'\n", "alarms.webhook"),
        ("[alarms]\nwebhook = 'https://user:s3cret@host/topic'\n", "alarms.webhook"),
        ("[alarms]\nwebhook = 'https://host/s3cret topic'\n", "alarms.webhook"),
        ("[alarms]\nwebhook = 'https://host:s3cret/topic'\n", "alarms.webhook"),
        ("[alarms]\nwebhook = 'https:///s3cret'\n", "alarms.webhook"),
        ("[messages]\nsms = 'http://gateway.example/send'\n", "messages.sms"),
        ("[messages]\nwhatsapp = 'https://user:s3cret@host/send'\n", "messages.whatsapp"),
        ("[dayparts.tea]\nfrom = '16:00'\nto = 'late'\n", "dayparts.tea.to"),
    ],
)
def test_a_setting_that_cant_be_used_is_named_and_nothing_is_made(tmp_path, toml, named):
    with pytest.raises(WrongInput, match=re.escape(named)) as wrong:
        write_new(tmp_path / "a", toml)
    assert "s3cret" not in str(wrong.value)
    assert not (tmp_path / "a").exists()


def test_a_broken_settings_file_is_told_as_such(tmp_path):
    write_new(tmp_path / "a", "")
    (tmp_path / "a" / "station.toml").write_text("[station\n")
    with pytest.raises(WrongInput, match="not valid TOML"):
        load(tmp_path / "a", environment={})


def test_there_is_no_station_where_none_was_made(tmp_path):
    with pytest.raises(Refusal, match="mweya init"):
        load(tmp_path, environment={})


def test_a_station_is_never_made_over_another(tmp_path):
    write_new(tmp_path / "a", "")
    before = (tmp_path / "a" / "secrets.toml").read_text()
    with pytest.raises(Refusal, match="already"):
        write_new(tmp_path / "a", "")
    assert (tmp_path / "a" / "secrets.toml").read_text() == before


def test_dayparts_can_be_changed(tmp_path):
    write_new(tmp_path / "a", "[dayparts.tea]\nfrom = '16:00'\nto = '17:00'\nvalue = 5\n")
    settings = load(tmp_path / "a", environment={})
    assert list(settings.dayparts) == ["tea"]
    assert settings.daypart("tea").start == time(16)


def test_only_settings_read_the_environment():
    readers = {
        str(file.relative_to(HOUSE))
        for room in ("station", "scheduler", "media", "playout", "web")
        for file in (HOUSE / room).rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)\b", file.read_text())
    }
    assert readers == {"station/settings.py"}
