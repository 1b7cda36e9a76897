"""What a card offers that is longer than its slot: a long silence, and two rights for one piece."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from station import rights, too_long
from station.airtime import Week
from station.settings import Settings
from web.member.cards import Card


@dataclass(frozen=True, slots=True)
class Free:
    """A right that nothing was sent for."""

    right_id: int
    week: Week


@dataclass(frozen=True, slots=True)
class Choices:
    """The rights that somebody has free, earliest first, and how many slots each run of theirs has.

    Runs are counted by name.
    """

    free: Sequence[Free]
    runs: Counter[str]

    def slots(self, card: Card) -> range:
        """How many slots a silence of a card's right can have, from two on."""
        free = sum(one.week == card.week and one.right_id != card.right_id for one in self.free)
        return range(2, self.length(card) + free + 1)

    def length(self, card: Card) -> int:
        """How many slots what a card's right asks for has now."""
        return self.runs[card.request.run] if card.request and card.request.run else 1

    def can_fade(self, card: Card) -> bool:
        """Whether the newest take of a card is too long to air, and no silence was chosen since."""
        if card.latest is None or card.silent or not card.open:
            return False
        return too_long.can_fade(card.latest)

    def others(self, card: Card) -> list[Free]:
        """What the newest take of a card can be spread over besides its own, one of each week.

        Its own week's is first, then those that come after it, then the earlier ones.
        """
        if card.latest is None or not too_long.can_spread(card.latest):
            return []
        others = [one for one in self.free if one.right_id != card.right_id]
        each = {one.week.monday: one for one in reversed(others)}
        return [each[monday] for monday in sorted(each, key=lambda at: (at < card.week.monday, at))]


def choices(
    session: Session, settings: Settings, account_id: int, cards: Sequence[Card], now: datetime
) -> Choices:
    """What somebody's cards offer."""
    free = rights.unused(session, account_id, rights.next_open_week(settings, now))
    runs = Counter(card.request.run for card in cards if card.request and card.request.run)
    return Choices([Free(one.id, one.parsed_week(settings.zone)) for one in free], runs)
