import msgspec
import pytest
import sqlalchemy as sa

from station import presentation, using
from station.errors import Refusal, WrongInput
from station.ledger import held
from station.presentation import Choice
from station.recordings import Master, MasterKind, Recording, conclude
from station.treatment import Ident, Short, Treatment

UPLOAD, IDENT = "ab" * 32, "cd" * 32


@pytest.fixture
def piece(database, settings, janet, now):
    """A recording of Janet's that was accepted."""
    with database.writing() as session:
        right = held(session, janet.account_id, "2026-W49")[0]
        recording = Recording(
            account_id=janet.account_id,
            title="The river",
            language="en",
            permission=True,
            file_name="note.opus",
            upload_sha256=UPLOAD,
            upload_bytes=9,
        )
        using.receive(session, settings, right.id, recording, [], now)
        master = Master(
            sha256="ef" * 32, kind=MasterKind.SEGMENT, duration_ms=300_000, facts={}, made_at=now
        )
        session.add(master)
        session.flush()
        conclude(session, recording.id, codes=[], sentences=[], master=master, now=now)
        return recording


@pytest.fixture
def choose(database, janet, now):
    def chosen(who=janet, **choice):
        with database.writing() as session:
            return presentation.choose(session, who.account_id, Choice(**choice), now)

    return chosen


@pytest.fixture
def treatment(database, janet):
    def found():
        with database.reading() as session:
            return presentation.treatment_for(session, janet.account_id, "Five minutes of Janet")

    return found


def test_without_a_choice_a_piece_is_sent_as_it_is_and_the_stations_fill_follows(treatment):
    assert treatment() == Treatment()


def test_a_choice_is_taken_over_and_a_later_one_replaces_it(choose, treatment):
    choose(short=Short.AGAIN, level=True, clean=True)
    assert treatment() == Treatment(short=Short.AGAIN, level=True, clean=True)
    choose(level=True)
    assert treatment() == Treatment(level=True)


def test_who_has_no_words_of_their_own_is_announced_in_the_usual_ones(choose, treatment):
    choose(ident=Ident.SPOKEN)
    assert treatment().ident_words == "Five minutes of Janet"
    choose(ident=Ident.SPOKEN, ident_words=" My \n own ")
    assert treatment().ident_words == "My own"


def test_the_piece_that_follows_is_named_by_its_bytes(choose, treatment, piece):
    choose(short=Short.PIECE, recording_id=piece.id)
    assert treatment() == Treatment(short=Short.PIECE, piece_sha256=UPLOAD)


def test_a_piece_that_was_withdrawn_follows_no_longer(choose, treatment, piece, database):
    choose(short=Short.PIECE, recording_id=piece.id)
    with database.writing() as session:
        session.execute(sa.update(Recording).values(state="withdrawn"))
    assert treatment() == Treatment()


def test_a_recorded_ident_is_kept_until_another_comes(choose, treatment):
    with pytest.raises(WrongInput, match="choose the recording"):
        choose(ident=Ident.RECORDED)
    choose(ident=Ident.RECORDED, ident_sha256=IDENT)
    assert treatment() == Treatment(ident=Ident.RECORDED, ident_sha256=IDENT)
    choose()
    assert treatment() == Treatment()
    choose(ident=Ident.RECORDED)
    assert treatment().ident_sha256 == IDENT


def test_only_ones_own_accepted_pieces_can_follow(choose, piece, peter, database):
    with pytest.raises(Refusal, match="no such recording of yours"):
        choose(peter, short=Short.PIECE, recording_id=piece.id)
    with database.writing() as session:
        session.execute(sa.update(Recording).values(state="rejected"))
    with pytest.raises(Refusal, match="can't air"):
        choose(short=Short.PIECE, recording_id=piece.id)


def test_ones_own_words_are_not_a_speech(choose, treatment):
    with pytest.raises(WrongInput, match="at most 120"):
        choose(ident=Ident.SPOKEN, ident_words="x" * 121)
    assert treatment() == Treatment()


def test_a_treatment_is_kept_as_plain_json(choose, treatment):
    choose(short=Short.AGAIN, ident=Ident.SPOKEN, ident_words="Hello", level=True)
    kept = msgspec.json.decode(msgspec.json.encode(treatment()), type=Treatment)
    assert kept == treatment()
