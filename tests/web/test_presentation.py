"""How a member's pieces sound: chosen once, taken over into each later upload."""

import io

import pytest

from station import presentation
from station.recordings import stored_at
from tests.web.uploads import VOICE, recordings_in, voice

FORM = "/member/sound/"


@pytest.fixture
def choose(sender):
    def chosen(**fields):
        sender.open(FORM)
        return sender.send(FORM, **{"short": "fill", "ident": "none", **fields})

    return chosen


@pytest.fixture
def kept(database, thandi):
    def found():
        with database.reading() as session:
            return presentation.of(session, thandi.account_id)

    return found


def test_without_a_choice_nothing_is_said_and_fill_follows(sender, kept):
    sender.open(FORM)
    assert "Nothing is said before your pieces." in sender.page
    assert "comes the station's own fill." in sender.page
    assert "leave it empty for “Five minutes of Thandi”" in sender.page
    assert kept() is None


def test_a_choice_is_noted_and_shown(choose, kept, sender):
    choose(short="again", ident="spoken", words="Listen!", level="yes", clean="yes")
    found = kept()
    assert (found.short, found.ident, found.ident_words) == ("again", "spoken", "Listen!")
    assert (found.level, found.clean) == (True, True)
    assert "A voice announces your pieces." in sender.page
    assert 'value="Listen!"' in sender.page


def test_a_recorded_ident_is_kept_in_the_store(choose, kept, sender, settings):
    choose(ident="none", file=voice())
    sha256 = kept().ident_upload_sha256
    assert stored_at(settings.media_folder, sha256).read_bytes() == VOICE
    assert "we have one of yours" in sender.page
    choose(ident="recorded")
    assert kept().ident_upload_sha256 == sha256


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ident": "recorded"}, "Please choose the recording that is to be heard"),
        ({"ident": "recorded", "file": (io.BytesIO(b"%PDF-1.7 x"), "a.mp3")}, "not a recording"),
        ({"ident": "recorded", "file": (io.BytesIO(b""), "a.mp3")}, "The file is empty"),
        ({"ident": "spoken", "words": "x" * 121}, "The announcement has 121 characters"),
        ({"ident": "sung"}, "Please fill in the choice."),
        ({"short": "longer"}, "Please fill in the choice."),
        ({"short": "piece"}, "Please fill in the piece that follows."),
        ({"short": "piece", "recording": "9" * 30}, "Please fill in the piece that follows."),
    ],
)
def test_a_choice_that_is_none_is_refused(typed, sentence, choose, kept, sender):
    assert choose(**typed).status_code == 422
    assert sentence in sender.page
    assert kept() is None


def test_an_accepted_piece_can_follow_but_nobody_elses(
    send, accept, choose, kept, admit_member, signed_in
):
    send()
    recording = accept()
    choose(short="piece", recording=recording.id)
    assert kept().recording_id == recording.id
    other = signed_in(admit_member("Sipho"))
    other.open(FORM)
    answer = other.send(FORM, short="piece", ident="none", recording=recording.id)
    assert answer.status_code == 403


def test_what_is_sent_later_takes_the_choice_over(choose, sender, send, database):
    choose(short="again", ident="spoken", level="yes")
    sender.open("/member/")
    send(clean="yes")
    (recording,) = recordings_in(database)
    said = {"short": "again", "ident": "spoken", "ident_words": "Five minutes of Thandi"}
    assert recording.treatment == {**said, "clean": True}


def test_the_upload_form_is_ticked_as_was_chosen(choose, sender):
    sender.open("/member/")
    assert "checked" not in sender.page.partition('name="level"')[2][:30]
    choose(level="yes")
    sender.open("/member/")
    assert "checked" in sender.page.partition('name="level"')[2][:30]
