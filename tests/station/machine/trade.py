"""How rights change hands."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from station.market import gifts, offers
from station.members import Applicant
from tests.station.machine.people import People
from tests.station.machine.pressing import MOSTLY, SEVERAL, SOME, some

SOMETHING_LINKED = precondition(lambda self: self.tokens)


class Trade(People):
    """Rules about gifts and sales."""

    @rule(who=SOME, to=SOME, several=SEVERAL, own=MOSTLY, known=MOSTLY, taken=st.booleans())
    def give(
        self, who: int, to: int, several: list[int], own: bool, known: bool, taken: bool
    ) -> None:
        """A gift, which is accepted at once or waits."""
        who = self.a_holder(who)
        receiver = self.somebody(to, but=who if own else None) if known else None
        numbers = self.theirs(who, several, own=own)
        email = self.people[receiver].email if receiver else "nobody@example.org"
        both = self.press(
            "give",
            lambda: self.model.give(who, receiver, numbers),
            lambda session, now: gifts.give(session, self.settings, numbers, who, email, now),
        )
        if both is not None:
            number = both[1].offer.id
            self.model.offers[number] = both[0]
            if taken:
                self.accept(number, receiver)

    @rule(who=SOME, several=SEVERAL, own=MOSTLY)
    def give_by_link(self, who: int, several: list[int], own: bool) -> None:
        who = self.a_holder(who)
        numbers = self.theirs(who, several, own=own)
        both = self.press(
            "give by link",
            lambda: self.model.give_by_link(who, numbers),
            lambda session, now: gifts.give_by_link(
                session, self.settings, numbers, who, "Ama", now
            ),
        )
        if both is not None:
            foreseen, gift = both
            foreseen.token = gift.token
            self.model.offers[gift.offer.id] = foreseen
            self.tokens.append(gift.token)

    @some(kind="gift", receiver=None)
    @rule(which=SOME, who=SOME, own=MOSTLY)
    def renew_link(self, which: int, who: int, own: bool) -> None:
        number = self.an_offer(which, fitting=own, kind="gift", receiver=None)
        who = self.model.offers[number].giver if own else self.somebody(who)
        both = self.press(
            "renew a link",
            lambda: self.model.renew_link(number, who),
            lambda session, now: gifts.renew_link(session, number, self.people[who], now),
        )
        if both is not None:
            token = both[1].token
            self.model.offers[number].token = token
            self.tokens.append(token)

    @some(kind="gift", token=None)
    @rule(which=SOME, who=SOME, own=MOSTLY, fitting=MOSTLY, yes=MOSTLY)
    def answer(self, which: int, who: int, own: bool, fitting: bool, yes: bool) -> None:
        number = self.an_offer(which, fitting=fitting, kind="gift", state="open", token=None)
        receiver = self.model.offers[number].receiver
        who = receiver if own and receiver is not None else self.somebody(who)
        if yes:
            self.accept(number, who)
        else:
            self.press(
                "refuse",
                lambda: self.model.refuse(number, who),
                lambda session, now: gifts.refuse(
                    session, self.settings, number, self.people[who], now
                ),
            )

    def accept(self, number: int, who: int) -> None:
        """One press on "accept"."""
        self.press(
            "accept",
            lambda: self.model.accept(number, who),
            lambda session, now: gifts.accept(
                session, self.settings, number, self.people[who], now
            ),
        )

    @SOMETHING_LINKED
    @rule(which=SOME, who=SOME, new=st.booleans(), fitting=MOSTLY, known=st.booleans())
    def accept_by_link(self, which: int, who: int, new: bool, fitting: bool, known: bool) -> None:
        token = self._link(which, fitting)
        who = self.somebody(who)
        # Somebody new may say an address that is somebody's already.
        email = self.people[who].email if known else f"friend{len(self.people)}@example.org"
        applicant = Applicant("Ama", email)
        both = self.press(
            "accept by link",
            lambda: self.model.accept_by_link(
                token, None if new else who, known_email=new and known
            ),
            lambda session, now: gifts.accept_by_link(
                session, self.settings, token, applicant if new else self.people[who], now
            ),
        )
        if both is not None and new:
            offer, (_, person) = both
            self.meet(person)
            offer.receiver = person.account_id
            self.model.arrive(offer, person.account_id)

    @SOMETHING_LINKED
    @rule(which=SOME, fitting=MOSTLY)
    def refuse_by_link(self, which: int, fitting: bool) -> None:
        token = self._link(which, fitting)
        self.press(
            "refuse by link",
            lambda: self.model.refuse_by_link(token),
            lambda session, now: gifts.refuse_by_link(session, self.settings, token, now),
        )

    def _link(self, which: int, fitting: bool) -> str:
        live = [token for token in self.tokens if token in self.model.live_tokens()]
        among = (live if fitting else []) or self.tokens
        return among[which % len(among)]

    @some(state="open")
    @rule(which=SOME, who=SOME, own=MOSTLY, fitting=MOSTLY)
    def withdraw(self, which: int, who: int, own: bool, fitting: bool) -> None:
        number = self.an_offer(which, fitting=fitting, state="open")
        who = self.model.offers[number].giver if own else self.somebody(who)
        self.press(
            "withdraw",
            lambda: self.model.withdraw(number, who),
            lambda session, now: offers.withdraw(session, number, self.people[who], now),
        )
