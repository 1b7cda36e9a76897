"""Listeners who report what they heard, and an operator who holds, approves and waits."""

from datetime import datetime

from sqlalchemy.orm import Session

from station import reports, reviewing, rights
from station.airtime import Week
from station.members import Person
from station.reports import ReportKind, Said
from station.settings import Settings
from tests.web.seed import Seeded


def judge(session: Session, settings: Settings, seeded: Seeded, now: datetime) -> None:
    """A report that waits, one that was right so that its member waits, and a held piece."""
    lerato, pieter, zanele = seeded.members[6:9]
    slot = settings.slots.number(now)
    said = Said(ReportKind.HURTFUL, "At two minutes he calls my people names.", "ann@example.net")
    reports.of_slot(session, settings, (0, slot), said, "203.0.113.7", now)
    aired = _asked(session, settings, lerato, 0, now)
    loud = Said(ReportKind.COPIED, "I know this: it is a record of 1987.")
    right = reports.of_request(session, settings, aired, loud, "203.0.113.8", now)
    reports.settle(session, right.id, upheld=True, answer="It was.", who=seeded.operator, now=now)
    held, approved = (_asked(session, settings, one, 1, now) for one in (pieter, zanele))
    reason = "Is this your own recording?"
    reviewing.hold(session, settings, held, reason, seeded.operator, now)
    reviewing.approve(session, settings, approved, seeded.operator, now)


def _asked(session: Session, settings: Settings, person: Person, weeks: int, now: datetime) -> int:
    """What a person asks for in this week, or so many later."""
    week = Week.of(now, settings.zone).plus(weeks)
    asked = rights.requests_of(session, week)
    return next(one.id for one in asked if one.account_id == person.account_id)
