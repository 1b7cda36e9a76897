"""A statement says what became of every five minutes that a person ever had."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import makegoods
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.grid import Bump, Grid, GridState, Placement
from station.languages import gettext as _
from station.languages import marked
from station.ledger import Entry, EntryKind, Posting, Right
from station.market.offers import OPEN_STATES, Offer, OfferedRight, OfferKind, OfferState
from station.members import Account, AccountKind, Person
from station.moments import first_day, local_text
from station.rights import Request, RequestKind, RequestState
from station.settings import Settings


class Fate(StrEnum):
    """What became of a right, from its former or present holder's side."""

    UNUSED = "unused"
    RECORDING = "recording"
    SILENCE = "silence"
    OFFERED = "offered"
    GIVEN = "given"
    SOLD = "sold"
    POOLED = "pooled"
    PLACED = "placed"
    BUMPED = "bumped"
    AIRED = "aired"
    MISSED = "missed"
    TAKEN_DOWN = "taken down"
    LATER = "later"
    EXPIRED = "expired"
    VOIDED = "voided"


# What the account that a right lies in says of it, when nothing more is known.
LIES_IN = {
    AccountKind.POOL: Fate.POOLED,
    AccountKind.MAKEGOOD: Fate.LATER,
    AccountKind.EXPIRED: Fate.EXPIRED,
    AccountKind.VOIDED: Fate.VOIDED,
}


PASSED_ON = (Fate.OFFERED, Fate.GIVEN, Fate.SOLD)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One right: `channel` counts from 0 and `at` is its time on air, where it has one.

    `made_good` is the week of the makegood that was given for it, `silent` whether it asked for
    silence.
    """

    right_id: int
    week: str
    number: int
    fate: Fate
    title: str = ""
    other: str = ""
    reason: str = ""
    made_good: str = ""
    channel: int | None = None
    at: datetime | None = None
    silent: bool = False


def statement(
    session: Session, settings: Settings, account_id: int, weeks: set[str] | None = None
) -> list[StatementLine]:
    """Every right an account ever had, earliest week first; `weeks` narrows it."""
    had = sa.select(Posting.right_id).where(Posting.account_id == account_id, Posting.amount == 1)
    query = sa.select(Right, Account.kind).join(Account, Account.id == Right.account_id)
    query = query.where(Right.id.in_(had)).order_by(Right.week, Right.number)
    if weeks is not None:
        query = query.where(Right.week.in_(weeks))
    rights = session.execute(query).all()
    ids = [right.id for right, _ in rights]
    offers = _passed_on(session, ids, account_id)
    asked = _asked(session, ids, account_id)
    lines = [
        _line(settings, right, AccountKind(kind), account_id, offers.get(right.id), asked)
        for right, kind in rights
    ]
    given = makegoods.given_for(session, ids)
    return [
        replace(line, made_good=given[line.right_id].right.week)
        if line.right_id in given and line.fate not in PASSED_ON
        else line
        for line in lines
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    request: Request
    placement: Placement | None
    reason: str | None
    outcome: Outcome | None


def _line(
    settings: Settings,
    right: Right,
    kind: AccountKind,
    account_id: int,
    offer: tuple[Offer, str] | None,
    asked: dict[int, _Asked],
) -> StatementLine:
    line = StatementLine(right.id, right.week, right.number, Fate.UNUSED)
    if offer is not None and right.account_id != account_id:
        return replace(line, fate=_offered(kind, offer[0]), other=offer[1])
    found = asked.get(right.id)
    if found is None:
        return replace(line, fate=LIES_IN.get(kind, Fate.UNUSED))
    fate = _fate(found, kind)
    reason = found.outcome.reason if found.outcome and fate is Fate.TAKEN_DOWN else found.reason
    line = replace(line, fate=fate, title=found.request.title, reason=_(reason) if reason else "")
    if found.placement is None:
        return line
    week = right.parsed_week(settings.zone)
    at = week.instant(found.placement.start, settings.slots)
    return replace(line, channel=found.placement.channel, at=at)


def _offered(kind: AccountKind, offer: Offer) -> Fate:
    if offer.state != OfferState.ACCEPTED:
        # While a sale is disputed its week can close.
        return Fate.EXPIRED if kind is AccountKind.EXPIRED else Fate.OFFERED
    return Fate.SOLD if offer.kind == OfferKind.SALE else Fate.GIVEN


def _fate(asked: _Asked, kind: AccountKind) -> Fate:
    if asked.outcome is not None:
        if asked.outcome.kind == OutcomeKind.TAKEN_DOWN:
            return Fate.TAKEN_DOWN
        missed = (OutcomeKind.MISSED, OutcomeKind.REPLACED)
        return Fate.MISSED if asked.outcome.kind in missed else Fate.AIRED
    if asked.reason is not None:
        return Fate.BUMPED
    if kind in LIES_IN:
        # The week is over, and nothing was heard of it.
        taken = (AccountKind.VOIDED, AccountKind.POOL)
        return LIES_IN[kind] if kind in taken else Fate.MISSED
    if asked.placement is not None:
        return Fate.PLACED
    return Fate.SILENCE if asked.request.kind == RequestKind.SILENCE else Fate.RECORDING


def _passed_on(
    session: Session, right_ids: list[int], account_id: int
) -> dict[int, tuple[Offer, str]]:
    """The offers by which rights left an account last, each with its receiver's name."""
    left = (
        sa.select(Posting.right_id, sa.func.max(Posting.entry_id).label("entry_id"))
        .where(
            Posting.right_id.in_(right_ids), Posting.account_id == account_id, Posting.amount == -1
        )
        .group_by(Posting.right_id)
        .subquery()
    )
    query = (
        sa.select(OfferedRight.right_id, Offer, Person.name)
        .join(left, left.c.right_id == OfferedRight.right_id)
        .join(Entry, sa.and_(Entry.id == left.c.entry_id, Entry.kind == EntryKind.OFFER))
        .join(Offer, Offer.id == OfferedRight.offer_id)
        .outerjoin(Person, Person.account_id == Offer.receiver_id)
        .where(
            Offer.giver_id == account_id,
            Offer.state.in_([*OPEN_STATES, OfferState.ACCEPTED]),
        )
        .order_by(Offer.id)
    )
    return {
        right_id: (offer, name or offer.friend) for right_id, offer, name in session.execute(query)
    }


