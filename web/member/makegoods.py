"""A right that was given again says for which week, and until when it can be put off."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import makegoods
from station.airtime import Week
from station.ledger import Right
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class GivenAgain:
    """The week that did not go out as planned, and the last one that makes it good."""

    missed: Week
    last: Week

    def later(self, week: Week) -> list[Week]:
        """The weeks after one that it can be put off to."""
        count = (self.last.monday - week.monday).days // 7
        return [week.plus(n) for n in range(1, count + 1)]


def given_again(
    session: Session, settings: Settings, right_ids: Collection[int]
) -> dict[int, GivenAgain]:
    """Those among some rights that are makegoods, by right id."""
    found = makegoods.of(session, right_ids)
    if not found:
        return {}
    missed = {right_id: one.for_right_id for right_id, one in found.items()}
    # What was put off is given again for what was missed first.
    while earlier := makegoods.of(session, set(missed.values())):
        missed = {
            right_id: earlier[before].for_right_id if before in earlier else before
            for right_id, before in missed.items()
        }
    query = sa.select(Right.id, Right.week).where(Right.id.in_(set(missed.values())))
    weeks = dict(session.execute(query).all())
    return {
        right_id: GivenAgain(
            Week.parse(weeks[missed[right_id]], settings.zone),
            Week.parse(one.last_week, settings.zone),
        )
        for right_id, one in found.items()
    }
