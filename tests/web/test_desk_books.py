"""The desk's books: the audit and the downloads."""

import pytest
import sqlalchemy as sa

from station.books import journal
from station.ledger import Right, root_hash


@pytest.fixture
def operator(seeded, signed_in):
    visitor = signed_in(seeded.operator)
    visitor.open("/desk/books/")
    return visitor


def test_whole_books_are_called_whole(operator, database):
    with database.reading() as session:
        assert root_hash(session) in operator.page
    operator.send("/desk/books/audit")
    assert "The books are whole." in operator.page


def test_a_right_that_was_moved_by_hand_is_found(operator, database, seeded):
    with database.writing() as session:
        theirs = sa.select(Right.id).where(Right.account_id == seeded.members[0].account_id)
        elsewhere = {"account_id": seeded.members[1].account_id}
        session.execute(
            sa.update(Right).where(Right.id == session.scalars(theirs).first()).values(elsewhere)
        )
    operator.send("/desk/books/audit")
    assert "The audit found one broken rule." in operator.page
    assert "is not where its postings put it." in operator.page


def test_the_journal_is_sent_as_a_file(operator, database):
    answer = operator.client.get("/desk/books/journal")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mweya-2026-W47.journal"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    with database.reading() as session:
        assert answer.text.splitlines() == list(journal(session))


def test_the_statement_says_where_the_rights_of_each_week_are(operator, seeded):
    assert "108 rights were issued." in operator.page
    assert "2027-W02" in operator.page
    operator.open("/desk/books/?first=2026-W48&last=2026-W49")
    assert "24 rights were issued." in operator.page
    assert "weeks 2026-W48 to 2026-W49, as of 21 November 2026." in operator.page
    assert "2026-W50" not in operator.page.partition("<tbody>")[2]


def test_a_week_that_is_none_is_kept_beside_the_refusal(operator):
    answer = operator.open("/desk/books/?first=2026-W99")
    assert answer.status_code == 404
    assert "“2026-W99” is not a week." in operator.page
    assert 'value="2026-W99"' in operator.page


def test_the_statement_is_sent_as_a_table(operator):
    answer = operator.client.get("/desk/books/statement.csv?first=2026-W48&last=2026-W49")
    name = 'attachment; filename="mweya-2026-W48-2026-W49.csv"'
    assert answer.headers["Content-Disposition"] == name
    assert answer.text.startswith("week,issued,held,")
    assert "total,24," in answer.text
    assert operator.client.get("/desk/books/statement.csv?last=x").status_code == 404
