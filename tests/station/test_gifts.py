"""A gift reaches a person who is here, or by its link a friend who is not here yet."""

from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from station import books
from station.errors import Refusal, WrongInput
from station.ledger import held
from station.letters import Letter
from station.market import gifts, offers
from station.members import AccountKind, Applicant, admit, with_email

WEEK = "2026-W50"
FRIEND = Applicant("Nomsa", "nomsa@example.org")


@pytest.fixture
def link(database, settings, now, janet, right_of):
    with database.writing() as session:
        ids = [right_of(janet, WEEK).id]
        return gifts.give_by_link(session, settings, ids, janet.account_id, "Nomsa", now)


def with_market(settings, **changes):
    market = msgspec.structs.replace(settings.market, **changes)
    return msgspec.structs.replace(settings, market=market)


def test_a_friend_who_is_not_here_yet_accepts_by_link(database, settings, now, link):
    with database.writing() as session:
        offer, friend = gifts.accept_by_link(session, settings, link.token, FRIEND, now)
        assert friend.account.kind == AccountKind.BUYER
        assert [right.week for right in held(session, friend.account_id)] == [WEEK]
        assert offer.state == "accepted"
        assert books.verify(session) == []


def test_a_link_works_once(database, settings, now, link, peter):
    with database.writing() as session:
        gifts.accept_by_link(session, settings, link.token, FRIEND, now)
    with database.writing() as session:
        for press in (
            lambda: gifts.by_link(session, link.token, now),
            lambda: gifts.accept_by_link(session, settings, link.token, peter, now),
            lambda: gifts.refuse_by_link(session, settings, link.token, now),
        ):
            with pytest.raises(Refusal, match="over"):
                press()


def test_a_link_is_worthless_once_its_gift_was_taken_back(
    database, settings, now, link, janet, peter
):
    with database.writing() as session:
        offers.withdraw(session, link.offer.id, janet, now)
        again = gifts.give(
            session, settings, [link.offer.rights[0].id], janet.account_id, peter.email, now
        )
        with pytest.raises(Refusal, match="over"):
            gifts.accept_by_link(session, settings, link.token, FRIEND, now)
        assert gifts.accept(session, settings, again.offer.id, peter, now).state == "accepted"


def test_a_link_runs_out_with_its_gift(database, settings, link):
    with database.reading() as session:
        late = link.offer.deadline
        assert gifts.by_link(session, link.token, late - timedelta(seconds=1)).id == link.offer.id
        with pytest.raises(Refusal, match="over"):
            gifts.by_link(session, link.token, late)


def test_a_link_never_lets_anybody_in_as_somebody_else(database, settings, now, link, janet, peter):
    pretender = Applicant("Not Peter", peter.email)
    with pytest.raises(Refusal, match="belongs to somebody here"), database.writing() as session:
        gifts.accept_by_link(session, settings, link.token, pretender, now)
    with pytest.raises(Refusal, match="your own"), database.writing() as session:
        gifts.accept_by_link(session, settings, link.token, janet, now)


def test_a_refused_link_returns_the_gift(database, settings, now, link, janet):
    with database.writing() as session:
        gifts.refuse_by_link(session, settings, link.token, now)
        assert len(held(session, janet.account_id)) == 4
        assert with_email(session, FRIEND.email) is None


def test_the_database_keeps_no_link(database, link):
    with database.reading() as session:
        offer = session.get_one(offers.Offer, link.offer.id)
        assert link.token not in (offer.link_hash, offer.friend)


def test_a_friend_with_an_address_is_written_to(database, settings, now, janet, right_of):
    with database.writing() as session:
        ids = [right_of(janet, WEEK).id]
        gift = gifts.give_by_link(
            session, settings, ids, janet.account_id, "Nomsa", now, "Nomsa@Example.org "
        )
        letter = session.scalars(sa.select(Letter)).one()
        assert (letter.person_id, letter.to_email) == (None, "nomsa@example.org")
        assert gifts.link(settings, gift.token) in letter.body


@pytest.mark.parametrize("email", ["nomsa", "a b@example.org", "nomsa@", "@example.org"])
def test_an_address_that_is_none_is_refused(database, settings, now, janet, right_of, email):
    with pytest.raises(WrongInput, match="not an email"), database.writing() as session:
        ids = [right_of(janet, WEEK).id]
        gifts.give_by_link(session, settings, ids, janet.account_id, "Nomsa", now, email)


def test_a_station_may_keep_its_airtime_among_members(database, settings, now, janet, right_of):
    closed = with_market(settings, receivers="members")
    with database.writing() as session:
        ids = [right_of(janet, WEEK).id]
        with pytest.raises(Refusal, match="only members"):
            gifts.give_by_link(session, closed, ids, janet.account_id, "Nomsa", now)
        buyer = admit(session, FRIEND, now, AccountKind.BUYER)
        with pytest.raises(Refusal, match="only members"):
            gifts.give(session, closed, ids, janet.account_id, buyer.email, now)


def test_nobody_collects_more_of_a_week_than_the_station_allows(
    database, settings, now, janet, peter, right_of
):
    limited = with_market(settings, most_rights_per_week=1)
    ids = [right_of(janet, WEEK).id]
    told = "at most 1 rights of week 2026-W50, and 1"
    with pytest.raises(Refusal, match=told), database.writing() as session:
        gifts.give(session, limited, ids, janet.account_id, peter.email, now)
    with database.writing() as session:
        gift = gifts.give(session, settings, ids, janet.account_id, peter.email, now)
        with pytest.raises(Refusal, match="at most 1"):
            gifts.accept(session, limited, gift.offer.id, peter, now)
