"""Each report is a page, a table that spreadsheets read, and a picture drawn here."""

import csv
import html
import io
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa

from station import alarms, audience
from station.airlog import AirLine, LineKind
from station.alarms import AlarmKind, Raised
from station.asrun import Outcome, OutcomeKind
from station.figures.reports import REPORTS
from web.desk.reports.svg import scale

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def aired(database, seeded, now):
    """A station whose first pieces have aired, with listeners and ten seconds of dead air."""
    with database.writing() as session:
        mine = sa.select(AirLine).where(AirLine.kind == LineKind.SEGMENT)
        for error_ms, line in enumerate(session.scalars(mine.order_by(AirLine.slot_number)), 1):
            place = {"channel": line.channel, "slot_number": line.slot_number}
            ended = {"kind": OutcomeKind.AIRED, "start_error_ms": error_ms, "similarity": 0.99}
            session.add(Outcome(**place, **ended, week=line.week, decided_at=now))
            audience.add(session, line.channel, line.slot_number, 120, 120 * 32)
        over = now + timedelta(seconds=10)
        alarms.keep(session, Raised(AlarmKind.QUIET, 1, "low", now, now, over, {}))
        session.execute(
            sa.update(AirLine).where(AirLine.title.like("Letter%")).values(title="=SUM(1)")
        )


@pytest.fixture
def desk(aired, seeded, signed_in, clock):
    visitor = signed_in(seeded.operator)
    clock.now += timedelta(hours=3)
    return visitor


HEADLINES = {
    "capacity": "0.2 % of what members may have was placed in the published weeks.",
    "fairness": "100.0 % of 12 people are within one average start of equal worth.",
    "mix": "6.1 % of the slots were members' own.",
    "declarations": "0 of 11 members' pieces name music that is in them.",
    "accuracy": "Half of the pieces began within 6 ms of their time, 99 of 100 within 11 ms.",
    "dead-air": "Dead air once: 10 s, 0.0001 % of the time.",
    "listeners": "Players listened for 110 hours; at most 120 were tuned in to one channel.",
    "slots": "How many players were tuned in, slot by slot.",
    "data": "An hour of listening took 14.4 MB on average.",
}


def test_each_report_is_a_page_a_table_and_a_picture(desk):
    assert set(HEADLINES) == set(REPORTS)
    desk.open("/desk/reports/")
    for name, headline in HEADLINES.items():
        assert f'href="/desk/reports/{name}"' in desk.page
        answer = desk.client.get(f"/desk/reports/{name}")
        assert answer.status_code == 200
        said = html.unescape(answer.text)
        assert headline in said, (name, re.findall("<h1>.*\n.*", said))
        rows = list(csv.reader(io.StringIO(desk.client.get(f"/desk/reports/{name}.csv").text)))
        assert rows[0] == list(REPORTS[name].head)
        assert {len(row) for row in rows} == {len(rows[0])}
        picture = desk.client.get(f"/desk/reports/{name}.svg")
        if name == "slots":
            assert picture.status_code == 404
            continue
        assert picture.mimetype == "image/svg+xml"
        drawn = ET.fromstring(picture.data)  # noqa: S314  our own
        assert drawn.find(f"{SVG}title").text
        assert len(list(drawn.iter(f"{SVG}rect"))) > 1, name
        assert 'class="plot"' in answer.text


def test_a_table_holds_what_was_planned_declared_and_heard(desk):
    rows = csv.DictReader(io.StringIO(desk.client.get("/desk/reports/declarations.csv").text))
    told = {row["title"]: row for row in rows}
    river = told["The river behind our school"]
    assert (river["at"], river["seconds"]) == ("2026-11-21T12:00:00+02:00", "300")
    said = river["speaker"], river["language"], river["permission"], river["outcome"]
    assert said == ("Thandi Mokoena", "en", "yes", "aired")
    assert "'=SUM(1)" in told
    assert told["George Floyd"]["permission"] == ""


def test_days_are_chosen_and_what_can_not_be_read_is_said(desk):
    empty = desk.client.get("/desk/reports/accuracy?from=2026-01-05&to=2026-01-11")
    assert "No member&#39;s piece has aired in these days." in empty.text
    bare = desk.client.get("/desk/reports/accuracy.svg?from=2026-01-05&to=2026-01-11")
    assert bare.status_code == 200
    wrong = desk.client.get("/desk/reports/accuracy?from=soon")
    assert wrong.status_code == 422
    assert "“soon” is not a day." in wrong.text
    assert 'value="soon"' in wrong.text
    assert desk.client.get("/desk/reports/mix.csv?from=2026-02-02&to=2026-02-01").status_code == 422


@pytest.mark.parametrize(
    ("highest", "top", "steps"), [(0, 0, 1), (100, 100, 5), (7, 8, 5), (0.9, 1, 5), (2e6, 2e6, 5)]
)
def test_a_scale_is_round_and_holds_the_highest(highest, top, steps):
    ticks = scale(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert len(ticks) <= 6
    assert ticks[-1] == pytest.approx(top)
    assert len(ticks) == steps
