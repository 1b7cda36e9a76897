"""Somebody with every kind of offer, and a proposed swap, in a seeded station."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import causes
from station.airtime import Week
from station.ledger import held
from station.market import gifts, sales, swaps
from station.members import Person
from station.rights import Request
from station.settings import Settings
from tests.web.seed import Seeded

WHY = "There is no R99 on my account, and nobody answers my letters."
CAUSES = ("George Floyd", "Marikana, 16 August 2012", "Everybody who never came home from below")


@dataclass(frozen=True, slots=True)
class Trade:
    """What pages need in their addresses; the trader is the last of the seeded members."""

    gift: str
    request: int
    rights: str


def trade(session: Session, settings: Settings, seeded: Seeded, now: datetime) -> Trade:
    """Let the last member give by link, sell, buy, be disputed with, and be asked to swap."""
    *_, farai, kagiso, amina = seeded.members
    sipho = seeded.members[1]
    for cause in CAUSES:
        causes.add(session, cause, now)
    mine, theirs = held(session, amina.account_id), held(session, kagiso.account_id)
    gift = gifts.give_by_link(
        session, settings, [right.id for right in mine[6:8]], amina.account_id, "Naledi", now
    )
    sales.sell(session, settings, [mine[3].id], amina.account_id, 15000, now)
    reserved = sales.sell(session, settings, [mine[4].id], amina.account_id, 12000, now)
    sales.reserve(session, settings, reserved.id, sipho, now)
    paid = sales.sell(session, settings, [mine[5].id], amina.account_id, 12000, now)
    sales.reserve(session, settings, paid.id, sipho, now)
    sales.paid(session, settings, paid.id, sipho, now)
    bundle = [right.id for right in theirs[3:]]
    sales.sell(session, settings, bundle, kagiso.account_id, 90000, now)
    disputed = held(session, farai.account_id)[3]
    offer = sales.sell(session, settings, [disputed.id], farai.account_id, 9900, now)
    sales.reserve(session, settings, offer.id, amina, now)
    sales.paid(session, settings, offer.id, amina, now)
    sales.dispute(session, settings, offer.id, farai, WHY, now)
    mine_on_air, theirs_on_air = (_on_air(session, settings, one, now) for one in (amina, kagiso))
    swaps.propose(session, settings, theirs_on_air, mine_on_air, kagiso.account_id, now)
    return Trade(f"/gift/{gift.token}", mine_on_air, f"right={mine[2].id}&right={mine[8].id}")


def _on_air(session: Session, settings: Settings, person: Person, now: datetime) -> int:
    """What a person asked of the week that is on air."""
    query = sa.select(Request.id).where(
        Request.account_id == person.account_id, Request.week == str(Week.of(now, settings.zone))
    )
    return session.scalars(query).one()
