"""What an hour is worth is learned from those who listened, and names nobody."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from playout.icecast import log_file
from playout.listeners import Visit, learned, listened, visits
from playout.listeners_cli import listeners
from playout.logs import old_file
from playout.mounts import WATCH_AGENT, channel_paths
from station import worth

ZONE = ZoneInfo("Africa/Johannesburg")
# Monday, eight in the evening in Johannesburg.
EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def line(path="/0-standard.mp3", *, left=EVENING, seconds=3600, status=200):
    at = left.strftime("%d/%b/%Y:%H:%M:%S +0000")
    told = f'"GET {path} HTTP/1.1" {status} 57600000 "-" "Radio/1.0 (Android)"'
    return f"192.0.2.7 - - [{at}] {told} {seconds}"


def test_a_listener_is_seen_with_channel_and_stay(settings):
    (visit,) = visits([line("/1-low.opus?x=1", seconds=90)], channel_paths(settings))
    assert visit == Visit(1, EVENING - timedelta(seconds=90), EVENING)


@pytest.mark.parametrize(
    "other",
    [
        line("/status-json.xsl"),
        line("/3-standard.mp3"),
        line(status=404),
        line(seconds=29),
        line().replace("Radio/1.0 (Android)", WATCH_AGENT),
        "[2026-11-23  18:00:00] INFO main/main Icecast 2.4.4 server started",
        line().replace("23/Nov", "23/Foo"),
        "",
    ],
)
def test_what_tells_of_no_listener_is_passed_over(settings, other):
    assert list(visits([other], channel_paths(settings))) == []


def test_listeners_are_averaged_over_the_hours_that_the_log_covers():
    two_hours = Visit(0, EVENING - timedelta(hours=2), EVENING)
    half = Visit(0, EVENING - timedelta(minutes=30), EVENING)
    average = listened([two_hours, half], ZONE)
    assert average == {(0, 1, 18): 1.0, (0, 1, 19): 1.5}


def test_an_hour_counts_as_often_as_the_log_covers_it():
    first = Visit(0, EVENING - timedelta(hours=1), EVENING)
    last = Visit(0, EVENING + timedelta(days=7), EVENING + timedelta(days=7, hours=1))
    average = listened([first, last], ZONE)
    # Both Mondays' evenings are covered, and somebody was there in one of them each.
    assert (average[0, 1, 19], average[0, 1, 20], average[0, 3, 4]) == (0.5, 0.5, 0.0)


def test_worth_follows_the_listeners_and_keeps_the_mean():
    average = {(0, day, hour): 99.0 for day in range(1, 8) for hour in (19, 20)}
    worths = learned(average, 11.0, 2)
    assert len(worths) == 2 * 7 * 24
    assert worths[0, 1, 19] > 50 * worths[0, 1, 3]
    assert worths[1, 1, 19] == worths[0, 1, 3] >= 1
    assert abs(sum(worths.values()) / len(worths) - 11) < 1


def test_nobody_listening_anywhere_makes_every_hour_alike():
    assert set(learned({}, 11.4, 1).values()) == {11}


def test_learning_writes_the_file_that_builds_read(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))
    log = log_file(settings)
    log.parent.mkdir(parents=True)
    log.write_text("\n".join([line()] * 40))
    ended = CliRunner().invoke(listeners, ["learn", "--json"])
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["dearest"]["hour"] == 19
    worths = worth.read(settings)
    assert worths[0, 1, 19] == max(worths.values())
    assert "192.0.2.7" not in worth.worth_file(settings).read_text()


def test_it_learns_from_the_log_that_was_set_aside_too(settings, monkeypatch):
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))
    log = log_file(settings)
    log.parent.mkdir(parents=True)
    old_file(log).write_text("\n".join([line()] * 40))
    log.write_text(line())
    ended = CliRunner().invoke(listeners, ["learn", "--json"])
    assert json.loads(ended.stdout)["visits"] == 41


def test_a_log_that_tells_of_nobody_changes_nothing(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))
    empty = tmp_path / "access.log"
    empty.write_text("")
    ended = CliRunner().invoke(listeners, ["learn", str(empty), "--json"])
    assert ended.exit_code == 3
    assert not worth.worth_file(settings).exists()
    missing = CliRunner().invoke(listeners, ["learn", str(tmp_path / "no.log"), "--json"])
    assert missing.exit_code == 2
