from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from station.errors import Refusal, WrongInput
from station.members import Applicant
from station.membership import applications, audit, bank, fees, years
from station.membership.bank import BankLine, Finding
from station.membership.bank_file import Payment, cents_of, day_of, read_bank_file
from station.money import MoneyEntry

SAID = "I tell stories of our street and want to be heard."


@pytest.fixture
def thandi(database, settings, now):
    return applied(database, settings, now, "Thandi")


@pytest.fixture
def sipho(database, settings, now):
    return applied(database, settings, now, "Sipho")


@pytest.fixture
def imported(database, settings, now):
    def take(text):
        with database.writing() as session:
            found = bank.import_file(session, settings, text, now)
        with database.reading() as session:
            assert [violation for rule in audit.RULES for violation in rule(session)] == []
        return found

    return take


def applied(database, settings, now, name):
    with database.writing() as session:
        who = Applicant(name, f"{name.lower()}@example.org")
        return applications.apply(session, settings, who, SAID, None, now)


def file_of(*lines):
    return "\n".join(["Date,Amount,Description", *lines]) + "\n"


def paying(application, amount="500.00", day="2026-11-20"):
    return f"{day},{amount},EFT {application.invoice.reference} {application.person.name}"


def grouped(whole, by):
    return f"{whole:,}".replace(",", by)


@given(
    st.integers(0, 10**9),
    st.sampled_from([("", "."), ("", ","), (" ", "."), (" ", ","), (",", "."), (".", ",")]),
    st.sampled_from(["{}", "R {}", "R{}", "ZAR {}", " {} ", "+{}", "{} Cr"]),
)
def test_a_sum_reads_the_same_however_a_bank_writes_it(cents, marks, around):
    by, point = marks
    text = around.format(f"{grouped(cents // 100, by)}{point}{cents % 100:02}")
    assert cents_of(text) == cents
    assert cents_of(text.replace(" ", "\u00a0")) == cents


@given(st.integers(1, 10**9), st.sampled_from(["-{}", "({})", "{}-", "R-{}", "-R {}", "{} DR"]))
def test_what_went_out_is_below_zero_however_a_bank_writes_it(cents, around):
    assert cents_of(around.format(f"{cents // 100}.{cents % 100:02}")) == -cents


@pytest.mark.parametrize(
    "text", ["", "R", "abc", "1.234", "1,234,50", "500 20", "12,34,567.00", "1.2.3", "9" * 13, "(5"]
)
def test_what_is_no_sum_or_could_be_two_is_not_guessed(text):
    with pytest.raises(ValueError, match="sum"):
        cents_of(text)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_reads_the_same_however_a_bank_writes_it(day):
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    named = f"{day.day} {months[day.month - 1]} {day.year}"
    short = f"{day.day:02}-{months[day.month - 1].upper()}-{day.year % 100:02}"
    forms = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d 10:00:00")
    for text in (named, short, *(day.strftime(form) for form in forms)):
        assert day_of(text) == day


@pytest.mark.parametrize("text", ["", "31/02/2026", "11/21/2026", "2026", "21 Foo 2026", "1.5"])
def test_what_is_no_day_is_not_guessed(text):
    with pytest.raises(ValueError, match="date"):
        day_of(text)


