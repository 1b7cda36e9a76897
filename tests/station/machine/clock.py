"""Time passes: what was planned airs or doesn't, and the chores are done sooner or later."""

from collections.abc import Callable
from datetime import datetime, timedelta

import hypothesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from station import closing, makegoods
from station.asrun import Outcome, OutcomeKind
from station.membership import upkeep
from tests.station.machine.pressing import MOSTLY, SOME
from tests.station.machine.sale import Sale
from tests.station.machine.stage import Stage
from tests.station.model.closing import Model
from tests.station.model.things import UNDER_WAY, closes, plus

CLOSES_BEFORE_THE_WEEK = timedelta(hours=48)


class Clock(Sale):
    """Rules about time; with these the machine has every rule."""

    @rule(which=st.integers(0, 3), seconds=st.integers(-2, 0), chores=MOSTLY)
    def wait(self, which: int, seconds: int, chores: bool) -> None:
        """Until about when something runs out, or a little while."""
        coming = sorted(moment for moment in self._moments() if moment > self.model.now)
        moments = [self.model.now + timedelta(hours=8), *coming]
        moment = moments[which % len(moments)] + timedelta(seconds=seconds)
        self.model.now = max(moment, self.model.now)
        if chores:
            self.do_chores()

    @precondition(lambda self: self._running_out())
    @rule(which=SOME, who=SOME, seconds=st.integers(-1, 1), chores=st.booleans())
    def act_at_a_deadline(self, which: int, who: int, seconds: int, chores: bool) -> None:
        """A second before, at, and a second after the moment that an offer runs out."""
        running_out = self._running_out()
        number = running_out[which % len(running_out)]
        offer = self.model.offers[number]
        # What is done then takes the one second.
        self.model.now = offer.deadline + timedelta(seconds=seconds - 1)
        if chores:
            self._chore("close weeks", Model.close_weeks, self._with_settings(closing.close_weeks))
        elif offer.kind == "gift":
            self.accept(number, self.somebody(who) if offer.receiver is None else offer.receiver)
        elif offer.state == "open":
            self.book(number, self.somebody(who, but=offer.giver))
        else:
            self.say_paid(number, offer.receiver)

    def _running_out(self) -> list[int]:
        return [
            number
            for number, offer in self.model.offers.items()
            if offer.state in UNDER_WAY and offer.deadline > self.model.now + timedelta(seconds=2)
        ]

    def _moments(self) -> set[datetime]:
        """When offers run out, weeks close and end, and rights have cooled off."""
        weeks = {right.week for right in self.model.rights.values()}
        return (
            {offer.deadline for offer in self.model.offers.values() if offer.state in UNDER_WAY}
            | {closes(week) for week in weeks}
            | {closes(plus(week, 1)) + CLOSES_BEFORE_THE_WEEK for week in weeks}
            | {
                at + self.model.rules.cooling_off
                for right in self.model.rights.values()
                for at in right.arrived.values()
            }
        )

    def do_chores(self) -> None:
        """What the worker does each minute, in its order."""
        self._chore("settle", Model.settle_aired, closing.settle_aired)
        self._chore("close weeks", Model.close_weeks, self._with_settings(closing.close_weeks))
        self._chore("end weeks", Model.end_weeks, self._with_settings(closing.end_weeks))
        self._chore("end years", Model.end_years, self._with_settings(upkeep.look_after))
        both = self.press(
            "make good",
            self.model.make_good,
            lambda session, now: makegoods.issue(session, self.settings, now),
        )
        if both is not None:
            assert len(both[0]) == both[1]
            self.follow(both[0])

    @precondition(lambda self: self._planned())
    @rule(which=SOME, kind=st.sampled_from([OutcomeKind.AIRED, OutcomeKind.MISSED]))
    def play(self, which: int, kind: OutcomeKind) -> None:
        """The slot of a right that asked for something is over."""
        planned = self._planned()
        number = planned[which % len(planned)]
        ((request_id,),) = self.looking.ask(
            "SELECT id FROM requests WHERE right_id = ? AND state = 'open'", number
        )
        outcome = {"channel": 0, "slot_number": number, "kind": kind}

        def act(session: Session, now: datetime) -> None:
            week = self.model.rights[number].week
            session.add(Outcome(**outcome, week=week, request_id=request_id, decided_at=now))

        def foresee() -> None:
            self.model.rights[number].outcome = str(kind)

        self.press(f"a slot {kind}", foresee, act)

    def _planned(self) -> list[int]:
        return [
            number
            for number, right in self.model.rights.items()
            if right.asks is not None
            and right.outcome is None
            and isinstance(right.place, int)
            and self.model.now >= closes(right.week)
        ]

    def _chore(
        self,
        name: str,
        foresee: Callable[[Model], None],
        act: Callable[[Session, datetime], object],
    ) -> None:
        self.press(name, lambda: foresee(self.model), act)

    def _with_settings(self, act: Callable[..., object]) -> Callable[[Session, datetime], object]:
        return lambda session, now: act(session, self.settings, now)


def prove(stage: Stage, examples: int, steps: int, *, anew: bool) -> None:
    """Let hypothesis look for presses on which a station and its model disagree.

    It looks at other stations each time when it looks `anew`, and else at the same ones.
    """
    chosen = hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not anew,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )

    class Proof(Clock):
        def __init__(self) -> None:
            super().__init__(stage)

    run_state_machine_as_test(Proof, settings=chosen)
