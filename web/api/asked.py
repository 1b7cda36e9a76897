"""What a program can ask for with each address; what can't be read so is refused."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

MOST_AT_ONCE = 500

Number = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Channel = Annotated[int, Meta(ge=0, le=999, description="A channel, counted from 0.", examples=[0])]
Label = Annotated[
    str,
    Meta(
        pattern="^[0-9]{4}-W[0-9]{2}$",
        description="An ISO week of the station's zone.",
        examples=["2026-W48"],
    ),
]


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is asked besides."""


class OneDay(Struct, frozen=True, forbid_unknown_fields=True):
    """A day of the station's zone, on all channels or one."""

    day: Annotated[date, Meta(description="A day of the station's zone.")]
    channel: Annotated[Channel | None, Meta(description="Only this channel.")] = None


class OneChannelsDay(Struct, frozen=True, forbid_unknown_fields=True):
    """A day of the station's zone, on one channel."""

    channel: Channel
    day: Annotated[date, Meta(description="A day of the station's zone.")]


class OneSlot(Struct, frozen=True, forbid_unknown_fields=True):
    """One slot of one channel."""

    channel: Channel
    slot_number: Annotated[
        int, Meta(ge=0, le=2**40, description="Slots since the Unix epoch.", examples=[5985216])
    ]


class OnePiece(Struct, frozen=True, forbid_unknown_fields=True):
    """One piece, by the end of its page's address."""

    code: Annotated[str, Meta(pattern="^[0-9a-z-]{1,60}$", examples=["412-k3f9x2ab"])]


class OneWeek(Struct, frozen=True, forbid_unknown_fields=True):
    """One week."""

    week: Label


class OneVersion(Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a week; by default its draft, else the published one."""

    week: Label
    version: Number | None = None


class SomeHolders(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is how far in a week; at most 500 at once, from the `first` on."""

    week: Label
    first: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class SomeDays(Struct, frozen=True, forbid_unknown_fields=True):
    """So many days up to the `last` one, which is included; today where none is named."""

    last: date | None = None
    days: Annotated[int, Meta(ge=1, le=400)] = 28


class SomeDeeds(Struct, frozen=True, forbid_unknown_fields=True):
    """Deeds of one kind, like `fees`, and older than one by its number."""

    kind: Annotated[str, Meta(pattern="^[a-z_-]{0,60}$", examples=["fees"])] = ""
    before: Number | None = None


class OneAlarm(Struct, frozen=True, forbid_unknown_fields=True):
    """One alarm, by its number."""

    alarm: Number
