"""The commands of the market: what members do on their pages, typed."""

from datetime import UTC, datetime
from typing import Any

import click

from station import trail
from station.acting import Acting, acting, as_person, of_weeks, rights_of_weeks
from station.cli import opened
from station.command import Answer, answers
from station.market import gifts, offers, sales
from station.market.offers import Offer
from station.market.tell import what
from station.settings import Settings

OFFER = click.argument("offer", type=int)


@click.group()
def market() -> None:
    """The market: give, sell, reserve, pay and settle airtime; each acts as one person."""


@market.command("list")
@answers
def list_offers() -> Answer:
    """List everything for sale, and what the operators have to decide."""
    with opened() as (settings, database), database.reading() as session:
        for_sale, disputed = offers.listings(session), offers.disputes(session)
        facts = {
            "for_sale": [_facts(offer) for offer in for_sale],
            "disputed": [_facts(offer) for offer in disputed],
        }
        lines = [
            *(_line(offer, settings) for offer in for_sale),
            *(f"{_line(offer, settings)}: disputed. {offer.dispute}" for offer in disputed),
        ]
    return Answer(facts, lines or ["Nothing is for sale."], "mweya market reserve OFFER --as EMAIL")


@market.command("give")
@click.argument("receiver")
@click.option("--link", is_flag=True, help="RECEIVER is the name of a friend who is not here yet.")
@of_weeks
@as_person
@answers
def give(
    receiver: str,
    link: bool,
    email: str,
    first: str | None,
    last: str | None,
    every: int,
    but: tuple[str, ...],
) -> Answer:
    """Offer rights as a gift to RECEIVER: an address here, or with --link a friend's name."""
    with acting(email) as act:
        ids = [right.id for right in rights_of_weeks(act, first, last, every, but)]
        who = act.who.account_id
        if not link:
            gift = gifts.give(act.session, act.settings, ids, who, receiver, act.now)
            return _told(act, gift.offer, "Offered", "mweya market accept OFFER --as EMAIL")
        gift = gifts.give_by_link(act.session, act.settings, ids, who, receiver, act.now)
        address = gifts.link(act.settings, gift.token or "")
        facts = _facts(gift.offer) | {"link": address}
        lines = [
            _line(gift.offer, act.settings),
            f"Send {receiver} this link; it works once and is shown only here:",
            address,
        ]
    return Answer(facts, lines, "mweya market withdraw OFFER --as EMAIL (to take it back)")


@market.command("sell")
@click.option("--price", "cents", type=click.IntRange(min=1), required=True, help="In cents.")
@of_weeks
@as_person
@answers
def sell(
    cents: int, email: str, first: str | None, last: str | None, every: int, but: tuple[str, ...]
) -> Answer:
    """List rights together at one price for anyone to buy."""
    with acting(email) as act:
        ids = [right.id for right in rights_of_weeks(act, first, last, every, but)]
        offer = sales.sell(act.session, act.settings, ids, act.who.account_id, cents, act.now)
        return _told(act, offer, "For sale", "mweya market list")


@market.command("accept")
@OFFER
@as_person
@answers
def accept(offer: int, email: str) -> Answer:
    """Accept the gift OFFER."""
    with acting(email) as act:
        taken = gifts.accept(act.session, act.settings, offer, act.who, act.now)
        return _told(act, taken, "Accepted", "mweya member statement EMAIL")


@market.command("refuse")
@OFFER
@as_person
@answers
def refuse(offer: int, email: str) -> Answer:
    """Refuse the gift OFFER; it returns to its giver."""
    with acting(email) as act:
        refused = gifts.refuse(act.session, act.settings, offer, act.who, act.now)
        return _told(act, refused, "Refused", "mweya market list")


@market.command("withdraw")
@OFFER
@as_person
@answers
def withdraw(offer: int, email: str) -> Answer:
    """Take back OFFER, which nobody took."""
    with acting(email) as act:
        taken_back = offers.withdraw(act.session, offer, act.who, act.now)
        return _told(act, taken_back, "Taken back", "mweya member statement EMAIL")


@market.command("reserve")
@OFFER
@as_person
@answers
def reserve(offer: int, email: str) -> Answer:
    """Reserve OFFER until its payment."""
    with acting(email) as act:
        reserved = sales.reserve(act.session, act.settings, offer, act.who, act.now)
        return _told(act, reserved, "Reserved", "mweya market paid OFFER --as EMAIL")


@market.command("step-back")
@OFFER
@as_person
@answers
def step_back(offer: int, email: str) -> Answer:
    """Give up the reservation of OFFER before paying."""
    with acting(email) as act:
        returned = sales.release_reservation(act.session, act.settings, offer, act.who, act.now)
        return _told(act, returned, "Given up", "mweya market list")


@market.command("paid")
@OFFER
@as_person
@answers
def paid(offer: int, email: str) -> Answer:
    """Say as its buyer that OFFER was paid."""
    with acting(email) as act:
        said = sales.paid(act.session, act.settings, offer, act.who, act.now)
        return _told(act, said, "Said to be paid", "mweya market received OFFER --as EMAIL")


@market.command("received")
@OFFER
@as_person
@answers
def received(offer: int, email: str) -> Answer:
    """Say as its seller that the money for OFFER came: the rights go to the buyer."""
    with acting(email) as act:
        settled = sales.received(act.session, act.settings, offer, act.who, act.now)
        return _told(act, settled, "Settled", "mweya member statement EMAIL")


@market.command("dispute")
@OFFER
@click.argument("why")
@as_person
@answers
def dispute(offer: int, why: str, email: str) -> Answer:
    """Ask the operators, in the words WHY, to decide about OFFER, which is said to be paid."""
    with acting(email) as act:
        disputed = sales.dispute(act.session, act.settings, offer, act.who, why, act.now)
        return _told(act, disputed, "Disputed", "mweya market resolve OFFER --to-buyer|--to-seller")


@market.command("resolve")
@OFFER
@click.option("--to-buyer/--to-seller", "to_buyer", required=True, help="Who gets the rights.")
@answers
def resolve(offer: int, to_buyer: bool) -> Answer:
    """Decide the disputed OFFER as the station's operator."""
    with opened() as (settings, database), database.writing() as session:
        now = datetime.now(UTC)
        resolved = sales.resolve(session, settings, offer, now, to_buyer=to_buyer)
        said = "Decided for the buyer" if to_buyer else "Decided for the seller"
        lines = [f"{said}. {_line(resolved, settings)}"]
        done = "disputes.to_buyer" if to_buyer else "disputes.to_seller"
        trail.write(session, None, done, now, subject=str(offer), said=lines[0])
    return Answer(_facts(resolved), lines, "mweya market list")


def _told(act: Acting, offer: Offer, said: str, next_command: str) -> Answer:
    lines = [f"{said}. {_line(offer, act.settings)}"]
    return Answer(_facts(offer), lines, next_command.replace("OFFER", str(offer.id)))


def _line(offer: Offer, settings: Settings) -> str:
    price = ""
    if offer.price_cents is not None:
        price = f" at {offer.currency} {offer.price_cents // 100}.{offer.price_cents % 100:02}"
    return f"Offer {offer.id}: {what(offer, settings)}{price}"


def _facts(offer: Offer) -> dict[str, Any]:
    return {
        "offer": offer.id,
        "kind": offer.kind,
        "state": offer.state,
        "rights": [str(right) for right in offer.rights],
        "price_cents": offer.price_cents,
        "currency": offer.currency,
        "reference": offer.reference,
        "deadline": offer.deadline.isoformat(),
    }
