import csv
import io

import pytest

from station import trail
from station.trail import CONSOLE, Wanted


@pytest.fixture
def operator(seeded, signed_in):
    return signed_in(seeded.operator)


@pytest.fixture
def listed(operator):
    operator.open("/desk/causes/")
    operator.send("/desk/causes/", cause="=the nurses of Ward 4")
    return operator


def deeds(database, **wanted):
    with database.reading() as session:
        return [done.deed for done in trail.newest(session, Wanted(**wanted))]


def test_what_an_operator_does_is_written_down_with_who_what_and_when(listed, database, now):
    (deed,) = deeds(database)
    assert (deed.act, deed.at) == ("causes.add", now)
    assert deed.said == "“=the nurses of Ward 4” is on the list."
    listed.open("/desk/trail/")
    assert "Nomsa Radebe" in listed.page
    assert "“=the nurses of Ward 4” is on the list." in listed.page


def test_what_is_refused_leaves_no_trace(listed, database):
    listed.send("/desk/causes/", cause="=the nurses of Ward 4")
    assert "is on the list already" in listed.page
    assert len(deeds(database)) == 1


def test_deeds_are_found_by_what_they_are_about_and_by_who_did_them(listed, database, seeded, now):
    with database.writing() as session:
        trail.write(session, None, "week.publish", now, subject="2026-W48, 2", reason="no draft")
    assert [deed.act for deed in deeds(database, kind="causes")] == ["causes.add"]
    assert [deed.act for deed in deeds(database, account_id=CONSOLE)] == ["week.publish"]
    listed.open(f"/desk/trail/?kind=causes&who={seeded.operator.account_id}")
    assert "nurses" in listed.page
    assert "Why: no draft" not in listed.page
    listed.open(f"/desk/trail/?who={CONSOLE}")
    assert "Why: no draft" in listed.page
    assert "nurses" not in listed.page


def test_older_deeds_are_a_page_further(listed, database, now):
    with database.writing() as session:
        for number in range(trail.PAGE):
            trail.write(session, None, "week.build", now, said=f"Build {number}.")
    listed.open("/desk/trail/")
    assert "nurses" not in listed.page
    oldest = deeds(database)[-1].id
    assert f"before={oldest}" in listed.page
    listed.open(f"/desk/trail/?before={oldest}")
    assert "nurses" in listed.page


def test_the_trail_is_a_table_in_which_nothing_becomes_a_formula(listed):
    answer = listed.client.get("/desk/trail/trail.csv?kind=causes")
    head, row = csv.reader(io.StringIO(answer.text))
    found = dict(zip(head, row, strict=True))
    assert (found["who"], found["what"]) == ("Nomsa Radebe", "causes.add")
    assert "=the nurses" in found["answer"]
    assert not any(cell.startswith("=") for cell in row)


def test_a_name_that_nobody_has_finds_nothing(operator):
    operator.open("/desk/trail/?who=99999999999999999999&kind=%25")
    assert "Nothing yet." in operator.page
