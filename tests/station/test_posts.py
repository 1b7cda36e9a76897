"""A form acts once: the same key gives the same answer, and other words are refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from station import posts
from station.errors import Refusal
from station.jobs import Job, JobKind, promise
from station.posts import FormPost, answered, clear_old, once

PRESSES = 8


@pytest.fixture
def press(database, now, janet):
    """Sends a form that promises a job, and says which press acted."""

    def pressed(key="k", body="price=150", at=now, who=janet, says="done"):
        def act():
            promise(session, JobKind.BUILD, f"{key} {says}", at)
            return says

        with database.writing() as session:
            return once(session, who.id, key, body, act, at)

    return pressed


def acted(database):
    with database.reading() as session:
        return session.scalars(sa.select(sa.func.count(Job.id))).one()


def test_the_same_form_twice_gives_the_same_answer_and_acts_once(database, press):
    assert press(says="first") == "first"
    assert press(says="second") == "first"
    assert acted(database) == 1


def test_the_same_key_with_another_body_is_refused(database, press):
    press(body="price=150")
    with pytest.raises(Refusal, match="sent before with other words"):
        press(body="price=15000")
    assert press(body="price=150") == "done"
    assert acted(database) == 1


def test_a_key_belongs_to_one_person(database, press, janet, peter):
    press(who=janet, body="a", says="hers")
    assert press(who=peter, body="b", says="his") == "his"
    assert acted(database) == 2


def test_a_form_kept_without_its_body_fits_any(database, press, now, janet):
    with database.writing() as session:
        session.add(FormPost(person_id=janet.id, key="k", answer="long ago", at=now))
    assert press(body="whatever") == "long ago"


def test_a_form_that_was_refused_may_be_sent_again(database, now, janet, press):
    def refuse():
        raise Refusal("offer-ended")

    with pytest.raises(Refusal, match="over"), database.writing() as session:
        once(session, janet.id, "k", "price=150", refuse, now)
    with database.reading() as session:
        assert not answered(session, janet.id, "k")
    assert press(body="price=200") == "done"


def test_however_many_times_a_form_is_sent_at_once_everybody_hears_one_answer(database, press):
    with ThreadPoolExecutor(PRESSES) as pool:
        answers = list(pool.map(lambda n: press(says=f"press {n}"), range(PRESSES)))
    assert len(set(answers)) == 1
    assert acted(database) == 1


def test_forms_are_forgotten_after_a_month(database, now, janet, press):
    press(key="old", at=now - posts.KEPT - timedelta(seconds=1))
    press(key="new", at=now - posts.KEPT)
    with database.writing() as session:
        assert clear_old(session, now) == 1
        assert [answered(session, janet.id, key) for key in ("old", "new")] == [False, True]
