"""The desk's page for fees, the bank's file and refunds."""

import io

import pytest
import sqlalchemy as sa

from station.membership import bank, fees, years
from station.membership.bank import BankLine
from tests.web.seed_membership import MEMBERSHIP

HEAD = "Date,Amount,Description\n"


@pytest.fixture
def settings(make_settings):
    return make_settings(MEMBERSHIP)


@pytest.fixture
def operator(joined, seeded, signed_in):
    visitor = signed_in(seeded.operator)
    visitor.open("/desk/fees/")
    return visitor


@pytest.fixture
def due(joined, database):
    with database.reading() as session:
        (invoice,) = fees.due(session)
        return invoice.reference


def file(text, name="bank.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return (io.BytesIO(content), name, "text/csv")


def is_member(database, person):
    with database.reading() as session:
        return years.current(session, person.id) is not None


def lines(database):
    with database.reading() as session:
        return list(session.scalars(sa.select(BankLine).order_by(BankLine.id)))


def test_a_fee_that_came_makes_a_member_once(operator, due, joined, database):
    assert "One fee is due." in operator.page
    action = f"/desk/fees/{due}/payment"
    hidden = operator.forms[action]
    for _ in range(2):
        assert operator.client.post(action, data=hidden).status_code == 303
    operator.open("/desk/fees/")
    assert f"{due} is paid: Karabo Sithole is a member for it" in operator.page
    assert "No fee is due." in operator.page
    assert is_member(database, joined.payable)
    answer = operator.client.post(action, data={**hidden, "key": "again"})
    assert answer.status_code == 409


@pytest.mark.parametrize(("words", "count"), [("karabo", 1), ("nobody", 0), ("RF", 3)])
def test_invoices_are_found_by_reference_or_payer(words, count, operator):
    operator.open(f"/desk/fees/?q={words}")
    assert f"{count} {'invoice fits' if count == 1 else 'invoices fit'} “{words}”." in operator.page


def test_the_banks_file_is_told_line_by_line(operator, due, joined, database):
    text = f"{HEAD}2026-11-21,500.00,EFT {due}\n2026-11-21,20,gift\n2026-11-21,-5,fee\n"
    operator.send("/desk/fees/bank", file=file(text))
    said = (
        "The bank's file is read. 1 line paid its invoice. 1 line is left to you. "
        "1 line is not money that came."
    )
    assert said in operator.page
    told = operator.page.partition("<details open>")[2].partition("</details>")[0]
    assert f"paid its invoice: {due}, R500.00, Karabo Sithole" in told
    assert "R20.00" in told
    assert "names no invoice of ours" in told
    assert is_member(database, joined.payable)
    operator.send("/desk/fees/bank", file=file(text))
    assert "2 lines were read before." in operator.page


@pytest.mark.parametrize(
    ("sent", "sentence", "status"),
    [
        (None, "Please choose the bank's file first, then press Read.", 422),
        (b"", "no line names the columns", 422),
        (f"{HEAD}2026-11-21,500.00,ok\nsoon,1,x\n", "Line 3: “soon” is not a date", 422),
        (b"\x00\xff" * 99, "no line names the columns", 422),
    ],
)
def test_a_file_that_is_none_changes_nothing(sent, sentence, status, operator, database):
    before = len(lines(database))
    fields = {} if sent is None else {"file": file(sent)}
    answer = operator.send("/desk/fees/bank", **fields)
    assert answer.status_code == status
    assert sentence in operator.page
    assert len(lines(database)) == before


def test_a_file_that_is_too_big_for_a_bank_is_refused(operator, database):
    before = len(lines(database))
    hidden = operator.forms["/desk/fees/bank"]
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n'
        for name, said in hidden.items()
    ]
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="bank.csv"\r\n\r\n'
    body = "".join([*parts, head, "x" * 2_000_001, "\r\n--x--\r\n"]).encode()
    kind = "multipart/form-data; boundary=x"
    answer = operator.client.post("/desk/fees/bank", data=body, content_type=kind)
    assert answer.status_code == 422
    assert "This file is too big: at most 2 MB" in answer.text
    assert len(lines(database)) == before


def test_a_file_in_the_banks_own_letters_is_read(operator, database):
    text = f"{HEAD}2026-11-21,20.00,Zoë Müller\n".encode("cp1252")
    operator.send("/desk/fees/bank", file=file(text))
    assert lines(database)[-1].description == "Zoë Müller"


def test_what_the_bank_left_open_pays_an_invoice_or_is_settled(operator, due, joined, database):
    short, unknown = (
        next(one for one in lines(database) if one.cents == cents and one.finding != "paid")
        for cents in (450_00, 500_00)
    )
    pay = f"/desk/fees/bank/{unknown.id}/payment"
    assert operator.send(pay, reference="RF99MW0000009").status_code == 422
    assert 'value="RF99MW0000009"' in operator.page
    operator.send(pay, reference=due.lower())
    assert f"{due} is paid" in operator.page
    assert is_member(database, joined.payable)
    operator.send(f"/desk/fees/bank/{short.id}/settling")
    assert "Left to you" not in operator.page
    with database.reading() as session:
        assert bank.unsettled(session) == []


def test_a_refund_is_paid_once(operator, database):
    with database.reading() as session:
        (owed,) = fees.refunds_due(session)
    assert "To be paid back" in operator.page
    action = f"/desk/fees/{owed.reference}/refund"
    hidden = operator.forms[action]
    operator.send(action)
    assert f"R500 for {owed.reference} are in the books as sent." in operator.page
    assert "To be paid back" not in operator.page
    answer = operator.client.post(action, data={**hidden, "key": "again"})
    assert answer.status_code == 409
