"""Listeners see of a member what they chose, thank them, and write to them through the station."""

import pytest

from station import postcards, profiles, shares, thanks
from station.letters import Letter
from station.postcards import Postcard
from station.profiles import Choice
from station.reports import Report
from tests.web.aired import air, let

ADDRESS = "busi@example.net"
SAID = {"name": "Busi", "words": "Your river made me cry.\nThank you.", "email": ADDRESS}


@pytest.fixture
def page_of_thandi(seeded, settings):
    return f"/voice/{profiles.code_of(settings, seeded.members[0].account_id)}"


def written(database):
    with database.reading() as session:
        return session.query(Letter).order_by(Letter.id).all()


def test_a_member_is_shown_only_as_far_as_they_chose(
    page_of_thandi, seeded, signed_in, nobody, database, settings, now, tmp_path
):
    assert nobody.open(page_of_thandi).status_code == 404
    thandi = signed_in(seeded.members[0])
    thandi.open("/member/voice/")
    assert "You have no page that others can see." in thandi.page
    thandi.send("/member/voice/", shown="yes", words="I bake bread & <b>stories</b>")
    assert "Everybody can see your page." in thandi.page
    nobody.open(page_of_thandi)
    assert "I bake bread & <b>stories</b>" in nobody.page
    assert "<b>stories" not in nobody.client.get(page_of_thandi).text
    for hidden in ("On air soon", "On air before", "Send a message", "Listen again", "example.org"):
        assert hidden not in nobody.page
    air(database, settings, now, tmp_path)
    let(database, seeded.members[0], now)
    nobody.open(page_of_thandi)
    for shown in ("On air before", "Send a message", "Listen again", "The river behind our school"):
        assert shown in nobody.page
    nobody.open(f"/p/{shares.code_of(settings, 1)}")
    assert page_of_thandi in nobody.page


def test_a_message_and_its_answer_go_through_the_station(
    page_of_thandi, seeded, signed_in, nobody, database, now
):
    let(database, seeded.members[0], now)
    before = len(written(database))
    for _press in range(2):
        nobody.open(page_of_thandi)
        nobody.send(f"{page_of_thandi}/postcard", **SAID)
    assert "Your message is on its way." in nobody.page
    (brought,) = written(database)[before:]
    assert brought.person_id == seeded.members[0].id
    assert "Your river made me cry.\nThank you." in brought.body
    assert ADDRESS not in brought.subject + brought.body
    thandi = signed_in(seeded.members[0])
    thandi.open("/member/voice/")
    assert ADDRESS not in thandi.page
    thandi.send("/member/voice/postcards/1/answer", words="It made me cry, too.")
    assert "Your answer is on its way to Busi." in thandi.page
    answer = written(database)[-1]
    assert (answer.to_name, answer.to_email) == ("Busi", ADDRESS)
    assert "It made me cry, too." in answer.body
    assert "thandi@" not in answer.subject + answer.body
    assert "/answer" not in "".join(thandi.forms)


@pytest.mark.parametrize("way", ["block", "report"])
def test_whoever_is_turned_away_is_not_heard_again(
    way, page_of_thandi, seeded, signed_in, nobody, database, now
):
    let(database, seeded.members[0], now)
    nobody.open(page_of_thandi)
    nobody.send(f"{page_of_thandi}/postcard", **SAID)
    thandi = signed_in(seeded.members[0])
    thandi.open("/member/voice/")
    thandi.send(f"/member/voice/postcards/1/{way}")
    assert "made me cry" not in thandi.page
    nobody.open(page_of_thandi)
    before = len(written(database))
    nobody.send(f"{page_of_thandi}/postcard", **{**SAID, "words": "Answer me"})
    # They are not told that they were turned away.
    assert "Your message is on its way." in nobody.page
    assert len(written(database)) == before
    with database.reading() as session:
        reported = [one.words for one in session.query(Report)]
    assert len(reported) == (way == "report")
    operator = signed_in(seeded.operator)
    operator.open("/desk/moderation/")
    assert ("A message to Thandi Mokoena" in operator.page) == (way == "report")
    assert ("made me cry" in operator.page) == (way == "report")


