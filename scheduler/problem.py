"""A problem is everything a build needs to know about a week, frozen, in one JSON file.

The format `mweya-problem/1` is described in `docs/problem-format.md`.
"""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

FORMAT: Final = "mweya-problem/1"

# The limits keep every sum a build makes inside 64-bit integers, with room to spare.
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Positive = Annotated[int, Meta(ge=1, le=1_000_000)]
Points = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
Worth = Annotated[float, Meta(ge=-100_000, le=100_000)]
Name = Annotated[str, Meta(min_length=1)]


class Kind(StrEnum):
    """What a request puts on air."""

    SEGMENT = "segment"
    SILENCE = "silence"


class Place(Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """A channel and a start on it."""

    channel: Count
    start: Count


class Reserved(Struct, frozen=True, forbid_unknown_fields=True):
    """Starts that the station keeps."""

    channel: Count
    start: Count
    length: Positive

    @property
    def end(self) -> int:
        """The first start after it."""
        return self.start + self.length


class Window(
    Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}
):
    """A half-open stretch of starts, on one channel or (`None`) on all."""

    start: Count
    end: Positive
    channel: Count | None = None


class Wish(Window, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A window in which a first start is worth so many points more."""

    points: Points


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """The hard rules' numbers: gaps in slots, sold slots in a channel's clock hour."""

    holder_gap: Count
    sold_per_hour: Count
    silence_gap: Count


class Request(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one right (or several joined) asks of the week."""

    id: Name
    holder: Name
    length: Positive
    kind: Kind
    allowed: tuple[Window, ...]
    sold: bool = False
    trade: str | None = None
    cause: str | None = None
    together: str | None = None
    category: str | None = None
    owed: Annotated[float, Meta(ge=0, le=100)] = 1.0
    waited: Annotated[int, Meta(ge=0, le=1000)] = 0
    wishes: tuple[Wish, ...] = ()
    pin: Place | None = None

    @property
    def weight(self) -> int:
        """What it costs to bump it."""
        return self.length * (1 + self.waited)


class Published(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a request is in the version on show; `frozen` when it may no longer move."""

    id: Name
    channel: Count
    start: Count
    frozen: bool = False

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.channel, self.start)


class Problem(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """One week to fill. `value[channel][hour]` is what a start in that clock hour is worth."""

    format: Literal["mweya-problem/1"]
    week: Name
    zone: Name
    slot_seconds: Positive
    starts: Positive
    starts_per_hour: Positive
    channels: Annotated[int, Meta(ge=1, le=1000)]
    value: tuple[tuple[Worth, ...], ...]
    rules: Rules
    requests: tuple[Request, ...]
    reserved: tuple[Reserved, ...] = ()
    published: tuple[Published, ...] = ()
    move_cost: Points = 0
    repeat_cost: Count = 0

    @property
    def hours(self) -> int:
        """Clock hours in the week; the last may be a part (zones that shift by 30 minutes)."""
        return -(-self.starts // self.starts_per_hour)

    @cached_property
    def request(self) -> dict[str, Request]:
        """Its requests by id."""
        return {request.id: request for request in self.requests}

    @cached_property
    def was(self) -> dict[str, Published]:
        """The published places of its requests, by request id."""
        return {seat.id: seat for seat in self.published if seat.id in self.request}

    @cached_property
    def varies(self) -> bool:
        """Whether a repeat can cost anything."""
        return bool(self.repeat_cost) and any(one.category is not None for one in self.requests)

    def fixed(self, request: Request) -> set[Place]:
        """The places that a pin or a frozen slot demands; two of them can't both be met."""
        places = {request.pin} if request.pin else set()
        seat = self.was.get(request.id)
        return places | ({seat.place} if seat and seat.frozen else set())
