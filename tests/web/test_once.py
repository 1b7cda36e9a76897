"""However often and however fast a form is pressed, it acts once; and looking stays cheap."""

import threading

import pytest
import sqlalchemy as sa

from station.market.offers import Offer

WEEK = "2026-W49"
PRESSES = 8


def test_a_form_pressed_many_times_at_once_acts_once(
    app, admit_member, right_of, signed_in, database
):
    person = admit_member("Thandi")
    action = f"/member/rights/{right_of(person, WEEK).id}/sale"
    visitor = signed_in(person)
    name = app.config["SESSION_COOKIE_NAME"]
    form = {**visitor.forms[action], "price": "150"}
    cookie = visitor.client.get_cookie(name).value
    together = threading.Barrier(PRESSES)
    statuses = []

    def press():
        client = app.test_client()
        client.set_cookie(name, cookie)
        together.wait()
        statuses.append(client.post(action, data=form).status_code)

    threads = [threading.Thread(target=press) for _ in range(PRESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * PRESSES
    with database.reading() as session:
        assert len(session.scalars(sa.select(Offer)).all()) == 1


def test_another_persons_form_key_means_nothing(admit_member, right_of, signed_in, database):
    people = [admit_member(name) for name in ("Thandi", "Sipho")]
    for person in people:
        visitor = signed_in(person)
        visitor.send(
            f"/member/rights/{right_of(person, WEEK).id}/sale", price="150", key="the same"
        )
    with database.reading() as session:
        assert len(session.scalars(sa.select(Offer)).all()) == len(people)


@pytest.fixture
def queries(database):
    """Counts the queries since it was last asked."""
    found = []

    def seen(_connection, _cursor, statement, *_):
        found.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", seen)

    def counted():
        number = len(found)
        found.clear()
        return number

    yield counted
    sa.event.remove(database.engine, "before_cursor_execute", seen)


@pytest.mark.parametrize("path", ["/member/", "/member/statement", "/market/"])
def test_more_weeks_and_offers_cost_no_more_queries(
    path, admit_member, right_of, signed_in, queries
):
    person = admit_member("Thandi", weeks=12)
    visitor = signed_in(person)
    counts = []
    for weeks in (3, 12):
        seller = admit_member(f"Seller{weeks}", weeks=weeks)
        of_seller = signed_in(seller)
        of_seller.send(f"/member/rights/{right_of(seller, WEEK).id}/sale", price="150")
        queries()
        visitor.open(f"{path}?weeks={weeks}")
        counts.append(queries())
    assert counts[0] == counts[1]


def test_a_fuller_week_costs_the_desk_no_more_queries(seeded, signed_in, queries, admit_member):
    operator = signed_in(seeded.operator)
    counts = []
    for name in ("Palesa", "Themba"):
        queries()
        operator.open("/desk/weeks/2026-W48")
        counts.append(queries())
        admit_member(name)
    assert counts[0] == counts[1]


def test_who_looks_further_ahead_still_does_after_a_form(admit_member, right_of, signed_in):
    person = admit_member("Thandi", weeks=10)
    visitor = signed_in(person)
    right = right_of(person, "2027-W01")
    visitor.open("/member/?weeks=12")
    answer = visitor.send(f"/member/rights/{right.id}/silence?weeks=12", cause="Marikana")
    assert answer.request.path == "/member/"
    assert "Silence for Marikana." in visitor.page
