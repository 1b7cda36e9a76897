"""What people do with the rights that they hold, and how they come and go."""

from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from station import makegoods, standing, using
from station.airtime import Week
from station.ledger import Right as HeldRight
from station.membership import years
from station.recordings import Master, Recording, conclude
from station.standing import StandingKind
from tests.station.machine.pressing import MOSTLY, SEVERAL, SOME, Pressing
from tests.station.machine.stage import MASTER
from tests.station.model.closing import MadeGood
from tests.station.model.things import plus

MOST_PEOPLE = 6
# What empties or fills a station must not happen all the time.
NOW_AND_THEN = precondition(lambda self: self.pressed % 6 == 0)


class People(Pressing):
    """Rules about people and what they do with what they hold."""

    @NOW_AND_THEN
    @rule(who=SOME, weeks=st.integers(1, 4))
    def join(self, who: int, weeks: int) -> None:
        who = self.somebody(who) if len(self.people) >= MOST_PEOPLE else self.add_person()
        if self.model.accounts[who].year is None:
            self.begin_year(who, weeks)

    @NOW_AND_THEN
    @rule(who=SOME)
    def cancel(self, who: int) -> None:
        who = self.somebody(who)

        def act(session: Session, now: datetime) -> int:
            return years.cancel(session, self.settings, self.people[who], now).voided

        both = self.press("cancel", lambda: self.model.cancel(who), act)
        assert both is None or both[0] == both[1]

    @NOW_AND_THEN
    @rule(who=SOME, kind=st.sampled_from(["pool", "silence", "last"]))
    def stand(self, who: int, kind: str) -> None:
        who = self.somebody(who)
        self.model.accounts[who].standing = kind
        cause = "rain" if kind == "silence" else None
        self.press(
            "choose for good",
            lambda: None,
            lambda session, now: standing.choose(session, who, StandingKind(kind), now, cause),
        )

    @rule(who=SOME, right=SOME, own=MOSTLY, what=st.sampled_from(["dedicate", "upload", "leave"]))
    def use(self, who: int, right: int, own: bool, what: str) -> None:
        who = self.a_holder(who)
        (number,) = self.theirs(who, [right], own=own)
        if what == "upload":
            self._upload(who, number)
        elif what == "dedicate":
            self.press(
                what,
                lambda: self.model.dedicate(number, who),
                lambda session, now: using.dedicate(
                    session, self.settings, number, who, "rain", [], now
                ),
            )
        else:
            self.press(
                "ask for nothing",
                lambda: self.model.withdraw_request(number, who),
                lambda session, now: using.withdraw_request(
                    session, self.settings, number, who, now
                ),
            )

    @rule(who=SOME, right=SOME, several=SEVERAL, own=MOSTLY)
    def dedicate_several(self, who: int, right: int, several: list[int], own: bool) -> None:
        who = self.a_holder(who)
        (number,) = self.theirs(who, [right], own=own)
        week = self.model.rights[number].week
        beside = [one for one in self.model.held(who) if self.model.rights[one].week == week]
        others = beside if own else self.theirs(who, several, own=True)
        self.press(
            "dedicate several" if len({number, *others}) > 1 else "dedicate",
            lambda: self.model.dedicate(number, who, others),
            lambda session, now: using.dedicate(
                session, self.settings, number, who, "rain", [], now, also=others
            ),
        )

    def _upload(self, who: int, number: int) -> None:
        both = self.press(
            "upload",
            lambda: self.model.upload(number, who),
            lambda session, now: using.receive(
                session, self.settings, number, _recording(who), [], now
            ),
        )
        if both is not None:
            self.model.recordings[both[1].id] = both[0]

    @precondition(lambda self: self.model.recordings)
    @rule(recording=SOME, fine=MOSTLY)
    def check(self, recording: int, fine: bool) -> None:
        number = list(self.model.recordings)[recording % len(self.model.recordings)]

        def act(session: Session, now: datetime) -> None:
            master = session.get_one(Master, MASTER) if fine else None
            if conclude(session, number, codes=[], sentences=[], master=master, now=now) and fine:
                using.air(session, session.get_one(Recording, number), now)

        self.press("check", lambda: self.model.check(number, fine=fine), act)

    @precondition(lambda self: any(right.last_week for right in self.model.rights.values()))
    @rule(right=SOME, own=MOSTLY, weeks=st.integers(0, 4))
    def put_off(self, right: int, own: bool, weeks: int) -> None:
        owed = [n for n, one in self.model.rights.items() if one.last_week]
        held = [n for n in owed if isinstance(self.model.rights[n].place, int)]
        among = (held or owed) if own else list(self.model.rights)
        number = among[right % len(among)]
        place = self.model.rights[number].place
        who = place if isinstance(place, int) else next(iter(self.people))
        week = plus(self.model.rights[number].week, weeks)

        def act(session: Session, now: datetime) -> HeldRight:
            later = Week.parse(week, self.settings.zone)
            return makegoods.put_off(session, self.settings, number, who, later, now)

        both = self.press("put off", lambda: self.model.put_off(number, who, week), act)
        if both is not None:
            self.follow({number: both[0]})

    def follow(self, given: dict[int, MadeGood]) -> None:
        """Learn the numbers of the rights that were given for others."""
        rows = self.looking.ask("SELECT for_right_id, right_id FROM makegoods")
        numbers = {before: number for before, number in rows if before in given}
        for before, number in numbers.items():
            self.model.rights[number] = given[before].right()
        self.model.rejoin(numbers)


def _recording(account_id: int) -> Recording:
    return Recording(
        account_id=account_id,
        title="The river",
        language="en",
        permission=True,
        file_name="note.opus",
        upload_sha256="ab" * 32,
        upload_bytes=1000,
    )
