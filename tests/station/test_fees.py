from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from station.errors import Refusal, WrongInput
from station.letters import Letter
from station.members import Applicant
from station.membership import applications, audit, fees, years
from station.membership.invoices import InvoiceState, vat_within
from station.membership.receipts import lines
from station.membership.references import DIGITS, reference_of, references_in
from station.money import MoneyEntry

NUMBERS = st.integers(0, 10**DIGITS - 1)
SAID = "I tell stories of our street and want to be heard."


@pytest.fixture
def taxed(make_settings):
    toml = '[station]\nname = "Radio Mweya"\n'
    return make_settings(toml + '[membership]\nvat_percent = 15\nvat_number = "4010101010"\n')


@pytest.fixture
def settings(taxed):
    return taxed


@pytest.fixture
def applied(database, settings, now):
    with database.writing() as session:
        who = Applicant("Thandi Mokoena", "thandi@example.org")
        return applications.apply(session, settings, who, SAID, None, now)


def letters_to(session, person):
    query = sa.select(Letter.body).where(Letter.person_id == person.id).order_by(Letter.id)
    return list(session.scalars(query))


@given(NUMBERS, st.data())
def test_one_wrong_digit_never_makes_another_invoices_reference(number, data):
    reference = reference_of(number)
    places = [place for place, letter in enumerate(reference) if letter.isdigit()]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != reference[place]]))
    assert references_in(reference[:place] + wrong + reference[place + 1 :]) == []


@given(NUMBERS, st.data())
def test_two_swapped_digits_never_make_another_invoices_reference(number, data):
    letters = list(reference_of(number))
    places = [place for place, letter in enumerate(letters) if letter.isdigit()]
    one, other = data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2, unique=True))
    letters[one], letters[other] = letters[other], letters[one]
    assert references_in("".join(letters)) in ([], [reference_of(number)])


@given(NUMBERS, st.data())
def test_a_missing_or_an_added_digit_makes_no_reference(number, data):
    reference = reference_of(number)
    place = data.draw(st.integers(len("RF00MW"), len(reference) - 1))
    assert references_in(reference[:place] + reference[place + 1 :]) == []
    added = data.draw(st.sampled_from("0123456789"))
    assert references_in(reference[:place] + added + reference[place:]) == []


@given(NUMBERS, st.sampled_from(["", " ", "-", "  ", "\n", "\u00a0"]), st.integers(1, 12))
def test_a_reference_survives_a_banks_statement(number, gap, every):
    reference = reference_of(number)
    groups = [reference[start : start + every] for start in range(0, len(reference), every)]
    told = f"EFT CREDIT M.{gap.join(groups).lower()} THANDI 2026"
    assert references_in(told) == [reference]


def test_a_text_may_name_several_references_and_says_each_once():
    first, second = reference_of(1), reference_of(2)
    assert references_in(f"{first}, {second} and {first}") == [first, second]


@given(st.integers(1, 10**9), st.integers(0, 99_99))
def test_the_tax_is_a_part_of_the_fee_to_the_nearest_cent(cents, hundredths):
    vat_cents = vat_within(cents, hundredths)
    exact = cents * hundredths / (100_00 + hundredths)
    assert abs(vat_cents - exact) <= 0.5 + 1e-6


def test_a_confirmed_fee_admits_its_applicant_with_a_year_of_rights(
    database, settings, now, applied
):
    with database.writing() as session:
        invoice = fees.confirm(session, settings, applied.invoice.reference, now)
        assert invoice.state == InvoiceState.PAID
        year = years.current(session, applied.person_id)
        assert (year.first_week, year.last_week) == ("2026-W49", "2027-W47")
        assert fees.due(session) == []
        assert [violation for rule in audit.RULES for violation in rule(session)] == []


def test_a_second_confirmation_is_refused(database, settings, now, applied):
    with database.writing() as session:
        fees.confirm(session, settings, applied.invoice.reference, now)
    with pytest.raises(Refusal, match="paid already"), database.writing() as session:
        fees.confirm(session, settings, applied.invoice.reference, now)
    with database.reading() as session:
        assert session.scalars(sa.select(sa.func.count(MoneyEntry.id))).one() == 1


def test_a_reference_of_nothing_is_told_to_the_operator(database, settings, now, applied):
    for wrong in ("500", reference_of(9_999_999)):
        with pytest.raises(WrongInput, match="no invoice"), database.writing() as session:
            fees.confirm(session, settings, wrong, now)


def test_a_receipt_shows_the_tax_and_the_stations_number(database, settings, now, applied):
    with database.writing() as session:
        with pytest.raises(Refusal, match="not paid"):
            fees.receipt(session, settings, applied.invoice)
        invoice = fees.confirm(session, settings, applied.invoice.reference.lower(), now)
        receipt = fees.receipt(session, settings, invoice)
        assert (receipt.cents, receipt.net_cents, receipt.vat_cents) == (50000, 43478, 6522)
        printed = "\n".join(lines(receipt, settings))
        assert printed in letters_to(session, applied.person)[-1]
    for part in ("Tax invoice", "Radio Mweya", "4010101010", "VAT 15 %: R65.22", "R500.00"):
        assert part in printed


def test_the_money_book_keeps_the_fee_with_its_tax(database, settings, now, applied):
    with database.writing() as session:
        fees.confirm(session, settings, applied.invoice.reference, now)
        (entry,) = session.scalars(sa.select(MoneyEntry))
    assert (entry.kind, entry.cents, entry.vat_cents) == ("fee", 50000, 6522)
    assert entry.reference == applied.invoice.reference


def test_a_refund_is_owed_until_it_is_sent_and_sent_once(database, settings, now, applied):
    with database.writing() as session:
        fees.confirm(session, settings, applied.invoice.reference, now)
        years.cancel(session, settings, applied.person, now + timedelta(days=1))
        (owed,) = fees.refunds_due(session)
        assert (owed.cents, owed.vat_cents, owed.person.id) == (50000, 6522, applied.person_id)
        fees.refund_paid(session, settings, owed.reference, now)
        assert fees.refunds_due(session) == []
        with pytest.raises(Refusal, match="No refund"):
            fees.refund_paid(session, settings, owed.reference, now)
        assert "R500.00" in letters_to(session, applied.person)[-1]
        assert [violation for rule in audit.RULES for violation in rule(session)] == []
