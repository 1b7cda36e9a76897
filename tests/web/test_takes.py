"""What a member sees and hears of a piece: its sound, how it was made, and both ways of it."""

import msgspec
import pytest
import sqlalchemy as sa

from station.jobs import Job
from station.recordings import Master, Recording, preview_at, waveform_at
from station.treatment import Ident, Treatment
from tests.web.seed import LOUD
from tests.web.uploads import recordings_in
from web import waveform
from web.member.takes import told

PLAIN = b"ID3 as it was sent" * 9
PLAIN_SHA256 = "ab" * 32
CUES = [
    {"kind": "ident", "start_ms": 0, "end_ms": 3000},
    {"kind": "piece", "start_ms": 3000, "end_ms": 192_000},
    {"kind": "promo", "start_ms": 192_500, "end_ms": 200_000},
    {"kind": "bed", "start_ms": 200_000, "end_ms": 300_000},
]


@pytest.fixture
def known(database):
    """Says what is known of the master that there is."""

    def made(treatment=None, **facts):
        with database.writing() as session:
            session.execute(sa.update(Master).values(facts=facts))
            session.execute(sa.update(Recording).values(treatment=treatment or {}))
            return session.scalars(sa.select(Master.sha256)).one()

    return made


@pytest.mark.parametrize(
    ("facts", "codes", "said"),
    [
        ({}, [], ""),
        ({"piece_ms": 192_000}, [], "It lasts 3:12."),
        ({"piece_ms": 192_000, "cues": CUES}, [], "It lasts 3:12. The station's fill follows."),
        ({"piece_ms": 192_000, "gain_db": 6.2}, [], "It lasts 3:12. We made it 6 dB louder."),
        ({"piece_ms": 192_000, "gain_db": -3.4}, [], "It lasts 3:12. We made it 3 dB quieter."),
        ({"piece_ms": 192_000, "gain_db": 14}, ["lifted"], "It lasts 3:12."),
        (
            {"piece_ms": 60_000, "cues": [CUES[1], {"kind": "again"}, {"kind": "bed"}]},
            [],
            "It lasts 1:00. It is heard again after that. The station's fill follows.",
        ),
    ],
)
def test_what_became_of_a_piece_is_told_in_a_line(facts, codes, said):
    assert told(facts, codes, Treatment()) == said


def test_an_announcement_is_told_and_missed():
    spoken = Treatment(ident=Ident.SPOKEN, ident_words="Hello")
    facts = {"piece_ms": 192_000, "ident_ms": 3000}
    assert told(facts, [], spoken) == "Announced, it lasts 3:12."
    assert "It is not announced" in told({**facts, "ident_ms": 0}, [], spoken)
    second = msgspec.structs.replace(spoken, part=2)
    assert "announced" not in told({**facts, "ident_ms": 0}, [], second)


def test_the_line_is_on_the_page(send, accept, known, sender):
    send()
    accept()
    known(piece_ms=192_000, cues=CUES, gain_db=2.0)
    sender.open("/member/")
    line = "It lasts 3:12. The station's fill follows. We made it 2 dB louder."
    assert line in sender.page


def test_a_waveform_is_thinned_and_parted_where_the_piece_ends():
    pairs = bytes([0x80, 0x7F] * 400 + [0xF0, 0x10] * 400)
    drawn = waveform.drawn(pairs, 0.25)
    assert drawn.piece.count("M") == 50
    assert drawn.follows.count("M") == 150
    assert drawn.piece.startswith("M0 0v32M1 0v32")
    assert drawn.follows.endswith("M199 14v4")
    assert len(drawn.piece + drawn.follows) < 2500


def test_without_a_waveform_nothing_is_drawn():
    assert waveform.drawn(b"", 1.0) is None


def test_the_waveform_is_on_the_page_with_a_name(send, accept, known, sender, settings):
    send()
    accept()
    place = waveform_at(settings.media_folder, known(piece_ms=150_000))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(bytes([0xC0, 0x40]) * 800)
    sender.open("/member/")
    assert 'aria-label="How loud “The river” is from its beginning to its end"' in sender.page
    assert sender.page.count('<path d="M0 8v16') == 1


