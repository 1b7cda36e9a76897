"""A played year is fair, repeats itself, and tells what everybody got."""

import csv
import json
import os
import pty
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from scheduler.sim import people, report
from scheduler.sim.cli import sim
from scheduler.sim.people import Asking, Fate, Member
from scheduler.sim.year import Aired, Pace, PlayedWeek, play
from station.airtime import Week
from station.settings import Settings

ROOT = Path(__file__).parents[2]
SMALL = ("--members", "160", "--channels", "1")
KEYS = {
    *("seed", "channels", "wishes_percent", "weeks_asked", "weeks", "members", "on_air", "bumped"),
    *("mean_worth", "worst_percent", "worst_percent_often_on_air", "five_percent_are_below"),
    *("five_percent_are_above", "longest_night_run", "worst_gap", "wishes", "wishes_met"),
    *("fairness_cost_percent", "worth_with_wishes_percent", "worth_without_wishes_percent"),
    *("is_level", "spares_nights", "seconds", "files"),
}


@pytest.fixture
def played(tmp_path):
    """Plays a year by the command; answers its exit code, its JSON and its table's rows."""

    def play(*options):
        out = tmp_path / "out"
        ended = CliRunner().invoke(sim, [*options, "--out", str(out), "--json"])
        with (out / "members.csv").open() as file:
            return ended.exit_code, json.loads(ended.stdout), list(csv.DictReader(file))

    return play


def day(holder, worth, *, night=False, wished=False, met=False):
    return Aired(holder, worth, night=night, wished=wished, met=met)


def week_of(settings: Settings, number, *aired, asked=(), bumped=()):
    week = Week(2027, number, settings.zone)
    return PlayedWeek(week, tuple(asked), tuple(aired), tuple(bumped), 0.0, None)


def test_a_year_is_played_and_written_down(played, tmp_path):
    code, facts, rows = played("--weeks", "5", *SMALL, "--wishes", "40")
    assert code == 0
    assert facts.keys() == KEYS
    assert (facts["weeks"], facts["members"], facts["is_level"]) == (5, 160, None)
    assert len(rows) == 160
    for row in rows:
        weeks = [int(row[fate]) for fate in ("missed", "given", "sold", "silent")]
        assert 0 <= sum(weeks) <= 5
    picture = (tmp_path / "out" / "fairness.svg").read_text()
    assert picture.endswith("</svg>\n")
    assert all(f">{name}</text>" in picture for name in ("week", "half of the members", "5"))


def test_the_figures_are_those_of_the_table(played):
    _, facts, rows = played("--weeks", "4", *SMALL, "--wishes", "70")
    mean = facts["mean_worth"]
    away = [float(row["worth"]) - int(row["on_air"]) * mean for row in rows]
    percent = [100 * points / (4 * mean) for points in away]
    told = [float(row["percent_of_year"]) for row in rows]
    assert told == pytest.approx(percent, abs=0.02)
    assert facts["worst_percent"] == pytest.approx(max(map(abs, percent)), abs=0.02)
    wishing = [one for one, row in zip(percent, rows, strict=True) if row["wishes_for"]]
    assert facts["worth_with_wishes_percent"] == pytest.approx(statistics.fmean(wishing), abs=0.02)
    own = [100 * one / int(row["on_air"]) / mean for one, row in zip(away, rows, strict=True)]
    assert [float(row["percent_of_own"]) for row in rows] == pytest.approx(own, abs=0.05)
    assert sum(int(row["wishes_met"]) for row in rows) == facts["wishes_met"]


def test_the_same_seed_plays_the_same_year(played):
    def year(seed):
        _, facts, rows = played("--weeks", "3", *SMALL, "--seed", seed)
        del facts["seconds"]
        return facts, rows

    assert year("3") == year("3")
    assert year("3") != year("4")


def test_with_no_wishes_nobody_is_ever_further_than_a_start_from_the_mean(make_settings):
    # A quarter of an hour is the longest slot: 672 starts a week, nearly all of them asked for.
    chosen = make_settings(
        '[station]\nslot_seconds = 900\nchannels = ["One"]\n'
        "[rules]\nholder_gap = 16\nsilence_gap = 2\n"
    )
    everybody = people.members(640, 0.0, np.random.default_rng(1))
    first = Week(2027, 1, chosen.zone)
    weeks = [first.plus(number) for number in range(12)]
    played = play(chosen, everybody, weeks, Pace(0, 1, 99), lambda _: None)
    starts = report.ahead(everybody, played) / report.mean_worth(played)
    # Once the first month is over it stays so; at a year's end a start is 2 % of what all got.
    assert abs(starts[4:]).max() < 1
    found = report.summary(report.lines(everybody, played), played)
    assert (found.spares_nights, found.bumped) == (True, 0)
    assert found.on_air > 0.9 * 672 * 12


def test_a_whole_year_says_that_it_met_its_goals(played):
    code, facts, _ = played("--weeks", "52", "--members", "40", "--channels", "1")
    assert (code, facts["is_level"], facts["spares_nights"]) == (0, True, True)


def test_what_fairness_costs_is_seen_by_building_a_week_both_ways(played):
    _, facts, _ = played("--weeks", "4", *SMALL, "--wishes", "60")
    assert facts["wishes"] > facts["wishes_met"] * 0.5
    assert facts["fairness_cost_percent"] is not None


