"""What a master must be, what the member chose about it, and what the station lays beside it."""

from dataclasses import dataclass, field, replace

from msgspec import structs

from media.words import ENGLISH
from station.sections import AudioSection
from station.treatment import FillKind, Long, Treatment

# We decode so much more than there is room for, to say by how much a recording is too long.
BEYOND_ROOM_SECONDS = 30.0
LEAST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a master must be, and what the member chose about it.

    An ident at the head takes `ident_seconds` of each slot; what is said by itself is said in
    `language`.
    """

    slot_seconds: float
    audio: AudioSection = field(default_factory=AudioSection)
    treatment: Treatment = field(default_factory=Treatment)
    ident_seconds: float = 0.0
    language: str = ENGLISH

    @property
    def room_seconds(self) -> float:
        """What a slot has left for a recording."""
        return self.slot_seconds - self.ident_seconds

    @property
    def limit_seconds(self) -> float:
        """The longest recording that fits: two slots hold one that is spread."""
        return self.room_seconds * (2 if self.spread else 1)

    @property
    def fade_out(self) -> bool:
        """Whether a recording that is too long is cut."""
        return self.treatment.long == Long.FADE

    @property
    def spread(self) -> bool:
        """Whether a recording that is too long goes on in a second slot."""
        return self.treatment.long == Long.SPREAD

    @property
    def least_seconds(self) -> float:
        """The shortest recording that is taken: 5 s, less where slots are very short."""
        return min(LEAST_SECONDS, self.slot_seconds / 2)

    @property
    def decoded_seconds(self) -> float:
        """How much of an upload is decoded at most."""
        return self.slot_seconds * (2 if self.spread else 1) + BEYOND_ROOM_SECONDS

    @property
    def plain(self) -> "Wanted":
        """The same without leveler and filters."""
        return replace(self, treatment=structs.replace(self.treatment, level=False, clean=False))

    @property
    def alone(self) -> "Wanted":
        """What is wanted of another piece of the member's: all of it that fits, and no ident."""
        return replace(self, treatment=Treatment(long=Long.FADE), ident_seconds=0.0)


@dataclass(frozen=True, slots=True)
class FillFile:
    """A prepared piece of fill in the spool: its number at the station, and its loudness."""

    name: str
    kind: FillKind
    lufs: float
    number: int
