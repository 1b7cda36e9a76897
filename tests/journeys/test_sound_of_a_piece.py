"""How a piece sounds, from the pages to the master and back: real forms, a real worker."""

import pytest

from media.speech import spoken
from media.worker import Worker
from station import fill, jobs, signin
from station.airtime import Week
from station.fill import FillState
from station.issuance import issue_years
from station.ledger import held
from station.members import Applicant, admit
from station.recordings import MasterKind, masters_of
from tests.media.sounds import OPUS, joined, saved, tone
from tests.web.visitor import Visitor
from web.app import create_app


@pytest.fixture
def settings(make_settings):
    return make_settings("[station]\nslot_seconds = 10\n")


@pytest.fixture
def visit(settings, database, now):
    """Signs people in: a member with airtime, and an operator."""
    app = create_app(settings, database, lambda: now)

    def entered(name, *, operator=False):
        with database.writing() as session:
            person = admit(session, Applicant(name, f"{name}@example.org", place="Harare"), now)
            person.operator = operator
            first = Week.of(now, settings.zone).plus(2)
            issue_years(session, [person.account_id], first, now, 1)
            link = f"/signin/{signin.new_link(session, person, now)}"
            right = held(session, person.account_id)[0]
        visitor = Visitor(app.test_client())
        visitor.enter(link)
        return visitor, right.id

    return entered


@pytest.fixture
def work(settings, database, now):
    """Does all promised audio work, as the worker does."""

    def worked():
        with Worker.of(settings, database) as worker:
            while jobs.work_once(database, worker.duties(), lambda: now):
                pass

    return worked


@pytest.fixture
def uneven(tmp_path):
    """A voice note of somebody near and then far away."""
    words = spoken("Good morning, this is Janet from Harare.", "en-gb")
    return saved(joined(words, 0.15 * words), tmp_path / "note.opus", OPUS)


def test_a_piece_is_evened_out_and_put_back_with_an_ident_before_it(visit, work, uneven):
    janet, right = visit("Janet")
    janet.open("/member/sound/")
    janet.send("/member/sound/", short="again", ident="spoken")
    janet.open("/member/")
    upload = {"title": "The river", "language": "en", "permission": "yes", "level": "yes"}
    with uneven.open("rb") as file:
        janet.send(f"/member/rights/{right}/recording", file=file, **upload)
    assert "being checked" in janet.page
    work()
    janet.open("/member/")
    assert "“The river” is ready to air." in janet.page
    assert "Announced, it lasts" in janet.page
    assert 'class="wave"' in janet.page
    both = [_heard(janet, right, ""), _heard(janet, right, "/plain")]
    assert all(len(one) > 10_000 for one in both)
    assert both[0] != both[1]
    way = next(action for action in janet.forms if action.endswith("/plain"))
    janet.send(way)
    work()
    janet.open("/member/")
    assert "And as you sent it" not in janet.page
    assert "Try it evened out" in janet.page
    assert _heard(janet, right, "") == both[1]


def test_what_the_operator_brings_is_prepared_and_fills_the_slots(visit, work, database, tmp_path):
    nomsa, _ = visit("Nomsa", operator=True)
    nomsa.open("/desk/fill/")
    bed = saved(tone(12), tmp_path / "bed.wav")
    with bed.open("rb") as file:
        nomsa.send("/desk/fill/", file=file, kind="bed", title="Morning bed")
    work()
    nomsa.open("/desk/fill/")
    assert "One piece of your own fills what members leave free." in nomsa.page
    with database.reading() as session:
        (piece,) = fill.listed(session)
        assert (piece.state, piece.duration_ms) == (FillState.USED, 10_000)
        made = masters_of(session, MasterKind.FILL)
        assert {tuple(one.facts["library"]) for one in made} == {(piece.id,)}
    nomsa.send(f"/desk/fill/{piece.id}/retirement")
    work()
    with database.reading() as session:
        made = masters_of(session, MasterKind.FILL)
        assert {tuple(one.facts["library"]) for one in made} == {()}


def _heard(visitor, right, which):
    with visitor.client.get(f"/member/rights/{right}/piece{which}") as heard:
        assert heard.status_code == 200
        return heard.data
