"""A member's year at a glance, and the times of the week at which nothing of theirs airs."""

import re

import pytest

from station import blackouts
from station.airtime import Week
from station.statement import Fate, StatementLine
from tests.web.uploads import WEEK
from web.member.glance import Part, figures, lapses

FORM = "/member/blackouts/"


def line(number, week, fate, **facts):
    return StatementLine(number, week, 1, fate, **facts)


def test_each_fate_of_a_right_is_counted_once():
    lines = [line(1, WEEK, fate) for fate in Fate]
    assert sum(count for _, count in figures(lines)) == len(Fate)
    silent = [line(1, WEEK, fate, silent=True) for fate in (Fate.AIRED, Fate.SILENCE)]
    assert figures([*silent, line(2, WEEK, Fate.AIRED)]) == [(Part.USED, 1), (Part.SILENT, 2)]


def test_what_lapses_next_comes_first_and_what_has_lapsed_is_not_told(settings, now):
    this = Week.of(now, settings.zone)
    weeks = [str(this.plus(n)) for n in (3, 0, 2, 2)]
    lines = [line(number, week, Fate.UNUSED) for number, week in enumerate(weeks)]
    found = lapses([*lines, line(9, weeks[0], Fate.SOLD)], settings, now)
    assert [(str(one.week), one.right_ids) for one in found] == [
        (str(this.plus(2)), (2, 3)),
        (str(this.plus(3)), (0,)),
    ]


def test_each_figure_of_the_year_leads_to_its_lines(send, accept, sender):
    sender.open("/member/")
    send()
    accept()
    sender.open("/member/year")
    assert "Use it before Friday 4 December, 24:00 (in 13 days)." in sender.page
    counted = re.findall(r'href="(/member/statement[^"]*)">([^<]+)</a></dt><dd>(\d+)', sender.page)
    assert [(said, count) for _, said, count in counted] == [("Still to use", "3"), ("Used", "1")]
    sender.open(counted[1][0])
    assert sender.page.count('<th scope="row">') == 1
    assert "Shown: used." in sender.page


@pytest.fixture
def chosen(database, thandi):
    def found():
        with database.reading() as session:
            return [
                (one.weekday, one.start, one.end)
                for one in blackouts.of(session, thandi.account_id)
            ]

    return found


def test_a_time_is_left_out_of_each_week_and_used_again(sender, chosen):
    sender.open(FORM)
    sender.send(FORM, weekday="5", start="18:00", end="18:00")
    assert chosen() == [(5, "18:00", "18:00")]
    assert "Friday, 18:00 to 18:00" in sender.page
    assert "24 hours of each week; at most 30 can be left out." in sender.page
    sender.send(next(action for action in sender.forms if action.endswith("/removal")))
    assert chosen() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"weekday": "1", "start": "", "end": "18:00"}, "Please fill in the beginning."),
        ({"weekday": "x", "start": "17:00", "end": "18:00"}, "Please fill in the day."),
        ({"weekday": "0", "start": "noon", "end": "18:00"}, "“noon” is not a time of day."),
        ({"weekday": "0", "start": "05:00", "end": "18:00"}, "leave out 91 hours of each week"),
    ],
)
def test_a_time_that_can_not_be_left_out_is_refused(typed, sentence, sender, chosen):
    sender.open(FORM)
    assert sender.send(FORM, **typed).status_code in (409, 422)
    assert sentence in sender.page
    assert chosen() == []
