"""What time alone does in the model: offers run out, weeks close, owed rights come back."""

from dataclasses import dataclass

from tests.station.model.offering import Offering
from tests.station.model.things import (
    DISPUTED,
    OPEN,
    PAID,
    RESERVED,
    SILENCE,
    Asks,
    No,
    Right,
    closes,
    is_over,
    label,
    plus,
)


@dataclass(frozen=True)
class MadeGood:
    """What a right is made good by."""

    week: str
    holder: int
    asks: Asks | None
    last_week: str

    def right(self) -> Right:
        """The right that is issued."""
        return Right(self.week, self.holder, asks=self.asks, last_week=self.last_week)


class Model(Offering):
    """The whole model."""

    def settle_aired(self) -> None:
        """Rights whose slots are over leave their holders' hands."""
        for right in self.rights.values():
            if right.outcome is not None and isinstance(right.place, int):
                self._leave(right, "aired" if right.outcome == "aired" else "makegood")

    def close_weeks(self) -> None:
        """Offers run out, and what nobody used is pooled."""
        self._lapse()
        self._expire_disputed()
        for number, right in self.rights.items():
            used = right.asks is not None or self.waits_for_verdict(number)
            if not isinstance(right.place, int) or used or self.now < closes(right.week):
                continue
            asks = self._standing(right.place)
            if right.last_week is not None and right.week < right.last_week:
                self._leave(right, "makegood")
            elif asks is not None:
                right.asks = asks
            else:
                self._leave(right, "pool")

    def end_weeks(self) -> None:
        """What was asked for and never planned is owed."""
        for right in self.rights.values():
            if isinstance(right.place, int) and is_over(right.week, self.now):
                self._leave(right, "makegood")

    def make_good(self) -> dict[int, MadeGood]:
        """What is given for each right that is owed; one that came too late expires."""
        waiting = [number for number, right in self.rights.items() if right.owed_to is not None]
        return {
            number: given
            for number in sorted(waiting, key=lambda n: (self.rights[n].week, n))
            if (given := self._made_good(number)) is not None
        }

    def rejoin(self, numbers: dict[int, int]) -> None:
        """Let runs that came back whole in one week be runs; what was given for what is told."""
        for before, number in numbers.items():
            run = self.rights[before].run
            again = tuple(numbers[one] for one in run if one in numbers)
            if run and len(again) == len(run) and len({self.rights[n].week for n in again}) == 1:
                self.rights[number].run = again

    def put_off(self, number: int, who: int, week: str) -> MadeGood:
        """Exchange a makegood for one of a later week."""
        self._require_usable(number, who)
        right = self.rights[number]
        if right.last_week is None:
            raise No("makegood-none")
        if not right.week < week <= right.last_week:
            raise No("makegood-late")
        given = MadeGood(week, who, None if right.run else right.asks, right.last_week)
        self._release(number)
        right.place = "makegood"
        return given

    def end_years(self) -> None:
        """Who did not renew is a member no more."""
        this_week = label(self.local_day())
        for account in self.accounts.values():
            if account.year is not None and account.year[1] < this_week:
                account.member, account.year = False, None

    def _leave(self, right: Right, place: str) -> None:
        if place == "makegood" and isinstance(right.place, int):
            right.owed_to = right.place
        right.place = place

    def _lapse(self) -> None:
        for offer in self.offers.values():
            if offer.deadline > self.now:
                continue
            if offer.state == PAID:
                offer.state = DISPUTED
            elif offer.state in (OPEN, RESERVED):
                self._give_back(offer, "lapsed" if offer.state == OPEN else "returned")

    def _expire_disputed(self) -> None:
        for offer in self.offers.values():
            for number in list(offer.waiting):
                if offer.state == DISPUTED and self.now >= closes(self.rights[number].week):
                    offer.waiting.remove(number)
                    self.rights[number].place = "expired"

    def _standing(self, who: int) -> Asks | None:
        standing = self.accounts[who].standing
        if standing == "silence":
            return SILENCE
        pieces = [
            number
            for number, recording in self.recordings.items()
            if recording.account == who and recording.state == "accepted"
        ]
        return ("segment", max(pieces)) if standing == "last" and pieces else None

    def _made_good(self, number: int) -> MadeGood | None:
        right = self.rights[number]
        last_week = plus(right.week, self.rules.makegood_weeks)
        if right.last_week is not None and right.asks is None:
            last_week = right.last_week
        week = max(self.next_open_week(), plus(right.week, 1))
        if week <= last_week:
            given = MadeGood(week, right.owed_to, right.asks, last_week)
            right.owed_to = None
            return given
        if last_week < self.next_open_week():
            right.place, right.owed_to = "expired", None
        return None
