"""What did not air comes back: its card says so, and it can be put off."""

import pytest
import sqlalchemy as sa

from station import books, grid, makegoods, using
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.closing import settle_aired
from station.grid import Place
from station.ledger import held

MISSED = "2026-W47"


@pytest.fixture
def given(thandi, right_of, database, settings, now):
    """A right of a coming week for one that was to air on Friday, and did not."""
    week = Week.parse(MISSED, settings.zone)
    right = right_of(thandi, MISSED)
    with database.writing() as session:
        early = week.span.start.replace(day=1)
        holder = (right.id, thandi.account_id)
        one = using.dedicate(session, settings, *holder, "rain", [], early)
        version = grid.draft(session, week, [Place(one.id, 0, 1300)], [], {}, early)
        grid.put_on_air(session, version, "0" * 64, early)
        session.add(
            Outcome(
                week=MISSED,
                channel=0,
                slot_number=week.first_slot(settings.slots) + 1300,
                request_id=one.id,
                kind=OutcomeKind.MISSED,
                start_error_ms=None,
                decided_at=now,
            )
        )
        session.flush()
        settle_aired(session, now)
        assert makegoods.issue(session, settings, now) == 1
        return session.scalars(sa.select(makegoods.Makegood.right_id)).one()


@pytest.fixture
def reader(given, thandi, signed_in):
    visitor = signed_in(thandi)
    visitor.open("/member/?weeks=12")
    return visitor


def test_a_card_says_what_it_was_given_again_for(reader):
    said = "Given again for what did not go out as planned in the week of 16 November."
    assert said in reader.page
    assert "It can be used up to the week of 11 January." in reader.page


def test_it_is_put_off_to_a_later_week(reader, given, thandi, database):
    reader.send(f"/member/rights/{given}/later?weeks=12", week="2026-W52")
    assert "Put off to the week of 21 December." in reader.page
    assert "did not go out as planned in the week of 16 November" in reader.page
    with database.reading() as session:
        assert books.verify(session) == []
        assert len(held(session, thandi.account_id, "2026-W52")) == 1


@pytest.mark.parametrize(
    ("week", "status"), [("", 422), ("soon", 404), ("2027-W30", 409), (MISSED, 409)]
)
def test_a_week_that_can_not_be_is_refused(week, status, reader, given):
    assert reader.send(f"/member/rights/{given}/later?weeks=12", week=week).status_code == status
    assert "Not done." in reader.page


def test_what_is_no_makegood_is_not_put_off(reader, given, right):
    form = reader.forms[f"/member/rights/{given}/later?weeks=12"]
    path = f"/member/rights/{right.id}/later"
    assert reader.client.post(path, data={**form, "week": "2026-W52"}).status_code == 409
    assert path not in reader.page


def test_nobody_puts_off_what_is_not_theirs(reader, given, admit_member, signed_in):
    other = signed_in(admit_member("Sipho"))
    form = {**next(iter(other.forms.values())), "week": "2026-W52"}
    assert other.client.post(f"/member/rights/{given}/later", data=form).status_code == 403
