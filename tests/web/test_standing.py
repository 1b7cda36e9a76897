"""What becomes of a week that nothing is sent for, and the causes of silence to choose from."""

import pytest

from station import causes, standing
from station.closing import close_weeks
from station.rights import open_request
from station.standing import StandingKind

FORM = "/member/standing/"
PROPOSAL = "/member/causes/"


@pytest.fixture
def listed(database, now):
    with database.writing() as session:
        causes.add(session, "George Floyd", now)


@pytest.fixture
def choice(database, thandi):
    def chosen():
        with database.reading() as session:
            found = standing.choice_of(session, thandi.account_id)
            return found and (found.kind, found.cause, found.recording_id)

    return chosen


def test_without_a_choice_it_goes_to_the_pool(sender, choice):
    sender.open(FORM)
    assert "When you send nothing for a week, it goes to the station's pool." in sender.page
    assert choice() is None


def test_ones_last_piece_is_chosen(sender, choice):
    sender.open(FORM)
    sender.send(FORM, kind="last")
    assert "Noted. When you send nothing for a week, your last piece airs again." in sender.page
    assert choice() == (StandingKind.LAST, None, None)


def test_an_evergreen_piece_is_chosen_among_the_accepted_ones(send, accept, sender, choice):
    sender.open(FORM)
    assert "evergreen" not in sender.page
    sender.open("/member/")
    send()
    recording = accept()
    sender.open(FORM)
    assert (
        f'<option value="{recording.id}">The river, sent 21 November 2026</option>' in sender.page
    )
    sender.send(FORM, kind="evergreen", recording=recording.id)
    assert choice() == (StandingKind.EVERGREEN, None, recording.id)


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ({"listed": "George Floyd"}, "George Floyd"),
        ({"listed": "George Floyd", "cause": "Marikana"}, "Marikana"),
    ],
)
def test_silence_is_for_a_listed_cause_or_in_ones_own_words(typed, cause, sender, choice):
    sender.open(FORM)
    sender.send(FORM, kind="silence", **typed)
    assert choice() == (StandingKind.SILENCE, cause, None)
    assert f"it is silence for {cause}." in sender.page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "silence"}, "Please fill in the cause."),
        ({"kind": "evergreen"}, "Please fill in the piece that airs again."),
        ({"kind": "evergreen", "recording": "9" * 30}, "Please fill in the piece"),
        ({"kind": "nonsense"}, "Please fill in the choice."),
        ({}, "Please fill in the choice."),
    ],
)
def test_a_choice_that_is_none_is_refused(typed, sentence, sender, choice):
    sender.open(FORM)
    assert sender.send(FORM, **typed).status_code == 422
    assert sentence in sender.page
    assert choice() is None


def test_somebody_elses_piece_is_not_chosen(send, accept, admit_member, signed_in):
    send()
    recording = accept()
    other = signed_in(admit_member("Sipho"))
    other.open(FORM)
    assert other.send(FORM, kind="evergreen", recording=recording.id).status_code == 403


def test_the_choice_is_applied_when_the_week_closes(sender, right, database, settings, clock):
    sender.open(FORM)
    sender.send(FORM, kind="silence", cause="Marikana")
    closed = right.parsed_week(settings.zone).span.start
    with database.writing() as session:
        close_weeks(session, settings, closed)
        assert open_request(session, right.id).cause == "Marikana"


@pytest.mark.usefixtures("listed")
def test_a_right_is_dedicated_to_a_listed_cause(sender, right):
    sender.open("/member/")
    sender.send(f"/member/rights/{right.id}/silence", listed="George Floyd")
    assert "Your five minutes are dedicated to silence for George Floyd." in sender.page


def test_a_cause_is_proposed_once_and_waits_for_the_operators(sender, database):
    sender.open(PROPOSAL)
    form = sender.forms[PROPOSAL]
    for _ in "12":
        sender.client.post(PROPOSAL, data={**form, "cause": "Marikana"})
    with database.reading() as session:
        assert [one.words for one in causes.waiting(session)] == ["Marikana"]
    sender.open(PROPOSAL)
    assert "The operators decide whether “Marikana” is listed." in sender.page
    assert "<li>Marikana</li>" not in sender.page


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(("words", "status"), [("", 422), ("x" * 300, 422), ("george floyd", 409)])
def test_a_proposal_that_is_none_is_refused(words, status, sender, database):
    sender.open(PROPOSAL)
    assert sender.send(PROPOSAL, cause=words).status_code == status
    assert f'value="{words}"' in sender.page
    with database.reading() as session:
        assert causes.waiting(session) == []
