"""However often and however fast a form is pressed, it acts once; and looking stays cheap."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from station.airtime import Week
from station.db import connect
from station.market.offers import Offer
from station.members import Applicant
from station.membership import applications
from station.rights import cutoff
from tests.web.uploads import WEEK, filled, recordings_in, voice
from tests.web.visitor import Visitor
from web.app import create_app

LATER = "2026-W50"
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


def test_a_form_sent_again_with_other_words_is_refused(admit_member, right_of, signed_in, database):
    person = admit_member("Thandi")
    visitor = signed_in(person)
    action, other = (f"/member/rights/{right_of(person, week).id}/sale" for week in (WEEK, LATER))
    form = {**visitor.forms[action], "price": "150"}
    assert visitor.client.post(action, data=form).status_code == 303
    for path, price in ((action, "1500"), (other, "150")):
        answer = visitor.client.post(path, data={**form, "price": price})
        assert answer.status_code == 409
        assert "was sent before with other words" in answer.text
    assert visitor.client.post(action, data=form).status_code == 303
    with database.reading() as session:
        assert [offer.price_cents for offer in session.scalars(sa.select(Offer))] == [150_00]


def test_a_recording_sent_again_is_kept_once_even_when_its_right_has_moved(sender, right, database):
    action = f"/member/rights/{right.id}/recording"
    sale = {**sender.forms[f"/member/rights/{right.id}/sale"], "price": "150"}
    hidden = sender.forms[action]
    for file, status in ((voice(), 303), (voice(b"OggS another"), 409)):
        form = {**hidden, **filled(file=file)}
        assert sender.client.post(action, data=form).status_code == status
    assert sender.client.post(f"/member/rights/{right.id}/sale", data=sale).status_code == 303
    form = {**hidden, **filled()}
    assert sender.client.post(action, data=form).status_code == 303
    assert len(recordings_in(database)) == 1


def test_what_runs_out_while_a_form_waits_for_the_database_has_run_out(
    settings, database, clock, admit_member, right_of, link_of
):
    asked = threading.Event()

    def watched():
        asked.set()
        return clock()

    person = admit_member("Thandi")
    visitor = Visitor(create_app(settings, database, watched).test_client())
    visitor.enter(link_of(person))
    action = f"/member/rights/{right_of(person, WEEK).id}/silence"
    form = {**visitor.forms[action], "cause": "Marikana"}
    asked.clear()
    with ThreadPoolExecutor(1) as pool:
        with database.writing():
            answer = pool.submit(visitor.client.post, action, data=form)
            assert asked.wait(10)
            clock.now = cutoff(Week.parse(WEEK, settings.zone), settings)
        assert answer.result().status_code == 409
    assert "closed on" in answer.result().text


def test_who_waits_too_long_for_the_database_is_told_so(
    settings, clock, admit_member, right_of, link_of, database
):
    impatient = connect(settings.database_url)
    sa.event.listen(
        impatient.engine, "connect", lambda opened, _: opened.execute("PRAGMA busy_timeout = 20")
    )
    person = admit_member("Thandi")
    visitor = Visitor(create_app(settings, impatient, clock).test_client())
    visitor.enter(link_of(person))
    action = f"/member/rights/{right_of(person, WEEK).id}/sale"
    with database.writing():
        answer = visitor.client.post(action, data={**visitor.forms[action], "price": "150"})
    impatient.close()
    assert answer.status_code == 503
    assert "Nothing was changed: please try again." in answer.text


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


@pytest.mark.parametrize("path", ["/desk/members/", "/desk/fees/"])
def test_more_applicants_cost_the_desk_no_more_queries(
    path, seeded, signed_in, queries, database, settings, now
):
    operator = signed_in(seeded.operator)
    counts = []
    for names in (["Palesa"], ["Themba", "Vusi", "Gugu"]):
        with database.writing() as session:
            for name in names:
                who = Applicant(name, f"{name.lower()}@example.org")
                applications.apply(session, settings, who, "I live in Soweto. " * 2, None, now)
        queries()
        operator.open(path)
        counts.append(queries())
    assert counts[0] == counts[1]


def test_who_looks_further_ahead_still_does_after_a_form(admit_member, right_of, signed_in):
    person = admit_member("Thandi", weeks=10)
    visitor = signed_in(person)
    right = right_of(person, "2027-W01")
    visitor.open("/member/?weeks=12")
    answer = visitor.send(f"/member/rights/{right.id}/silence?weeks=12", cause="Marikana")
    assert answer.request.path == "/member/"
    assert "Silence for Marikana." in visitor.page
