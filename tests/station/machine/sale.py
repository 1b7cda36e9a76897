"""How a sale comes about, or doesn't."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy.orm import Session

from station.market import sales
from station.members import Person
from station.settings import Settings
from tests.station.machine.pressing import MOSTLY, SEVERAL, SOME, some
from tests.station.machine.trade import Trade
from tests.station.model.things import UNDER_WAY, WITH_BUYER

SIDES = ("giver", "receiver")
PRICES = st.sampled_from([150_00] * 10 + [1, 1_000_000_00, 0, 1_000_000_01])
Verb = Callable[[Session, Settings, int, Person, datetime], Any]


class Sale(Trade):
    """Rules about sales."""

    @rule(who=SOME, several=SEVERAL, own=MOSTLY, cents=PRICES, to=SOME, far=st.integers(0, 3))
    def sell(self, who: int, several: list[int], own: bool, cents: int, to: int, far: int) -> None:
        """A sale, which goes as far as it is drawn: listed, reserved, paid, disputed."""
        who = self.a_holder(who)
        numbers = self.theirs(who, several, own=own)
        both = self.press(
            "sell",
            lambda: self.model.sell(who, numbers, cents),
            lambda session, now: sales.sell(session, self.settings, numbers, who, cents, now),
        )
        if both is None:
            return
        number, buyer = both[1].id, self.somebody(to, but=who)
        self.model.offers[number] = both[0]
        for step in (self.book, self.say_paid, self.say_disputed)[:far]:
            step(number, buyer)

    @some(kind="sale", state="open")
    @rule(which=SOME, who=SOME, fitting=MOSTLY)
    def reserve(self, which: int, who: int, fitting: bool) -> None:
        number = self.an_offer(which, fitting=fitting, kind="sale", state="open")
        who = self.somebody(who, but=self.model.offers[number].giver if fitting else None)
        self.book(number, who)

    def book(self, number: int, who: int) -> None:
        """One press on "reserve"."""
        self._sale("reserve", number, who, self.model.reserve, sales.reserve)

    @some(kind="sale", state="reserved")
    @rule(which=SOME, who=SOME, own=MOSTLY, fitting=MOSTLY)
    def paid(self, which: int, who: int, own: bool, fitting: bool) -> None:
        number, who = self._side(which, who, own, fitting, "reserved", "receiver")
        self.say_paid(number, who)

    def say_paid(self, number: int, who: int) -> None:
        """One press on "paid"."""
        self._sale("paid", number, who, self.model.paid, sales.paid)

    @some(kind="sale")
    @rule(which=SOME, who=SOME, own=MOSTLY, fitting=MOSTLY, state=st.sampled_from(WITH_BUYER))
    def received(self, which: int, who: int, own: bool, fitting: bool, state: str) -> None:
        number, who = self._side(which, who, own, fitting, state, "giver")
        self._sale("received", number, who, self.model.received, sales.received)

    @some(kind="sale", state="reserved")
    @rule(which=SOME, who=SOME, own=MOSTLY, fitting=MOSTLY)
    def step_back(self, which: int, who: int, own: bool, fitting: bool) -> None:
        number, who = self._side(which, who, own, fitting, "reserved", "receiver")
        self._sale(
            "step back", number, who, self.model.release_reservation, sales.release_reservation
        )

    @some(kind="sale", state="paid")
    @rule(which=SOME, who=SOME, own=MOSTLY, fitting=MOSTLY, side=st.sampled_from(SIDES))
    def dispute(self, which: int, who: int, own: bool, fitting: bool, side: str) -> None:
        number, who = self._side(which, who, own, fitting, "paid", side)

        self.say_disputed(number, who)

    def say_disputed(self, number: int, who: int) -> None:
        """One press on "dispute"."""

        def act(
            session: Session, settings: Settings, offer_id: int, by: Person, now: datetime
        ) -> None:
            sales.dispute(session, settings, offer_id, by, "Nothing came.", now)

        self._sale("dispute", number, who, self.model.dispute, act)

    @some(kind="sale", state="disputed")
    @rule(which=SOME, fitting=MOSTLY, to_buyer=st.booleans())
    def resolve(self, which: int, fitting: bool, to_buyer: bool) -> None:
        number = self.an_offer(which, fitting=fitting, kind="sale", state="disputed")
        self.press(
            "resolve",
            lambda: self.model.resolve(number, to_buyer=to_buyer),
            lambda session, now: sales.resolve(
                session, self.settings, number, now, to_buyer=to_buyer
            ),
        )

    @some(kind="sale")
    @rule(which=SOME, who=SOME, turn=st.booleans())
    def go_on(self, which: int, who: int, turn: bool) -> None:
        """What comes next for a sale, one way or the other."""
        under_way = [
            offer.state
            for offer in self.model.offers.values()
            if offer.kind == "sale" and offer.state in UNDER_WAY
        ]
        state = under_way[which % len(under_way)] if under_way else "open"
        fits = {"own": True, "fitting": True}
        if state == "open":
            self.reserve(which, who, fitting=True)
        elif state == "disputed":
            self.resolve(which, fitting=True, to_buyer=turn)
        elif state == "reserved" and turn:
            self.paid(which, who, **fits)
        elif state == "paid" and turn:
            self.dispute(which, who, **fits, side="giver")
        else:
            self.received(which, who, **fits, state=state)

    def _side(
        self, which: int, who: int, own: bool, fitting: bool, state: str, side: str
    ) -> tuple[int, int]:
        """A sale, mostly in a state, and mostly whoever is on one side of it."""
        number = self.an_offer(which, fitting=fitting, kind="sale", state=state)
        theirs = getattr(self.model.offers[number], side)
        return number, theirs if own and theirs is not None else self.somebody(who)

    def _sale(
        self,
        name: str,
        number: int,
        who: int,
        foresee: Callable[[int, int], None],
        act: Verb,
    ) -> None:
        self.press(
            name,
            lambda: foresee(number, who),
            lambda session, now: act(session, self.settings, number, self.people[who], now),
        )
