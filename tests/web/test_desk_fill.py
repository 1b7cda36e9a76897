"""The desk's fill: an operator brings it, hears it, and retires it."""

import hashlib

import pytest
import sqlalchemy as sa

from station import fill
from station.fill import FillState
from station.jobs import Job, JobKind
from station.recordings import preview_at, stored_at
from tests.web.uploads import VOICE, voice

FORM = "/desk/fill/"
PREVIEW = b"ID3" * 99


@pytest.fixture
def operator(seeded, signed_in):
    visitor = signed_in(seeded.operator)
    visitor.open(FORM)
    return visitor


@pytest.fixture
def pieces(database):
    def found():
        with database.reading() as session:
            return fill.listed(session)

    return found


@pytest.fixture
def brought(operator, pieces):
    operator.send(FORM, file=voice(), kind="bed", title="Morning bed")
    return pieces()[0]


@pytest.fixture
def prepared(brought, database, settings, now):
    """The bed as the worker has prepared it."""
    sha256 = hashlib.sha256(PREVIEW).hexdigest()
    place = preview_at(settings.media_folder, sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(PREVIEW)
    facts = {"sentences": ["We cut 2 s of quiet."], "preview_sha256": sha256}
    with database.writing() as session:
        fill.accept(session, brought.id, "ab" * 32, 192_000, facts, now)
    return brought


def test_without_any_the_station_makes_its_own(operator):
    assert "A bed of the station's own making fills what members leave free." in operator.page


def test_what_is_brought_is_kept_and_its_preparation_promised(
    operator, brought, database, settings
):
    assert "We have “Morning bed” and are checking it." in operator.page
    assert "<b>Morning bed</b> is being checked" in operator.page
    assert stored_at(settings.media_folder, brought.upload_sha256).read_bytes() == VOICE
    with database.reading() as session:
        assert session.scalars(sa.select(Job).where(Job.kind == JobKind.STOCK)).one()


def test_a_prepared_piece_is_heard_with_what_was_found(operator, prepared):
    operator.open(FORM)
    assert "One piece of your own fills what members leave free." in operator.page
    assert "3:12" in operator.page
    assert "We cut 2 s of quiet." in operator.page
    with operator.client.get(f"/desk/fill/{prepared.id}/sound") as heard:
        assert (heard.status_code, heard.mimetype, heard.data) == (200, "audio/mpeg", PREVIEW)


def test_what_can_not_be_used_says_why(operator, brought, database):
    with database.writing() as session:
        fill.reject(session, brought.id, {"sentences": ["The file is empty."]})
    operator.open(FORM)
    assert "<b>Morning bed</b> can't be used" in operator.page
    assert "The file is empty." in operator.page
    assert operator.client.get(f"/desk/fill/{brought.id}/sound").status_code == 404


def test_a_retired_piece_is_gone(operator, prepared, pieces):
    operator.open(FORM)
    operator.send(f"/desk/fill/{prepared.id}/retirement")
    assert "“Morning bed” is used no longer." in operator.page
    assert pieces() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "bed", "title": ""}, "Please fill in the title."),
        ({"kind": "noise", "title": "x"}, "Please fill in the kind."),
        ({"kind": "bed", "title": "x", "file": voice(b"")}, "The file is empty"),
        ({"kind": "bed", "title": "x", "file": None}, "Please choose your recording first"),
    ],
)
def test_what_is_missing_is_said(typed, sentence, operator, pieces):
    fields = {name: said for name, said in {"file": voice(), **typed}.items() if said is not None}
    assert operator.send(FORM, **fields).status_code == 422
    assert sentence in operator.page
    assert pieces() == []


def test_a_form_sent_twice_brings_once(operator, pieces):
    form = dict(operator.forms[FORM])
    for _ in "12":
        typed = {"file": voice(), "kind": "promo", "title": "Friday"}
        operator.client.post(FORM, data={**form, **typed})
    assert [piece.state for piece in pieces()] == [FillState.RECEIVED]