def test_so_many_messages_come_from_one_network_in_an_hour(
    page_of_thandi, seeded, nobody, database, now
):
    let(database, seeded.members[0], now)
    most = postcards.FROM_A_NETWORK.most
    nobody.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    for number in range(most + 1):
        nobody.open(page_of_thandi)
        answer = nobody.send(f"{page_of_thandi}/postcard", **{**SAID, "words": f"Number {number}"})
    assert answer.status_code == 409
    assert "Number" in nobody.page
    with database.reading() as session:
        assert session.query(Postcard).count() == most


def test_a_name_on_air_leads_to_the_page_of_whoever_chose_one(
    page_of_thandi, seeded, nobody, database, settings, now
):
    piece = f"/p/{shares.code_of(settings, 1)}"
    pages = "/", "/guide", "/guide?q=river", piece
    link = f'<a href="{page_of_thandi}">Thandi Mokoena</a>'
    assert not any(link in nobody.client.get(page).text for page in pages)
    let(database, seeded.members[0], now)
    assert all(link in nobody.client.get(page).text for page in (*pages, "/now/en", "/player/1"))


def test_who_takes_no_messages_gets_none(page_of_thandi, seeded, nobody, database, now):
    let(database, seeded.members[0], now)
    nobody.open(page_of_thandi)
    let(database, seeded.members[0], now, Choice(shown=True))
    before = len(written(database))
    assert nobody.send(f"{page_of_thandi}/postcard", **SAID).status_code == 409
    assert "Thandi Mokoena takes no messages." in nobody.page
    assert len(written(database)) == before


def test_old_messages_are_forgotten_and_who_was_turned_away_is_not(
    page_of_thandi, seeded, nobody, database, now
):
    let(database, seeded.members[0], now)
    for words in ("One", "Two"):
        nobody.open(page_of_thandi)
        nobody.send(f"{page_of_thandi}/postcard", **{**SAID, "words": words})
    with database.writing() as session:
        postcards.turn_away(session, seeded.members[0], 1)
        assert postcards.clear_old(session, now + postcards.KEPT) == 0
        later = now + postcards.KEPT * 2
        assert postcards.clear_old(session, later) == 1
        (kept,) = session.query(Postcard)
        assert (kept.id, kept.words, kept.email) == (1, "", ADDRESS)


def test_a_press_says_thanks_once_from_a_browser_and_its_member_sees_how_many_did(
    seeded, app, nobody, signed_in, database, settings, now, tmp_path
):
    requests = air(database, settings, now, tmp_path)
    piece = f"/p/{shares.code_of(settings, requests[0].id)}"
    for _press in range(2):
        nobody.open(piece)
        token = next(iter(nobody.forms.values()))
        nobody.client.post(f"{piece}/thanks", data=token)
    nobody.open(piece)
    assert "You said thanks for this." in nobody.page
    with database.writing() as session:
        for _press in range(3):
            thanks.thank(session, settings, requests[0].id, "203.0.113.9", now)
    thandi = signed_in(seeded.members[0])
    thandi.open("/member/voice/")
    assert "Listeners said thanks to you 4 times." in thandi.page
    assert "4 listeners said thanks." in thandi.page


def test_a_piece_to_come_is_not_thanked_for_yet(seeded, nobody, settings):
    # Whoever is on air in an hour: the last of the seeded week.
    piece = f"/p/{shares.code_of(settings, 12)}"
    nobody.open(piece)
    assert "Say thanks" not in nobody.page
    token = next(iter(nobody.forms.values()))
    assert nobody.client.post(f"{piece}/thanks", data=token).status_code == 404
