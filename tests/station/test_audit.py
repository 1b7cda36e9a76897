"""Each rule of the audit is broken behind the station's back, and is the only one told."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from station import books
from station.ledger import (
    FIRST_HASH,
    Entry,
    EntryKind,
    Head,
    Line,
    Posting,
    Right,
    held,
    lines_of,
    move,
)
from station.makegoods import Makegood
from station.market import gifts, sales
from station.market.offers import Offer, OfferedRight, OfferKind
from station.members import AccountKind, station_account
from station.membership.years import Membership, MembershipState
from station.money import MoneyEntry, MoneyKind, record
from tests.station.behind import drop_guard, forge


def told(session):
    """The names of the rules that the audit finds broken."""
    session.flush()
    return {violation.rule for violation in books.verify(session)}


@pytest.fixture
def place(database):
    """The id of one of the station's own accounts."""

    def found(kind):
        with database.reading() as session:
            return station_account(session, kind)

    return found


@pytest.fixture
def sold(database, settings, now, janet, peter):
    """A sale from Janet to Peter that was settled."""
    with database.writing() as session:
        offer = sales.sell(
            session, settings, [held(session, janet.account_id)[-1].id], janet.account_id, 500, now
        )
        sales.reserve(session, settings, offer.id, peter, now)
        sales.received(session, settings, offer.id, janet, now)
        assert told(session) == set()
        return offer


@pytest.fixture
def offered(database, settings, now, janet, peter):
    """A gift of Janet's to Peter that is open."""
    with database.writing() as session:
        right = held(session, janet.account_id)[-1]
        gift = gifts.give(session, settings, [right.id], janet.account_id, peter.email, now)
        assert told(session) == set()
        return gift.offer


def test_a_right_that_leaves_in_one_entry_and_arrives_in_another(database, now, janet, peter):
    with database.writing() as session:
        right = held(session, janet.account_id)[0]
        forge(session, [Line(right.id, janet.account_id, -1)], now)
        forge(session, [Line(right.id, peter.account_id, 1)], now)
        right.account_id = peter.account_id
        assert told(session) == {"unbalanced"}
        assert {one.ids for one in books.verify(session)} == {("3", "1"), ("4", "1")}


def test_an_entry_that_was_changed(database, now, janet, peter):
    changes = [
        sa.update(Entry).where(Entry.id == 1).values(reference="forged"),
        sa.update(Entry).where(Entry.id == 1).values(kind="void"),
        sa.update(Entry).where(Entry.id == 1).values(at=now + timedelta(seconds=1)),
        sa.update(Entry).where(Entry.id == 2).values(hash=FIRST_HASH),
        sa.update(Head).values(hash=FIRST_HASH),
    ]
    with database.writing() as session:
        drop_guard(session, "entries")
        for change in changes:
            undo = session.begin_nested()
            session.execute(change)
            assert told(session) == {"chain"}
            undo.rollback()
        assert told(session) == set()


def test_an_entry_whose_rights_went_to_another(database, janet, peter):
    with database.writing() as session:
        drop_guard(session, "postings")
        for table in (Posting, Right):
            session.execute(
                sa.update(table)
                .where(table.account_id == peter.account_id)
                .values(account_id=janet.account_id)
            )
        assert told(session) == {"chain"}


def test_the_newest_entries_missing(database, now, janet, peter):
    with database.writing() as session:
        right = held(session, janet.account_id)[0]
        there, back = janet.account_id, peter.account_id
        for source, target in ((there, back), (back, there)):
            move(session, [right], source, target, EntryKind.GIFT, now)
        for table in ("entries", "postings"):
            drop_guard(session, table)
        session.execute(sa.delete(Posting).where(Posting.entry_id > 2))
        session.execute(sa.delete(Entry).where(Entry.id > 2))
        assert told(session) == {"chain"}


def test_a_right_that_was_moved_without_an_entry(database, janet, peter):
    with database.writing() as session:
        right = held(session, janet.account_id)[0]
        right.account_id = peter.account_id
        assert told(session) == {"misplaced"}


def test_an_account_that_gives_what_it_has_not(database, now, janet, place):
    with database.writing() as session:
        right = held(session, janet.account_id)[0]
        pool, aired = place(AccountKind.POOL), place(AccountKind.AIRED)
        forge(session, lines_of([right.id], pool, aired), now)
        assert told(session) == {"overdrawn"}


