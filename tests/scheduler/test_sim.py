"""A played year is fair, repeats itself, and tells what everybody got."""

import csv
import json

import numpy as np
import pytest
from click.testing import CliRunner

from scheduler.sim import people, report
from scheduler.sim.cli import sim
from scheduler.sim.people import Asking, Fate, Member
from scheduler.sim.year import Aired, PlayedWeek
from station.airtime import Week
from station.settings import Settings

SMALL = ("--members", "160", "--channels", "1")


@pytest.fixture
def played(tmp_path):
    """Plays a year by the command; answers its exit code, its JSON and its folder."""

    def play(*options):
        out = tmp_path / "out"
        ended = CliRunner().invoke(sim, [*options, "--out", str(out), "--json"])
        return ended.exit_code, json.loads(ended.stdout), out

    return play


def day(holder, worth, *, night=False, wished=False, met=False):
    return Aired(holder, worth, night=night, wished=wished, met=met)


def week_of(settings: Settings, number, *aired, asked=(), bumped=()):
    week = Week(2027, number, settings.zone)
    return PlayedWeek(week, tuple(asked), tuple(aired), tuple(bumped), 0.0, None)


def test_a_year_is_played_and_written_down(played):
    code, facts, out = played("--weeks", "5", *SMALL, "--wishes", "40")
    assert code == 0
    assert (facts["weeks"], facts["members"], facts["is_level"]) == (5, 160, None)
    with (out / "members.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 160
    assert sum(int(row["on_air"]) for row in rows) <= facts["on_air"]
    assert (out / "fairness.svg").read_text().endswith("</svg>\n")


def test_the_same_seed_plays_the_same_year(played):
    def year(seed):
        _, facts, out = played("--weeks", "3", *SMALL, "--seed", seed)
        del facts["seconds"]
        return facts, (out / "members.csv").read_text()

    assert year("3") == year("3")
    assert year("3") != year("4")


def test_with_no_wishes_everybody_ends_within_two_percent_of_the_mean(played):
    code, facts, _ = played("--weeks", "52", *SMALL)
    assert facts["bumped"] == 0
    assert (code, facts["is_level"], facts["spares_nights"]) == (0, True, True)


def test_what_fairness_costs_is_seen_by_building_a_week_both_ways(played):
    _, facts, _ = played("--weeks", "13", *SMALL, "--wishes", "60")
    assert facts["wishes"] > facts["wishes_met"] * 0.5
    assert facts["fairness_cost_percent"] is not None


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
