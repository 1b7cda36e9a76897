"""How many listened to a slot is counted each minute of it, and nobody is named."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base, compare_and_set
from station.languages import gettext as _
from station.languages import ngettext
from station.lengths import figures

Slot = tuple[int, int]  # channel and slot number
# From here on a count is rounded while it changes.
FEW = 20


class Audience(Base):
    """What was counted in one slot of one channel, in so many `samples`.

    Counted are the connections to the station's own mounts at that moment, without the station's
    watch: a person with two players is two, and whoever listens through a relay is none.
    `kilobits` adds up what all of them were sent a second, sample by sample; 0 of old counts.
    """

    __tablename__ = "audience"

    channel: Mapped[int] = mapped_column(primary_key=True)
    slot_number: Mapped[int] = mapped_column(primary_key=True)
    samples: Mapped[int]
    total: Mapped[int]
    most: Mapped[int]
    kilobits: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Listeners:
    """How many listened to a slot at once: the most, and the mean of what was counted."""

    most: int
    mean: float


def add(
    session: Session, channel: int, slot_number: int, listeners: int, kilobits: int = 0
) -> None:
    """Add one count to a slot: so many listeners, who are sent so many kbit/s together."""
    changed = compare_and_set(
        session,
        Audience,
        Audience.channel == channel,
        Audience.slot_number == slot_number,
        samples=Audience.samples + 1,
        total=Audience.total + listeners,
        most=sa.case((Audience.most < listeners, listeners), else_=Audience.most),
        kilobits=Audience.kilobits + kilobits,
    )
    if not changed:
        counted = {"samples": 1, "total": listeners, "most": listeners, "kilobits": kilobits}
        session.add(Audience(channel=channel, slot_number=slot_number, **counted))
        session.flush()


def of_slots(session: Session, slots: Collection[Slot]) -> dict[Slot, Listeners]:
    """How many listened to some slots; those in which nobody counted are left out."""
    numbers = {slot_number for _channel, slot_number in slots}
    query = sa.select(Audience).where(Audience.slot_number.in_(numbers))
    return {
        (one.channel, one.slot_number): Listeners(one.most, one.total / one.samples)
        for one in session.scalars(query)
        if (one.channel, one.slot_number) in slots
    }


def lately(session: Session, slot_number: int) -> dict[int, int]:
    """How many listened to each channel in the newest of this slot and the one before; a mean."""
    query = (
        sa.select(Audience.channel, Audience.total, Audience.samples)
        .where(Audience.slot_number.between(slot_number - 1, slot_number))
        .order_by(Audience.slot_number)
    )
    return {channel: round(total / samples) for channel, total, samples in session.execute(query)}


def rounded(listeners: int) -> int:
    """A count as it is told while it changes: exact when it is small, else two figures of it."""
    if listeners < FEW:
        return listeners
    return round(listeners, min(2 - len(str(listeners)), -1))


def now_sentence(listeners: int) -> str:
    """How many listen at the moment, in a sentence."""
    said = rounded(listeners)
    if said == 0:
        return _("Nobody was tuned in when we counted.")
    if said < FEW:
        return ngettext("One player is tuned in.", "%(num)s players are tuned in.", said)
    return _("About %(num)s players are tuned in.", num=figures(said))


def sentence(found: Listeners | None) -> str:
    """How many listened, in a sentence; empty where nobody counted."""
    if found is None:
        return ""
    most, mean = found.most, round(found.mean)
    if most == 0:
        return _("Nobody was tuned in when we counted.")
    if mean == most:
        return ngettext("One player was tuned in.", "%(num)s players were tuned in.", most)
    return ngettext(
        "One player was tuned in, at most %(most)s at once.",
        "%(num)s players were tuned in, at most %(most)s at once.",
        mean,
        most=most,
    )