def test_a_right_that_was_issued_twice(database, now, janet, peter, place):
    with database.writing() as session:
        right = held(session, janet.account_id)[0]
        issuance = place(AccountKind.ISSUANCE)
        forge(session, lines_of([right.id], issuance, peter.account_id), now)
        assert told(session) == {"unconserved"}
        assert [one.ids for one in books.verify(session)] == [("2026-W47",)]


def test_a_right_in_escrow_that_no_offer_holds(database, offered):
    with database.writing() as session:
        session.execute(sa.update(OfferedRight).values(in_escrow=False))
        assert told(session) == {"escrow"}


def test_an_offer_that_is_over_and_still_holds_a_right(database, offered):
    with database.writing() as session:
        session.execute(sa.update(Offer).values(state="lapsed"))
        assert told(session) == {"escrow"}


def test_a_right_that_left_escrow_while_its_offer_is_open(database, now, janet, offered, place):
    with database.writing() as session:
        escrow = place(AccountKind.ESCROW)
        move(session, offered.rights, escrow, janet.account_id, EntryKind.RETURN, now)
        assert told(session) == {"escrow"}


def test_a_right_in_two_open_offers(database, now, offered):
    with database.writing() as session:
        session.execute(sa.text("DROP INDEX uq_offered_rights_in_escrow"))
        again = Offer(
            kind=OfferKind.GIFT, giver_id=offered.giver_id, deadline=offered.deadline, made_at=now
        )
        session.add(again)
        session.flush()
        session.add(OfferedRight(offer_id=again.id, right_id=offered.rights[0].id))
        assert told(session) == {"one-offer"}


def makegood(right, owed, now):
    return Makegood(
        right_id=right.id, for_right_id=owed.id, least_worth=0, last_week="2027-W01", made_at=now
    )


def test_a_makegood_for_a_right_that_is_still_in_hand(database, now, janet):
    with database.writing() as session:
        owed, right = held(session, janet.account_id)[:2]
        session.add(makegood(right, owed, now))
        assert told(session) == {"makegood"}


def test_a_makegood_that_was_given_to_somebody_else(database, now, janet, peter, place):
    with database.writing() as session:
        owed, right = held(session, peter.account_id)[0], held(session, janet.account_id)[1]
        account = place(AccountKind.MAKEGOOD)
        move(session, [owed], peter.account_id, account, EntryKind.MAKEGOOD, now)
        assert told(session) == set()
        session.add(makegood(right, owed, now))
        assert told(session) == {"makegood"}


def test_a_settled_sale_without_its_money(database, sold):
    with database.writing() as session:
        drop_guard(session, "money_entries")
        session.execute(sa.delete(MoneyEntry))
        assert told(session) == {"sale-money"}


def test_a_settled_sale_with_other_money(database, sold):
    changes: list[dict[str, Any]] = [
        {"cents": MoneyEntry.cents + 1},
        {"currency": "EUR"},
        {"account_id": MoneyEntry.other_account_id},
    ]
    with database.writing() as session:
        drop_guard(session, "money_entries")
        for change in changes:
            undo = session.begin_nested()
            session.execute(sa.update(MoneyEntry).values(change))
            assert told(session) == {"sale-money"}
            undo.rollback()


def test_money_for_a_sale_that_never_was(database, now, janet, peter):
    with database.writing() as session:
        seller = janet.account_id
        record(
            session,
            MoneyKind.SALE,
            peter.account_id,
            500,
            "ZAR",
            "MWEYA-9",
            now,
            other_account_id=seller,
        )
        assert told(session) == {"sale-line"}


def test_the_audit_looks_at_memberships_too(database, janet):
    with database.writing() as session:
        session.execute(sa.update(Membership).values(state=MembershipState.ENDED))
        assert told(session) == {"members-have-years"}


def test_the_audit_asks_the_database_as_often_whatever_there_is(database, admit_member):
    def asked():
        statements = []
        with database.reading() as session:
            connection = session.connection()
            sa.event.listen(
                connection, "before_cursor_execute", lambda *seen: statements.append(seen[2])
            )
            assert books.verify(session) == []
        return len(statements)

    admit_member("Janet")
    once = asked()
    for name in ("Peter", "Thandi", "Sipho"):
        admit_member(name)
    assert asked() == once
    with database.reading() as session:
        assert session.scalars(sa.select(sa.func.count(Right.id))).one() == 16