LAYOUTS = {
    "plain": 'Date,Amount,Balance,Description\n2026/11/20,"1,500.00",9.00,MW fee\n',
    "semicolons": 'Posting Date;Reference;Amount (ZAR)\r\n20/11/2026;MW fee;"1 500,00"\r\n',
    "tabs": "Value Date\tDetails\tCredit Amount\tDebit Amount\n20 Nov 2026\tMW fee\tR1500\t\n",
    "two ways": "Date,Description,Money In,Money Out\n2026-11-20,MW fee,1500.0,\n",
    "preamble": '\ufeff"Account","62"\n\n"Name","Mweya"\nDate,Amount,Description\n'
    "2026-11-20,1500.00,MW   fee\n\n",
    "twice": "Transaction Date,Description,Reference,Amount,\n20261120,MW fee,MW fee,1500.00,\n",
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_a_banks_file_is_read_whatever_it_calls_its_columns(text):
    file = read_bank_file(text)
    assert file.problems == []
    assert file.payments == [Payment(date(2026, 11, 20), 150000, "MW fee")]


def test_what_went_out_is_counted_and_left_alone():
    file = read_bank_file(file_of("2026-11-20,-45.00,Bank charges", "2026-11-20,0.00,Nothing"))
    assert (file.payments, file.debits, file.problems) == ([], 2, [])
    text = "Date,Description,Credit,Debit\n2026-11-20,Bank charges,,45.00\n"
    assert read_bank_file(text).debits == 1


def test_a_payment_that_names_its_invoice_and_its_sum_pays_it(database, imported, thandi):
    found = imported(file_of(paying(thandi)))
    assert [line.finding for line in found.lines] == [Finding.PAID]
    with database.reading() as session:
        assert years.current(session, thandi.person_id) is not None
        assert bank.unsettled(session) == []


def test_importing_a_file_again_or_one_that_overlaps_is_harmless(database, imported, thandi, sipho):
    first = file_of(paying(thandi), "2026-11-20,20.00,Gift", "2026-11-20,20.00,Gift")
    assert imported(first).repeated == 0
    assert (imported(first).lines, imported(first).repeated) == ([], 3)
    overlapping = file_of("2026-11-20,20.00,Gift", *["2026-11-20,20.00,Gift"] * 2, paying(sipho))
    found = imported(overlapping)
    assert [line.finding for line in found.lines] == [Finding.UNKNOWN, Finding.PAID]
    assert found.repeated == 2
    with database.reading() as session:
        assert session.scalars(sa.select(sa.func.count(MoneyEntry.id))).one() == 2


def test_a_payment_that_fits_no_due_invoice_waits_for_the_operator(imported, thandi, sipho):
    both = f"{sipho.invoice.reference} and {thandi.invoice.reference}"
    found = imported(
        file_of(
            paying(thandi),
            paying(thandi, day="2026-11-21"),
            paying(sipho, "450.00"),
            f"2026-11-20,1000.00,{both}",
            "2026-11-20,500.00,Fee of Naledi",
        )
    )
    assert [line.finding for line in found.lines] == [
        *(Finding.PAID, Finding.ENDED, Finding.OTHER_SUM, Finding.OTHER_SUM, Finding.UNKNOWN),
    ]


def test_a_mistyped_reference_pays_nobodys_fee(imported, thandi, sipho):
    reference = thandi.invoice.reference
    typed = reference[:-1] + sipho.invoice.reference[-1]
    assert typed not in (reference, sipho.invoice.reference)
    found = imported(file_of(f"2026-11-20,500.00,{typed}"))
    assert [line.finding for line in found.lines] == [Finding.UNKNOWN]


def test_broken_lines_are_named_and_nothing_is_imported(database, settings, now, thandi):
    text = file_of(paying(thandi), "2026-13-20,500.00,MW", "2026-11-20,lots,MW", "2026-11-20")
    with pytest.raises(WrongInput) as refusal, database.writing() as session:
        bank.import_file(session, settings, text, now)
    for part in ("Nothing was imported", "Line 3: ", "Line 4: “lots”", "Line 5: there are fewer"):
        assert part in refusal.value.sentence
    with database.reading() as session:
        assert session.scalars(sa.select(sa.func.count(BankLine.id))).one() == 0
        assert years.current(session, thandi.person_id) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no line names the columns"),
        ("Name,Email\nThandi,thandi@example.org\n", "no line names the columns"),
        ('Date,Amount,Description\n2026-11-20,5.00,"open\n2026-11-20,5.00,x\n', "Line 3"),
        ("Date,Amount,Description\n2026-11-20,500,00,MW\n", "more cells than columns"),
    ],
)
def test_a_file_that_is_not_a_banks_is_refused(text, problem):
    (found,) = read_bank_file(text).problems
    assert problem in found.sentence


def test_the_operator_settles_by_hand_what_the_file_could_not(
    database, settings, now, imported, thandi
):
    gift, fee = imported(file_of("2026-11-20,20.00,Gift", "2026-11-20,500.00,Fee of Thandi")).lines
    with database.writing() as session:
        assert bank.settle(session, gift.id, now).finding == Finding.SETTLED
        line = bank.pay(session, settings, fee.id, thandi.invoice.reference, now)
        assert line.invoice_id == thandi.invoice_id
        assert bank.unsettled(session) == []
        assert years.current(session, thandi.person_id) is not None
    for press in (
        lambda session: bank.settle(session, gift.id, now),
        lambda session: bank.settle(session, 9999, now),
        lambda session: bank.pay(session, settings, fee.id, thandi.invoice.reference, now),
    ):
        with pytest.raises(Refusal), database.writing() as session:
            press(session)


def test_a_fee_that_was_confirmed_by_hand_is_not_taken_twice(
    database, settings, now, imported, thandi
):
    with database.writing() as session:
        fees.confirm(session, settings, thandi.invoice.reference, now)
    assert [line.finding for line in imported(file_of(paying(thandi))).lines] == [Finding.ENDED]
