"""What programs are told of the air, in the same shapes by the API and by webhooks.

Instants are ISO 8601 in the station's zone; channels count from 0, slot numbers from the Unix
epoch.
"""

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from station import shares
from station.airlog import AirLine, LineKind
from station.alarms import AlarmKind
from station.asrun import Outcome, OutcomeKind
from station.settings import Settings


class Slot(Struct, frozen=True):
    """One slot of one channel, and what is planned there; `page` is a member's piece's own."""

    channel: int
    name: str
    slot_number: int
    starts: datetime
    ends: datetime
    kind: LineKind
    title: str
    speaker: str
    page: str | None


class EndedSlot(Slot, frozen=True):
    """A slot, and how it ended: null while that is not decided, and for the station's own sound.

    `start_error_ms` is after (+) or before (-) its time; `similarity` (0 to 1) is how like its
    master a listener's receiver heard it.
    """

    outcome: OutcomeKind | None
    start_error_ms: int | None
    similarity: float | None


class FillBegan(Struct, frozen=True):
    """The station's own sound is heard: `instead` of what was planned, and from which source."""

    slot: Slot
    source: str


class TakenDown(Struct, frozen=True):
    """A slot's piece was taken off air, and why."""

    slot: Slot
    reason: str


class DeadAirHeard(Struct, frozen=True):
    """Quiet that nobody planned, or nothing at all, as listeners of a mount have it."""

    alarm: int
    kind: AlarmKind
    channel: int
    quality: str
    began: datetime
    ended: datetime | None


class WeekPublished(Struct, frozen=True):
    """A version of a week counts from now on; `root_hash` is what the ledger was then."""

    week: str
    version: int
    root_hash: str | None


class TestPost(Struct, frozen=True):
    """Nothing happened: somebody wants to see that this arrives."""

    webhook: int


def slot(session: Session, settings: Settings, channel: int, number: int) -> Slot:
    """What is planned for a slot; the station's own sound where the air log has nothing."""
    line = session.get(AirLine, (channel, number))
    return slot_of(settings, channel, number, line)


def slot_of(settings: Settings, channel: int, number: int, line: AirLine | None) -> Slot:
    """A slot by its line of the air log, if it has one."""
    span = settings.slots.span(number)
    request_id = None if line is None else line.request_id
    return Slot(
        channel=channel,
        name=settings.channel_name(channel),
        slot_number=number,
        starts=span.start.astimezone(settings.zone),
        ends=span.end.astimezone(settings.zone),
        kind=LineKind.FILL if line is None else LineKind(line.kind),
        title="" if line is None else line.title,
        speaker="" if line is None else line.speaker,
        page=None if request_id is None else shares.address(settings, request_id),
    )


def ended_slot(session: Session, settings: Settings, channel: int, number: int) -> EndedSlot:
    """A slot, and how it ended if it has."""
    found = session.get(Outcome, (channel, number))
    return EndedSlot(
        **msgspec.structs.asdict(slot(session, settings, channel, number)),
        outcome=None if found is None else OutcomeKind(found.kind),
        start_error_ms=None if found is None else found.start_error_ms,
        similarity=None if found is None else found.similarity,
    )
