"""Somebody presses a button: the model says what must come of it, and the station must agree."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition
from sqlalchemy.orm import Session

from station import books
from station.airtime import Week
from station.errors import Refusal
from station.members import AccountKind, Applicant, Person, admit
from station.membership import years
from station.settings import Settings
from tests.conftest import NOW
from tests.station.machine.looking import Looking
from tests.station.machine.stage import Stage
from tests.station.model.closing import Model
from tests.station.model.things import Account, No, Offer, Rules

SOME = st.integers(0, 7)
# A press is mostly by whoever may, and on what can be pressed.
MOSTLY = st.sampled_from([True] * 9 + [False])
SEVERAL = st.builds(
    lambda several, chosen: several if chosen else [],
    st.lists(SOME, min_size=1, max_size=3),
    MOSTLY,
)
FIRST_WEEKS = 3
FULL_AUDIT_EVERY = 25
DONE = "done"

T = TypeVar("T")
U = TypeVar("U")
Rule = TypeVar("Rule", bound=Callable[..., None])


class Pressing(RuleBasedStateMachine):
    """A station, its model, and the people who press; the rules stand in the classes below it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        self.looking = Looking(stage.begin())
        self.people: dict[int, Person] = {}
        self.tokens: list[str] = []
        self.pressed = 0

    @initialize(
        most=st.sampled_from([1, 2, 1, 3, 0]),
        cooling_hours=st.sampled_from([0, 24]),
        only_members=st.sampled_from([False] * 5 + [True]),
    )
    def open_station(self, most: int, cooling_hours: int, only_members: bool) -> None:
        """Three members and a buyer are there from the beginning."""
        rules = Rules(most, timedelta(hours=cooling_hours), only_members)
        self.settings: Settings = self.stage.settings(rules)
        self.model = Model(rules, NOW)
        for who in [self.add_person() for _ in range(4)][:3]:
            self.begin_year(who, FIRST_WEEKS)

    # what rules press

    def press(
        self, verb: str, foresee: Callable[[], T], act: Callable[[Session, datetime], U]
    ) -> tuple[T, U] | None:
        """Do something; returns what the model and the station say, when neither refuses."""
        self.model.now += timedelta(seconds=1)
        foreseen, expected = None, DONE
        try:
            foreseen = foresee()
        except No as no:
            expected = str(no)
        found, said = None, DONE
        try:
            with self.stage.database.writing() as session:
                found = act(session, self.model.now)
        except Refusal as refusal:
            said = refusal.code
        assert said == expected, f"{verb}: the station says {said}, the model {expected}"
        self.stage.presses[verb, said] += 1
        return (foreseen, found) if said == DONE else None

    def add_person(self) -> int:
        """A new buyer; returns the number of their account."""
        email = f"person{len(self.people)}@example.org"
        with self.stage.database.writing() as session:
            applicant = Applicant(email, email)
            person = admit(session, applicant, self.model.now, AccountKind.BUYER)
        return self.meet(person)

    def meet(self, person: Person) -> int:
        """Remember a person who is new."""
        self.people[person.account_id] = person
        self.model.accounts[person.account_id] = Account(person.email)
        return person.account_id

    def begin_year(self, who: int, weeks: int) -> None:
        """Somebody becomes a member from the first open week on."""
        self.model.now += timedelta(seconds=1)
        first = self.model.next_open_week()
        year = years.NewYear(self.people[who], Week.parse(first, self.settings.zone))
        with self.stage.database.writing() as session:
            years.begin(session, [year], self.model.now, weeks)
        issued = self.looking.ask(
            "SELECT id FROM rights WHERE id > ? ORDER BY week", max(self.model.rights, default=0)
        )
        self.model.begin_year(who, [number for (number,) in issued], first, weeks)
        self.stage.presses["begin a year", DONE] += 1

    # whom and what they press on

    def somebody(self, index: int, *, but: int | None = None) -> int:
        """A person's account."""
        return _pick([who for who in self.people if who != but], index)

    def a_holder(self, index: int) -> int:
        """Somebody who has something to give, if anybody has."""
        first = self.model.next_open_week()
        holders = {
            right.place
            for right in self.model.rights.values()
            if isinstance(right.place, int) and right.week >= first
        }
        return _pick(sorted(holders) or list(self.people), index)

    def theirs(self, who: int, indexes: Iterable[int], *, own: bool) -> list[int]:
        """Some rights, mostly of those that somebody holds and that have not closed."""
        held = self.model.held(who)
        usable = [n for n in held if self.model.rights[n].week >= self.model.next_open_week()]
        among = (usable or held if own else []) or list(self.model.rights)
        return list({_pick(among, index): None for index in indexes})

    def an_offer(self, index: int, *, fitting: bool, **says: Any) -> int:
        """The number of an offer, mostly one of which all that is said is true."""
        offers = self.model.offers
        fits = [n for n, offer in offers.items() if _says(offer, says)]
        return _pick((fits if fitting else []) or list(offers), index)

    # what must always hold

    @invariant()
    def everything_holds(self) -> None:
        self.looking.require_books_whole()
        self.looking.require_as_foreseen(self.model)
        self.looking.require_old_links_dead(self.model)
        self.pressed += 1
        if self.pressed % FULL_AUDIT_EVERY == 0:
            self.audit()

    def audit(self) -> None:
        with self.stage.database.reading() as session:
            assert books.verify(session) == []

    def teardown(self) -> None:
        if self.people:
            self.audit()
        self.looking.connection.close()


def some(**says: Any) -> Callable[[Rule], Rule]:
    """A rule that needs an offer of which all that is said is true."""
    return precondition(
        lambda self: any(_says(offer, says) for offer in self.model.offers.values())
    )


def _pick(among: Sequence[int] | dict[int, Any], index: int) -> int:
    numbers = list(among)
    return numbers[index % len(numbers)]


def _says(offer: Offer, says: dict[str, Any]) -> bool:
    return all(getattr(offer, name) == said for name, said in says.items())
