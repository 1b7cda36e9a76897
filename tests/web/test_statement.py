"""A member's statement as a page, in print, and as a table."""

import csv
import io

import pytest

from station.ledger import held
from station.market import sales
from station.members import AccountKind, Applicant, admit
from tests.web.uploads import WEEK


@pytest.fixture
def sold(thandi, admit_member, database, settings, now):
    """Two weeks that Thandi sold together."""
    rudo = admit_member("Rudo", weeks=1)
    with database.writing() as session:
        ids = [right.id for right in held(session, thandi.account_id)[2:]]
        offer = sales.sell(session, settings, ids, thandi.account_id, 300_00, now)
        sales.reserve(session, settings, offer.id, rudo, now)
        sales.received(session, settings, offer.id, thandi, now)


def test_a_statement_sums_up_and_tells_each_week(sold, sender):
    sender.open("/member/statement")
    assert "16 November 2026 to 13 December 2026, as of 21 November 2026." in sender.page
    assert ">Sold</a></dt><dd>2</dd>" in sender.page
    assert sender.page.count("Sold to Rudo") == 2


def test_a_statement_is_taken_as_a_table(sold, sender):
    answer = sender.client.get("/member/statement.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(table) == 4
    assert sum("sold" in row.values() for row in table) == 2
    assert {row["week"] for row in table if "sold" in row.values()} == {WEEK, "2026-W50"}


def test_who_never_held_anything_reads_so(signed_in, database, now):
    with database.writing() as session:
        bongi = admit(session, Applicant("Bongi", "b@example.org"), now, AccountKind.BUYER)
    visitor = signed_in(bongi)
    for path in ("/member/statement", "/member/year?of=ever"):
        visitor.open(path)
        assert "You have not held any airtime yet." in visitor.page
    assert visitor.client.get("/member/statement.csv").status_code == 200


def test_a_statement_is_nobody_elses(nobody):
    for path in ("/member/statement", "/member/statement.csv", "/member/year"):
        assert nobody.client.get(path).status_code == 303
