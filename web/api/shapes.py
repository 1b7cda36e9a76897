"""What programs are told on the open addresses; instants are ISO 8601 in the station's zone."""

from datetime import date, datetime

from msgspec import Struct

from station.airlog import LineKind
from station.shares import PieceState
from web.again.episodes import Episode


class Stream(Struct, frozen=True):
    """One way to hear a channel, and what an hour of it costs in millions of bytes."""

    quality: str
    url: str
    type: str
    kilobits: int
    megabytes_an_hour: float


class Channel(Struct, frozen=True):
    """One continuous programme; `languages` are those that it airs, none for all.

    The stream that needs least data comes first.
    """

    channel: int
    name: str
    languages: tuple[str, ...]
    streams: tuple[Stream, ...]


class Station(Struct, frozen=True):
    """The whole. A right is one slot of `slot_seconds`; a `demo` has made-up members."""

    name: str
    zone: str
    slot_seconds: int
    currency: str
    demo: bool
    at: datetime
    channels: tuple[Channel, ...]


class Channels(Struct, frozen=True):
    """Every channel."""

    channels: tuple[Channel, ...]


class Piece(Struct, frozen=True):
    """One thing on air, which may last several slots; `words` is what listeners read of it.

    A reserved block is `live` while its presenter is heard. `page` is a member's piece's own page.
    """

    channel: int
    starts: datetime
    ends: datetime
    kind: LineKind
    title: str
    speaker: str
    words: str
    live: bool
    page: str | None


class Playing(Struct, frozen=True):
    """One channel: what is heard now (null where nothing is planned), what is next, and later.

    `listeners` is how many players were tuned in when they were counted last, if they were.
    """

    channel: int
    name: str
    listeners: int | None
    now: Piece | None
    next: Piece | None
    later: tuple[Piece, ...]


class Now(Struct, frozen=True):
    """What every channel sends at an instant."""

    at: datetime
    channels: tuple[Playing, ...]


class Programme(Struct, frozen=True):
    """A day, by channel and time; what was taken off air is left out.

    `version` of `week` is what is published, with the root hash that the ledger had then.
    """

    day: date
    week: str
    version: int | None
    root_hash: str | None
    pieces: tuple[Piece, ...]


class SharedPiece(Struct, frozen=True):
    """A member's piece that has or had a time on air; of one that is gone, nothing but that."""

    state: PieceState
    title: str
    silent: bool
    speaker: str
    channel: int
    starts: datetime | None
    ends: datetime | None


class HeardAgain(Struct, frozen=True):
    """What can be heard again of a day of a channel, in order, while its holders agree."""

    channel: int
    day: date
    episodes: tuple[Episode, ...]


class Causes(Struct, frozen=True):
    """What members can dedicate silence to, besides their own words."""

    causes: tuple[str, ...]