def _asked(session: Session, right_ids: list[int], account_id: int) -> dict[int, _Asked]:
    published = sa.select(Grid.id).where(Grid.state == GridState.PUBLISHED)
    query = (
        sa.select(Request, Placement, Bump.reason, Outcome)
        .select_from(Request)
        .outerjoin(
            Placement,
            sa.and_(Placement.request_id == Request.id, Placement.grid_id.in_(published)),
        )
        .outerjoin(Bump, sa.and_(Bump.request_id == Request.id, Bump.grid_id.in_(published)))
        .outerjoin(Outcome, Outcome.request_id == Request.id)
        .where(
            Request.right_id.in_(right_ids),
            Request.account_id == account_id,
            Request.state == RequestState.OPEN,
        )
    )
    return {
        request.right_id: _Asked(request, placement, reason, outcome)
        for request, placement, reason, outcome in session.execute(query)
    }


SAID = {
    Fate.UNUSED: marked("not used yet"),
    Fate.RECORDING: marked("recording: %(title)s"),
    Fate.SILENCE: marked("silence for %(title)s"),
    Fate.OFFERED: marked("offered to %(other)s"),
    Fate.GIVEN: marked("given to %(other)s"),
    Fate.SOLD: marked("sold to %(other)s"),
    Fate.POOLED: marked("not used: gone to the station's pool"),
    Fate.PLACED: marked("on air: %(title)s"),
    Fate.BUMPED: marked("could not be placed: %(reason)s"),
    Fate.AIRED: marked("went out: %(title)s"),
    Fate.MISSED: marked("should have gone out, and did not: %(title)s"),
    Fate.TAKEN_DOWN: marked("was taken off air, %(reason)s: %(title)s"),
    Fate.LATER: marked("not used, and comes back in a later week"),
    Fate.EXPIRED: marked("ran out"),
    Fate.VOIDED: marked("given back with the membership"),
}
# The same of what has a place on air.
SAID_OF_A_PLACE = {
    Fate.PLACED: marked("on air %(moment)s, channel %(channel)s: %(title)s"),
    Fate.AIRED: marked("went out %(moment)s, channel %(channel)s: %(title)s"),
    Fate.MISSED: marked(
        "should have gone out %(moment)s, channel %(channel)s, and did not: %(title)s"
    ),
    Fate.TAKEN_DOWN: marked(
        "was taken off air %(moment)s, channel %(channel)s, %(reason)s: %(title)s"
    ),
}
OFFERED_TO_ANYONE = marked("offered to anyone")
COMES_BACK = marked("not used, and comes back in a later week: %(week)s")
OUR_FAULT = marked(
    "%(said)s. That was not your fault: you have airtime in the week of %(week)s instead"
)


def sentence(line: StatementLine, settings: Settings) -> str:
    """A statement line in words, in the language that is spoken."""
    later = first_day(Week.parse(line.made_good, settings.zone)) if line.made_good else ""
    if line.fate is Fate.LATER and later:
        return _(COMES_BACK, week=later)
    said, facts = SAID[line.fate], {"title": line.title, "other": line.other, "reason": line.reason}
    if line.at is not None and line.channel is not None:
        said = SAID_OF_A_PLACE.get(line.fate, said)
        facts["moment"] = local_text(line.at, settings)
        facts["channel"] = settings.channel_name(line.channel)
    if line.fate is Fate.OFFERED and not line.other:
        said = OFFERED_TO_ANYONE
    told = _(said, **facts)
    return _(OUR_FAULT, said=told.removesuffix("."), week=later) if later else told
