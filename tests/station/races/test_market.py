"""However many press at once, in many processes of many threads: one wins, others are told so."""

from collections import Counter

from station.ledger import held
from station.market import gifts, sales
from station.members import AccountKind, station_account
from tests.station.races.winning import codes, usable, winners


def test_of_all_who_buy_at_once_one_gets_each(race, database, free, now, janet, crowded):
    with database.writing() as session:
        listed = [
            sales.sell(session, free, [right.id], janet.account_id, 150_00, now).id
            for right in usable(session, janet)
        ]
    raced = race(
        [
            {"verb": "reserve", "offer": offer, "who": buyer.id}
            for offer in listed
            for buyer in crowded
        ]
    )
    assert winners(raced, "offer") == {1}
    assert codes(raced) == {"done", "offer-ended"}


def test_of_accepting_refusing_and_withdrawing_at_once_one_happens(
    race, database, free, now, janet, peter
):
    with database.writing() as session:
        given = [
            gifts.give(session, free, [right.id], janet.account_id, peter.email, now).offer.id
            for right in usable(session, janet)
        ]
    answers = [("accept", peter), ("refuse", peter), ("withdraw", janet)] * 3
    raced = race(
        [{"verb": verb, "offer": offer, "who": who.id} for offer in given for verb, who in answers]
    )
    assert winners(raced, "offer") == {1}
    assert codes(raced) == {"done", "offer-ended"}


def test_a_link_works_once_and_makes_one_person_of_an_address(
    race, database, free, now, janet, crowded
):
    with database.writing() as session:
        tokens = [
            gifts.give_by_link(session, free, [right.id], janet.account_id, "Ama", now).token
            for right in usable(session, janet)
        ]
    people = [{"who": crowded[0].id}, {"who": crowded[1].id}]
    # The same new address opens all the links.
    people += [{"new": "ama@example.org"}] * 3 + [{"new": "kofi@example.org"}] * 2
    raced = race(
        [
            *(
                {"verb": "accept by link", "token": token, **one}
                for token in tokens
                for one in people
            ),
            *({"verb": "refuse by link", "token": token} for token in tokens),
        ]
    )
    assert winners(raced, "token") == {1}
    assert codes(raced) <= {"done", "offer-ended", "email-taken"}


def test_a_right_is_given_or_sold_once_however_bundles_overlap(
    race, database, janet, peter, crowded
):
    with database.reading() as session:
        ids = [right.id for right in usable(session, janet)]
    bundles = [ids[n : n + 3] for n in range(len(ids) - 2)]
    bundles += [bundle[::-1] for bundle in bundles] + [[one] for one in ids]
    raced = race(
        [
            *(
                {"verb": "give", "rights": bundle, "who": janet.id, "to": peter.email}
                for bundle in bundles
            ),
            *({"verb": "sell", "rights": bundle, "who": janet.id} for bundle in bundles),
        ]
    )
    offered = Counter(n for press, said in raced if said == "done" for n in press["rights"])
    assert set(offered.values()) == {1}
    assert codes(raced) <= {"done", "right-not-yours", "right-elsewhere"}
    with database.reading() as session:
        escrow = station_account(session, AccountKind.ESCROW)
        assert {right.id for right in held(session, escrow)} == set(offered)


def test_a_reservation_ends_once(race, database, free, now, janet, peter):
    with database.writing() as session:
        listed = [
            sales.sell(session, free, [right.id], janet.account_id, 150_00, now).id
            for right in usable(session, janet)
        ]
        for offer in listed:
            sales.reserve(session, free, offer, peter, now)
    ends = [("received", janet), ("step back", peter)] * 2
    others = [("paid", peter), ("dispute", peter), ("withdraw", janet)]
    raced = race(
        [
            {"verb": verb, "offer": offer, "who": who.id}
            for offer in listed
            for verb, who in ends + others
        ]
    )
    ended = [(press, said) for press, said in raced if press["verb"] in {"received", "step back"}]
    assert winners(ended, "offer") == {1}
    assert not any(said == "done" for press, said in raced if press["verb"] == "withdraw")
    assert codes(raced) == {"done", "offer-ended"}


def test_nobody_passes_the_most_rights_of_a_week_by_pressing_at_once(
    race, database, free, now, peter, crowded
):
    with database.writing() as session:
        given, listed = [], []
        for n, member in enumerate(crowded):
            ids = [right.id for right in usable(session, member) if right.week == "2026-W49"]
            if n % 2:
                offer = gifts.give(session, free, ids, member.account_id, peter.email, now).offer
                given.append(offer.id)
            else:
                sale = sales.sell(session, free, ids, member.account_id, 150_00, now)
                listed.append(sale.id)
    raced = race(
        [
            *({"verb": "accept", "offer": offer, "who": peter.id} for offer in given),
            *({"verb": "reserve", "offer": offer, "who": peter.id} for offer in listed),
        ]
        * 2,
        changes={"market": {"most_rights_per_week": 3, "cooling_off_hours": 0}},
    )
    # One of that week is Peter's own.
    assert sum(said == "done" for _, said in raced) == 2
    assert codes(raced) == {"done", "offer-ended", "rights-too-many"}
