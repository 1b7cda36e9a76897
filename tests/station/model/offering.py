"""Who wins a press in the model, and what moves then."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from tests.station.model.holding import Holding
from tests.station.model.things import (
    DISPUTED,
    OPEN,
    PAID,
    RESERVED,
    WITH_BUYER,
    No,
    Offer,
    closes,
)


class Offering(Holding):
    """Offers, and who wins a press."""

    def live_tokens(self) -> set[str]:
        """The tokens that still lead to a gift."""
        return {offer.token for offer in self.offers.values() if offer.token and self._runs(offer)}

    def cancel(self, who: int) -> int:
        """Step back from a year: what is left of it is voided."""
        account = self.accounts[who]
        if account.year is None:
            raise No("membership-none")
        if self.now >= account.year[0] + self.rules.cancel_within:
            raise No("cancel-late")
        mine = [offer for offer in self.offers.values() if offer.giver == who]
        if any(offer.state in WITH_BUYER for offer in mine):
            raise No("cancel-sale")
        for offer in mine:
            if offer.state == OPEN:
                self._give_back(offer, "withdrawn")
        began, first = account.year[0], self.next_open_week()
        voided = [
            number
            for number in self.held(who)
            if (right := self.rights[number]).issued_to == who
            and right.issued_at >= began
            and right.week >= first
        ]
        for number in voided:
            self._release(number)
            self.rights[number].place = "voided"
        account.member, account.year = False, None
        return len(voided)

    def give(self, giver: int, to: int | None, numbers: Collection[int]) -> Offer:
        """Offer rights to somebody; None is nobody we know."""
        if to is None:
            raise No("receiver-unknown")
        if to == giver:
            raise No("receiver-self")
        self._require_movable(giver, numbers)
        self._require_may_receive(to, numbers)
        return self._offer("gift", giver, to, numbers, self.rules.gift_lasts)

    def give_by_link(self, giver: int, numbers: Collection[int]) -> Offer:
        """Offer rights to whoever opens a link."""
        if self.rules.only_members:
            raise No("receiver-not-member")
        self._require_movable(giver, numbers)
        return self._offer("gift", giver, None, numbers, self.rules.gift_lasts)

    def sell(self, seller: int, numbers: Collection[int], cents: int) -> Offer:
        """List rights for sale."""
        if not 0 < cents <= 1_000_000_00:
            raise No("price-wrong")
        self._require_movable(seller, numbers)
        return self._offer("sale", seller, None, numbers, timedelta(weeks=53))

    def renew_link(self, number: int, who: int) -> None:
        """Make a gift's old link worthless by a new one."""
        offer = self.offers[number]
        # A link that was used is none any more.
        used = offer.token is None or offer.state == "accepted"
        if offer.kind != "gift" or offer.giver != who or used:
            raise No("offer-not-yours")
        self._require(self._runs(offer))

    def accept(self, number: int, who: int) -> None:
        """Accept a gift."""
        offer = self._theirs(number, "gift", who)
        self._take(offer, who)

    def accept_by_link(self, token: str, who: int | None, *, known_email: bool = False) -> Offer:
        """Accept a gift by its link; None is somebody new."""
        offer = self._by_link(token)
        if known_email:
            raise No("email-taken")
        if who == offer.giver:
            raise No("offer-own")
        self._take(offer, who)
        return offer

    def refuse(self, number: int, who: int) -> None:
        """Refuse a gift."""
        offer = self._theirs(number, "gift", who)
        self._require(offer.state == OPEN)
        self._give_back(offer, "refused")

    def refuse_by_link(self, token: str) -> None:
        """Refuse a gift by its link."""
        self._give_back(self._by_link(token), "refused")

    def withdraw(self, number: int, who: int) -> None:
        """Take an offer back that nobody took."""
        offer = self.offers[number]
        if offer.giver != who:
            raise No("offer-not-yours")
        self._require(offer.state == OPEN)
        self._give_back(offer, "withdrawn")

    def reserve(self, number: int, who: int) -> None:
        """Reserve a sale."""
        offer = self._sale(number)
        if offer.giver == who:
            raise No("offer-own")
        self._require(self._runs(offer))
        self._require_may_receive(who, offer.rights)
        offer.state, offer.receiver = RESERVED, who
        offer.deadline = self._payment_deadline(offer)

    def paid(self, number: int, who: int) -> None:
        """The buyer says that the money is under way."""
        offer = self._theirs(number, "sale", who)
        self._require(offer.state == RESERVED and offer.deadline > self.now)
        offer.state, offer.deadline = PAID, self._payment_deadline(offer)

    def received(self, number: int, who: int) -> None:
        """The seller says that the money came."""
        offer = self._sale(number)
        if offer.giver != who:
            raise No("offer-not-yours")
        self._require(offer.state in WITH_BUYER)
        self._settle(offer)

    def release_reservation(self, number: int, who: int) -> None:
        """The buyer steps back."""
        offer = self._theirs(number, "sale", who)
        self._require(offer.state == RESERVED)
        self._give_back(offer, "returned")

    def dispute(self, number: int, who: int) -> None:
        """Ask the operators to decide."""
        offer = self._sale(number)
        if who not in (offer.giver, offer.receiver):
            raise No("offer-not-yours")
        self._require(offer.state == PAID)
        offer.state = DISPUTED

    def resolve(self, number: int, *, to_buyer: bool) -> None:
        """The operators decide."""
        offer = self._sale(number)
        self._require(offer.state == DISPUTED)
        if to_buyer:
            self._settle(offer)
        else:
            self._give_back(offer, "returned")

    def _offer(
        self,
        kind: str,
        giver: int,
        receiver: int | None,
        numbers: Collection[int],
        lasts: timedelta,
    ) -> Offer:
        for number in numbers:
            self._release(number)
            self.rights[number].place = "escrow"
        first = min(closes(self.rights[number].week) for number in numbers)
        offer = Offer(kind, giver, receiver, tuple(sorted(numbers)), min(self.now + lasts, first))
        offer.waiting = set(numbers)
        return offer

    def _require_movable(self, who: int, numbers: Collection[int]) -> None:
        if not numbers:
            raise No("rights-missing")
        rights = [self.rights[number] for number in numbers]
        if any(right.place != who for right in rights):
            raise No("right-not-yours")
        if any(self.now >= closes(right.week) for right in rights):
            raise No("week-closed")
        cooled = self.now - self.rules.cooling_off
        if any(who in right.arrived and right.arrived[who] > cooled for right in rights):
            raise No("right-cooling")

    def _require_may_receive(self, who: int | None, numbers: Collection[int]) -> None:
        member = who is not None and self.accounts[who].member
        if self.rules.only_members and not member:
            raise No("receiver-not-member")
        has = set(numbers) | set(self.held(who) if who is not None else ())
        for offer in self.offers.values():
            if offer.receiver == who and offer.state in WITH_BUYER:
                has |= offer.waiting
        weeks = {self.rights[number].week for number in numbers}
        counts = Counter(self.rights[number].week for number in has)
        most = self.rules.most_rights_per_week
        if most and any(counts[week] > most for week in weeks):
            raise No("rights-too-many")

    def _sale(self, number: int) -> Offer:
        offer = self.offers[number]
        if offer.kind != "sale":
            raise No("offer-not-yours")
        return offer

    def _theirs(self, number: int, kind: str, who: int) -> Offer:
        offer = self.offers[number]
        if offer.kind != kind or offer.receiver != who:
            raise No("offer-not-yours")
        return offer

    def _by_link(self, token: str) -> Offer:
        for offer in self.offers.values():
            if offer.token == token and self._runs(offer):
                return offer
        raise No("offer-ended")

    def _runs(self, offer: Offer) -> bool:
        return offer.state == OPEN and offer.deadline > self.now

    def _require(self, possible: bool) -> None:
        if not possible:
            raise No("offer-ended")

    def _take(self, offer: Offer, who: int | None) -> None:
        self._require(self._runs(offer))
        self._require_may_receive(who, offer.rights)
        offer.state, offer.receiver = "accepted", who
        if who is not None:
            self.arrive(offer, who)

    def _settle(self, offer: Offer) -> None:
        offer.state = "accepted"
        self.sold += 1
        self.arrive(offer, offer.receiver)

    def arrive(self, offer: Offer, who: int) -> None:
        """What an offer still holds is somebody's now."""
        for number in offer.waiting:
            self.rights[number].place = who
            self.rights[number].arrived[who] = self.now
        offer.waiting = set()

    def _give_back(self, offer: Offer, state: str) -> None:
        offer.state = state
        for number in offer.waiting:
            self.rights[number].place = offer.giver
        offer.waiting = set()

    def _payment_deadline(self, offer: Offer) -> datetime:
        first = min(closes(self.rights[number].week) for number in offer.rights)
        return min(self.now + self.rules.payment_lasts, first)
