"""What aired in a week, slot by slot, and how exactly, from the air log and the outcomes."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from station import airlog, asrun
from station.airlog import AirLine, LineKind
from station.airtime import Week
from station.asrun import OutcomeKind
from station.settings import Settings

AHEAD = "ahead"
UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class SlotReport:
    """One member's slot: what was planned, and what became of it.

    `ahead`: it is not yet over. `undecided`: it is, and playout has not said yet what was heard.
    `similarity` (0 to 1) is how like its master the watch heard it; None when no watch listened.
    """

    channel: int
    slot_number: int
    request_id: int | None
    kind: str
    title: str
    planned_at: datetime
    aired_at: datetime | None
    start_error_ms: int | None
    outcome: str
    reason: str
    similarity: float | None = None

    def facts(self) -> dict[str, object]:
        """With stable keys, times in ISO 8601."""
        return {
            "channel": self.channel,
            "slot_number": self.slot_number,
            "request_id": self.request_id,
            "kind": self.kind,
            "title": self.title,
            "planned_at": self.planned_at.isoformat(),
            "aired_at": None if self.aired_at is None else self.aired_at.isoformat(),
            "start_error_ms": self.start_error_ms,
            "outcome": self.outcome,
            "reason": self.reason,
            "similarity": self.similarity,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """A week's outcomes counted, and the start errors of what came on air, in ms.

    Median, 99th percentile and worst are of the error's size, early or late.
    """

    outcomes: dict[str, int]
    median_error_ms: float | None
    p99_error_ms: int | None
    worst_error_ms: int | None

    @property
    def fell_short(self) -> int:
        """How many slots did not air as planned, of those with an outcome."""
        fine = (AHEAD, UNDECIDED, OutcomeKind.AIRED)
        return sum(count for kind, count in self.outcomes.items() if kind not in fine)

    def facts(self) -> dict[str, object]:
        """With stable keys."""
        return {
            "outcomes": self.outcomes,
            "median_error_ms": self.median_error_ms,
            "p99_error_ms": self.p99_error_ms,
            "worst_error_ms": self.worst_error_ms,
        }

    def lines(self) -> list[str]:
        """For people."""
        if not self.outcomes:
            return ["Nothing is planned in this week."]
        counted = ", ".join(f"{count} {kind}" for kind, count in self.outcomes.items())
        told = [f"{counted}."]
        if self.median_error_ms is not None:
            told.append(
                f"Start error: median {self.median_error_ms:g} ms, "
                f"99th percentile {self.p99_error_ms} ms, worst {self.worst_error_ms} ms."
            )
        return told


def slots_of(session: Session, settings: Settings, week: Week, now: datetime) -> list[SlotReport]:
    """A week's members' slots in order of time."""
    on_air = settings.slots.number(now)
    outcomes = {
        (outcome.channel, outcome.slot_number): outcome
        for outcome in asrun.outcomes_of(session, str(week))
    }
    reports = []
    for line in airlog.lines_of_week(session, str(week)):
        if line.kind not in (LineKind.SEGMENT, LineKind.SILENCE):
            continue
        found = outcomes.get((line.channel, line.slot_number))
        planned_at = settings.slots.start(line.slot_number)
        error_ms = None if found is None else found.start_error_ms
        reports.append(
            SlotReport(
                channel=line.channel,
                slot_number=line.slot_number,
                request_id=line.request_id,
                kind=line.kind,
                title=line.title,
                planned_at=planned_at,
                aired_at=None
                if error_ms is None
                else planned_at + timedelta(milliseconds=error_ms),
                start_error_ms=error_ms,
                outcome=_without_outcome(line, on_air) if found is None else found.kind,
                reason="" if found is None else found.reason,
                similarity=None if found is None else found.similarity,
            )
        )
    return reports


def _without_outcome(line: AirLine, on_air: int) -> str:
    return AHEAD if line.slot_number >= on_air else UNDECIDED


def summary(slots: Sequence[SlotReport]) -> Summary:
    """A week in numbers."""
    sizes = sorted(abs(slot.start_error_ms) for slot in slots if slot.start_error_ms is not None)
    return Summary(
        outcomes=dict(Counter(slot.outcome for slot in slots)),
        median_error_ms=statistics.median(sizes) if sizes else None,
        p99_error_ms=percentile(sizes, 99) if sizes else None,
        worst_error_ms=sizes[-1] if sizes else None,
    )


def percentile(ordered: Sequence[int], percent: int) -> int:
    """The smallest value that at least so many percent do not exceed (nearest rank)."""
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]
