"""Who holds what in the model, and what their rights ask for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.station.model.things import (
    SILENCE,
    Account,
    No,
    Offer,
    Recording,
    Right,
    Rules,
    closes,
    label,
    plus,
)


@dataclass
class Holding:
    """People, their rights, and what these ask for; everything by its number."""

    rules: Rules
    now: datetime
    accounts: dict[int, Account] = field(default_factory=dict)
    rights: dict[int, Right] = field(default_factory=dict)
    offers: dict[int, Offer] = field(default_factory=dict)
    recordings: dict[int, Recording] = field(default_factory=dict)
    sold: int = 0

    def held(self, who: int) -> list[int]:
        """The numbers of the rights that somebody holds."""
        return [number for number, right in self.rights.items() if right.place == who]

    def local_day(self) -> date:
        """Today in Johannesburg."""
        return (self.now + timedelta(hours=2)).date()

    def next_open_week(self) -> str:
        """The first week that has not closed."""
        week = label(self.local_day())
        while self.now >= closes(week):
            week = plus(week, 1)
        return week

    def waits_for_verdict(self, number: int) -> bool:
        """Whether a right has a recording that was not checked yet."""
        return any(
            recording.right == number and recording.state == "received"
            for recording in self.recordings.values()
        )

    def begin_year(self, who: int, numbers: Iterable[int], first: str, weeks: int) -> None:
        """Somebody becomes a member, with a right for each week."""
        account = self.accounts[who]
        account.member, account.year = True, (self.now, plus(first, weeks - 1))
        for offset, number in enumerate(numbers):
            self.rights[number] = Right(plus(first, offset), who, who, self.now)

    def dedicate(self, number: int, who: int, also: Collection[int] = ()) -> None:
        """Dedicate a right to silence, or several of its week as one."""
        others = sorted(set(also) - {number})
        if any(self.rights[one].place != who for one in others):
            raise No("right-not-yours")
        self._require_usable(number, who)
        right = self.rights[number]
        if any(self.rights[one].week != right.week for one in others):
            raise No("run-weeks")
        if any(self._is_used(one) for one in others if one not in right.run):
            raise No("right-used")
        if any(self.waits_for_verdict(one) for one in others):
            raise No("right-used")
        self._release(number)
        whole = (number, *others)
        for one in whole:
            self.rights[one].asks, self.rights[one].run = SILENCE, whole if others else ()

    def withdraw_request(self, number: int, who: int) -> None:
        """Let a right ask for nothing."""
        self._require_usable(number, who)
        self._release(number)

    def upload(self, number: int, who: int) -> Recording:
        """Send a recording, which waits for its verdict."""
        self._require_usable(number, who)
        return Recording(number, who)

    def check(self, number: int, *, fine: bool) -> None:
        """Give the verdict on a recording."""
        recording = self.recordings[number]
        if recording.state != "received":
            return
        recording.state = "accepted" if fine else "rejected"
        right = self.rights[recording.right]
        newer = (right.asks or SILENCE)[1] or 0
        if fine and right.place == recording.account and newer <= number:
            self._withdraw(recording.right)
            right.asks = ("segment", number)

    def _require_usable(self, number: int, who: int) -> None:
        if self.rights[number].place != who:
            raise No("right-not-yours")
        if self.now >= closes(self.rights[number].week):
            raise No("week-closed")

    def _is_used(self, number: int) -> bool:
        return self.rights[number].asks is not None

    def _withdraw(self, number: int) -> None:
        for one in self.rights[number].run or (number,):
            self.rights[one].asks, self.rights[one].run = None, ()

    def _release(self, number: int) -> None:
        self._withdraw(number)
        for recording in self.recordings.values():
            if recording.right == number and recording.state == "received":
                recording.state = "withdrawn"