def test_what_is_being_done_is_told_while_it_is_checked(send, sender, database):
    send()
    with database.writing() as session:
        session.execute(sa.update(Job).values(step="mastering"))
    sender.open("/member/")
    assert "It is being brought to the station's loudness." in sender.page


def test_a_changed_piece_is_heard_both_ways(send, accept, known, sender, settings, right):
    send()
    accept()
    known({"level": True, "clean": True}, plain_preview_sha256=PLAIN_SHA256)
    place = preview_at(settings.media_folder, PLAIN_SHA256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(PLAIN)
    sender.open("/member/")
    assert "Hear it as it will air, evened out and without hum (5 kB):" in sender.page
    assert "And as you sent it:" in sender.page
    with sender.client.get(f"/member/rights/{right.id}/piece/plain") as heard:
        assert (heard.mimetype, heard.data) == ("audio/mpeg", PLAIN)


@pytest.mark.parametrize(
    ("before", "way", "after"),
    [
        ({}, "level", Treatment(level=True)),
        ({"level": True}, "clean", Treatment(level=True, clean=True)),
        ({"level": True, "clean": True}, "plain", Treatment()),
    ],
)
def test_it_is_made_again_the_other_way(before, way, after, send, accept, known, sender, database):
    send()
    first = accept()
    known(before)
    sender.open("/member/")
    sender.send(f"/member/recordings/{first.id}/{way}")
    assert "It is being made again. Until then the piece stays as it is." in sender.page
    assert "“The river” is ready to air." in sender.page
    assert recordings_in(database)[-1].chosen == after


def test_nothing_is_told_of_a_piece_that_was_withdrawn(send, accept, sender, right):
    send()
    accept()
    sender.open("/member/")
    assert LOUD in sender.page
    sender.send(f"/member/rights/{right.id}/withdrawal")
    assert "“The river” was withdrawn." in sender.page
    assert LOUD not in sender.page


def test_what_was_withdrawn_airs_after_all_and_nothing_is_sent_again(
    send, accept, sender, right, database
):
    send()
    take = accept()
    sender.open("/member/")
    assert "We keep it: you can let it air after all until" in sender.page
    sender.send(f"/member/rights/{right.id}/withdrawal")
    said = "Withdrawn. When you send nothing for a week, it goes to the station's pool."
    assert said in sender.page
    sender.send(f"/member/recordings/{take.id}/air")
    assert "“The river” is ready to air again." in sender.page
    assert "was withdrawn" not in sender.page
    assert len(recordings_in(database)) == 1


def test_nothing_airs_after_all_where_something_else_does(send, accept, sender, right):
    send()
    take = accept()
    sender.open("/member/")
    sender.send(f"/member/rights/{right.id}/withdrawal")
    sender.open("/member/")
    action = f"/member/recordings/{take.id}/air"
    sent = dict(sender.forms)
    sender.send(f"/member/rights/{right.id}/silence", cause="rain")
    answer = sender.client.post(action, data=sent[action])
    assert answer.status_code == 409
    assert "Something was sent for" in answer.text


def test_a_plain_piece_has_no_second_sound(send, accept, known, sender, right):
    send()
    accept()
    known(plain_preview_sha256=PLAIN_SHA256)
    sender.open("/member/")
    assert "And as you sent it:" not in sender.page
    assert "Use it as you sent it" not in sender.page
    assert sender.client.get(f"/member/rights/{right.id}/piece/plain").status_code == 404


def test_nobody_hears_or_changes_what_is_not_theirs(
    send, accept, known, right, admit_member, signed_in, sender
):
    send()
    first = accept()
    known({"level": True}, plain_preview_sha256=PLAIN_SHA256)
    sender.open("/member/")
    other = signed_in(admit_member("Sipho"))
    assert other.client.get(f"/member/rights/{right.id}/piece/plain").status_code == 403
    action = f"/member/recordings/{first.id}/plain"
    other.forms[action] = other.forms["/signout"]
    assert other.send(action).status_code == 403