@pytest.mark.parametrize(
    ("wishes", "said", "unsaid"),
    [
        (0, [], ["had a wish", "had none", "were met"]),
        (50, ["had a wish", "had none", "were met"], []),
        (100, ["had a wish", "were met"], ["had none"]),
    ],
)
def test_only_what_is_known_is_said(tmp_path, wishes, said, unsaid):
    options = ["--members", "30", "--weeks", "1", "--wishes", str(wishes), "--out", str(tmp_path)]
    ended = CliRunner().invoke(sim, options)
    assert ended.exit_code == 0
    assert all(words in ended.output for words in ["1 weeks", "pieces on air", *said])
    assert not any(words in ended.output for words in unsaid)


def test_ctrl_c_tells_of_the_weeks_that_were_played(tmp_path):
    command = [sys.executable, "-m", "mweya", "sim", *SMALL]
    here, there = pty.openpty()
    playing = subprocess.Popen(
        [*command, "--weeks", "520", "--out", str(tmp_path), "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=there,
    )
    # It tells a terminal of each week: once there was one, it is interrupted.
    assert b"1 of 520 weeks" in os.read(here, 1000)
    os.kill(playing.pid, signal.SIGINT)
    facts = json.loads(playing.communicate(timeout=60)[0])
    os.close(here)
    os.close(there)
    assert playing.returncode == 0
    assert 1 <= facts["weeks"] < facts["weeks_asked"] == 520
    assert len((tmp_path / "members.csv").read_text().splitlines()) == 161


def test_a_year_that_is_stopped_in_its_first_week_has_nothing_to_tell(tmp_path):
    command = [sys.executable, "-m", "mweya", "sim"]
    options = ["--members", "6000", "--weeks", "1", "--out", str(tmp_path), "--json"]
    playing = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE)
    while not (tmp_path / "fairness.svg").exists():
        time.sleep(0.05)
    time.sleep(1)
    os.kill(playing.pid, signal.SIGINT)
    told = json.loads(playing.communicate(timeout=60)[0])
    assert (playing.returncode, told["error"]) == (3, "sim-unplayed")


@pytest.mark.parametrize(
    "wrong",
    [("--members", "0"), ("--weeks", "0"), ("--channels", "0"), ("--wishes", "nan")],
)
def test_a_year_of_nothing_is_no_usage(wrong):
    ended = CliRunner().invoke(sim, wrong)
    assert ended.exit_code == 2
    assert f"Invalid value for '{wrong[0]}'" in ended.output


def test_that_it_can_not_be_written_is_said_before_a_week_is_played(tmp_path):
    file = tmp_path / "file"
    file.write_text("in the way")
    began = ["--weeks", "520", "--out", str(file / "year"), "--json"]
    ended = CliRunner().invoke(sim, began)
    assert ended.exit_code == 3
    assert json.loads(ended.stdout)["error"] == "file-unwritable"


def test_who_gave_and_missed_is_measured_like_everybody_else(settings):
    everybody = [Member(name, (0.0,) * 4, None) for name in ("ada", "ben")]
    weeks = [
        week_of(
            settings,
            number,
            day("ada", 10),
            *([day("ben", 14)] if number == 2 else ()),
            asked=[Asking("ada", "ada", Fate.USED), Asking("ben", "ben", Fate.MISSED)],
        )
        for number in (1, 2, 3)
    ]
    ada, ben = report.lines(everybody, weeks)
    # A start was worth 11 on average: Ada's three came to 3 points less, Ben's one to 3 more.
    assert (ada.percent_of_year, ben.percent_of_year) == (-9.091, 9.091)
    # Each own start was worth 10 and 14.
    assert (ada.percent_of_own, ben.percent_of_own) == (-9.091, 27.273)
    assert (ada.on_air, ben.on_air, ben.missed) == (3, 1, 3)


def test_a_night_week_is_counted_unless_it_was_wished_for(settings):
    everybody = [Member(name, (0.0,) * 4, None) for name in ("owl", "lark", "poet")]
    night = {"night": True}
    weeks = [
        week_of(
            settings,
            number,
            day("owl", 2, **night),
            day("lark", 2, **night),
            day("lark", 20),
            day("poet", 2, **night, wished=True, met=True),
        )
        for number in (1, 2, 3)
    ]
    runs = [one.longest_night_run for one in report.lines(everybody, weeks)]
    assert runs == [3, 0, 0]


@pytest.mark.parametrize(("bens", "level"), [(10.3, True), (10.5, False)])
def test_a_year_is_level_within_two_percent_of_the_mean(settings, bens, level):
    everybody = [Member(name, (0.0,) * 4, None) for name in ("ada", "ben")]
    weeks = [week_of(settings, number, day("ada", 10), day("ben", bens)) for number in range(52)]
    assert report.summary(report.lines(everybody, weeks), weeks).is_level is level


@pytest.mark.parametrize(("nights", "spared"), [(2, True), (3, False)])
def test_three_night_weeks_in_a_row_are_too_many(settings, nights, spared):
    ada = Member("ada", (0.0,) * 4, None)
    weeks = [week_of(settings, number, day("ada", 2, night=True)) for number in range(nights)]
    assert report.summary(report.lines([ada], weeks), weeks).spares_nights is spared


def test_members_live_as_their_habits_say():
    random = np.random.default_rng(1)
    always = [
        Member(f"m{fate}", tuple(float(fate == other) for other in range(4)), None)
        for fate in range(4)
    ]
    fates = [one.fate for one in people.week_of(always, random)]
    assert fates == [Fate.MISSED, Fate.GIVEN, Fate.SOLD, Fate.SILENT]


def test_nothing_is_known_of_fairness_where_nobody_wishes(settings):
    one = Member("ada", (0.0,) * 4, None)
    weeks = [week_of(settings, 1, day("ada", 10))]
    found = report.summary(report.lines([one], weeks), weeks)
    assert (found.fairness_cost_percent, found.worth_with_wishes_percent) == (None, None)
    assert (found.is_level, found.spares_nights) == (None, True)
