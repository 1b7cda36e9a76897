import re
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from station import attempts
from station.letters import Letter
from station.members import Person
from station.messages import Message
from tests.web.visitor import Visitor
from web.app import create_app

USED = "This sign-in link was used already or is too old. Ask for a new one."


def letters_in(database):
    with database.reading() as session:
        return list(session.scalars(sa.select(Letter).order_by(Letter.id)))


def test_a_link_comes_by_letter_and_signs_in(nobody, admit_member, database, settings):
    person = admit_member("Thandi")
    nobody.open("/signin")
    answer = nobody.send("/signin", email=" Thandi@Example.org ")
    assert "Look at your mail." in answer.text
    (letter,) = letters_in(database)
    assert letter.person_id == person.id
    (link,) = re.findall(rf"{re.escape(settings.web_url)}(/signin/\S+)", letter.body)
    answer = nobody.enter(link)
    assert answer.request.path == "/member/"
    assert "Signed in as Thandi" in answer.text


def test_asking_says_the_same_for_an_unknown_address(nobody, admit_member, database):
    admit_member("Thandi")
    answers = []
    for email in ("thandi@example.org", "nobody@example.org"):
        nobody.open("/signin")
        answer = nobody.send("/signin", email=email).text
        answers.append(re.sub(r'type="hidden" name="(csrf_token|key)" value="[^"]*"', "", answer))
    assert answers[0] == answers[1]
    assert len(letters_in(database)) == 1


def test_asking_again_at_once_sends_no_second_letter(nobody, admit_member, database, clock):
    admit_member("Thandi")
    for wait in (0, 20, 70):
        clock.now += timedelta(seconds=wait)
        nobody.open("/signin")
        nobody.send("/signin", email="thandi@example.org")
    assert len(letters_in(database)) == 2


def test_opening_a_link_does_not_use_it_up(nobody, admit_member, link_of):
    link = link_of(admit_member("Thandi"))
    for _ in range(3):
        assert nobody.open(link).status_code == 200
    assert nobody.enter(link).status_code == 200


def test_a_link_used_twice_is_refused_in_words(app, nobody, admit_member, link_of):
    link = link_of(admit_member("Thandi"))
    nobody.enter(link)
    second = Visitor(app.test_client())
    answer = second.enter(link)
    assert answer.status_code == 410
    assert USED in answer.text
    assert second.open("/member/").request.path == "/signin"


def test_a_link_that_is_too_old_is_refused(nobody, admit_member, link_of, clock):
    link = link_of(admit_member("Thandi"))
    clock.now += timedelta(minutes=10)
    assert USED in nobody.enter(link).text


def test_signing_out_ends_the_session_everywhere_it_was_copied_to(app, signed_in, admit_member):
    visitor = signed_in(admit_member("Thandi"))
    thief = app.test_client()
    name = app.config["SESSION_COOKIE_NAME"]
    thief.set_cookie(name, visitor.client.get_cookie(name).value)
    assert thief.get("/member/").status_code == 200
    visitor.send("/signout")
    assert visitor.open("/member/").request.path == "/signin"
    assert thief.get("/member/").location == "/signin"


def test_operators_arrive_at_the_desk(seeded, nobody, link_of):
    assert nobody.enter(link_of(seeded.operator)).request.path == "/desk/"


@pytest.mark.parametrize(
    "after",
    [
        *("https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example"),
        *("/\nmember/", "/" + 200 * "a", "member/"),
    ],
)
def test_a_link_leads_nowhere_else_afterwards(after, nobody, admit_member, link_of):
    link = link_of(admit_member("Thandi"))
    nobody.open(link)
    answer = nobody.send(link, follow=False, after=after)
    assert answer.headers["Location"] == "/member/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(nobody, admit_member, link_of):
    link = link_of(admit_member("Thandi"))
    nobody.open(link)
    cookie = nobody.send(link, follow=False).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_the_cookie_needs_https_where_the_pages_have_it(settings, database):
    web = msgspec.structs.replace(settings.web, public_url="https://radio.example")
    app = create_app(msgspec.structs.replace(settings, web=web), database)
    assert app.config["SESSION_COOKIE_SECURE"]


def test_an_empty_address_is_asked_for(nobody):
    nobody.open("/signin")
    answer = nobody.send("/signin", email=" ")
    assert answer.status_code == 422
    assert "Please fill in the email address." in answer.text


def code_in(letter):
    return re.search(r"^(\d{3} \d{3})$", letter.body, re.MULTILINE)[1]


def ask(visitor, email="thandi@example.org"):
    visitor.open("/signin")
    return visitor.send("/signin", email=email)


def test_the_code_of_a_letter_signs_in_the_browser_that_asked_and_no_other(
    app, nobody, admit_member, database
):
    admit_member("Thandi")
    ask(nobody)
    (letter,) = letters_in(database)
    thief = Visitor(app.test_client())
    ask(thief, "nobody@example.org")
    refused = thief.send("/signin/code", code=code_in(letter))
    assert refused.status_code == 422
    assert "This code is wrong or too old." in refused.text
    # Who tries again need not type the address again, and who is in needs no form.
    assert 'value="nobody@example.org"' in thief.open("/signin").text
    assert nobody.send("/signin/code", code=code_in(letter)).request.path == "/member/"
    assert nobody.open("/signin").request.path == "/member/"
    assert nobody.open("/signin?after=/membership/").request.path == "/membership/"


def test_a_letter_signs_in_once_by_its_link_or_by_its_code(app, nobody, admit_member, database):
    admit_member("Thandi")
    ask(nobody)
    (letter,) = letters_in(database)
    (link,) = re.findall(r"(/signin/\S+)", letter.body)
    nobody.send("/signin/code", code=code_in(letter))
    assert USED in Visitor(app.test_client()).enter(link).text


def test_a_code_is_tried_five_times_and_the_right_one_comes_too_late_then(
    nobody, admit_member, database
):
    admit_member("Thandi")
    ask(nobody)
    (letter,) = letters_in(database)
    right = code_in(letter)
    wrong = "000 000" if right != "000 000" else "111 111"
    for _ in range(5):
        assert "This code is wrong" in nobody.send("/signin/code", code=wrong).text
    assert "This code is wrong" in nobody.send("/signin/code", code=right).text


def test_whoever_asks_too_often_is_told_when_to_ask_again_known_or_not(nobody, admit_member, clock):
    admit_member("Thandi")
    clock.now = clock.now.replace(minute=1)
    told = set()
    for email in ("thandi@example.org", "nobody@example.org"):
        for _ in range(6):
            assert ask(nobody, email).status_code == 200
        answer = ask(nobody, email)
        assert answer.status_code == 409
        told.add(re.search(r"<b>Not done.</b>([^<]*)", answer.text)[1].strip())
    (sentence,) = told
    assert sentence.startswith("Too many codes were asked for.")
    assert sentence.endswith("ask again after Saturday 21 November 2026, 13:00.")
    clock.now += timedelta(hours=1)
    assert ask(nobody).status_code == 200


def test_one_network_asks_only_so_often_whoever_it_asks_for(
    nobody, admit_member, database, settings, now
):
    admit_member("Thandi")
    with database.writing() as session:
        for _ in range(attempts.NETWORK.most):
            attempts.count(session, attempts.NETWORK, "196.25.1.9", settings, now)
    nobody.open("/signin")
    typed = {**nobody.forms["/signin"], "email": "thandi@example.org"}
    for network, status in (("196.25.1.9", 409), ("196.25.1.10", 303)):
        seen = {"REMOTE_ADDR": network}
        assert nobody.client.post("/signin", data=typed, environ_base=seen).status_code == status
    assert len(letters_in(database)) == 1


def test_a_code_comes_to_a_phone_where_the_station_has_a_gateway(
    settings, database, clock, admit_member
):
    ways = msgspec.structs.replace(settings.messages, whatsapp="https://gateway.example/send")
    app = create_app(msgspec.structs.replace(settings, messages=ways), database, clock)
    person = admit_member("Thandi")
    with database.writing() as session:
        thandi = session.get_one(Person, person.id)
        thandi.phone, thandi.phone_proven = "+27 82 123 4567", True
    visitor = Visitor(app.test_client())
    ask(visitor, "+27 82 1234567")
    with database.reading() as session:
        (message,) = session.scalars(sa.select(Message))
    assert (message.way, message.to_phone) == ("whatsapp", "+27821234567")
    answer = visitor.send("/signin/code", code=message.body[:7])
    assert answer.request.path == "/member/"


def test_whoever_opens_a_page_signed_out_comes_to_it_after_signing_in(
    nobody, admit_member, database
):
    admit_member("Thandi")
    assert nobody.open("/member/statement?year=2026").request.path == "/signin"
    nobody.send("/signin", email="thandi@example.org")
    (letter,) = letters_in(database)
    answer = nobody.send("/signin/code", code=code_in(letter))
    assert answer.request.full_path == "/member/statement?year=2026"


def test_a_page_that_can_t_be_led_to_keeps_nobody_from_signing_in(nobody, admit_member, database):
    admit_member("Thandi")
    ask(nobody)
    assert nobody.open("/receipt/%0Ax").request.path == "/signin"
    nobody.open("/signin/sent")
    (letter,) = letters_in(database)
    assert nobody.send("/signin/code", code=code_in(letter)).request.path == "/member/"


def test_nobody_shuts_the_owner_of_an_address_out_by_asking_for_it(nobody, admit_member):
    admit_member("Thandi")
    nobody.open("/signin")
    typed = {**nobody.forms["/signin"], "email": "thandi@example.org"}
    answers = [
        nobody.client.post("/signin", data=typed, environ_base={"REMOTE_ADDR": network})
        for network in ["196.25.1.9"] * 7 + ["41.13.0.2"]
    ]
    assert [answer.status_code for answer in answers] == [303] * 6 + [409, 303]


def test_where_somebody_was_signed_in_strangers_who_ask_don_t_shut_them_out(
    nobody, admit_member, link_of, database, settings, clock
):
    clock.now = clock.now.replace(minute=1)
    nobody.enter(link_of(admit_member("Thandi")))
    nobody.send("/signout")
    with database.writing() as session:
        for number in range(attempts.ADDRESS.most):
            asked = ("thandi@example.org", f"41.13.0.{number}", settings, clock.now)
            attempts.count_letter(session, *asked)
    assert ask(nobody).request.path == "/signin/sent"
    assert code_in(letters_in(database)[-1])
    for _ in range(5):
        assert ask(nobody).status_code == 200
    assert ask(nobody).status_code == 409


@pytest.mark.parametrize(
    ("limit", "network"), [(attempts.WRONG_NETWORK, "196.25.1.9"), (attempts.WRONG_STATION, "")]
)
def test_after_too_many_wrong_codes_a_letter_s_link_is_the_way_in(
    limit, network, app, nobody, admit_member, database, clock
):
    clock.now = clock.now.replace(minute=1)
    admit_member("Thandi")
    ask(nobody)
    (letter,) = letters_in(database)
    with database.writing() as session:
        for _ in range(limit.most - 1):
            attempts.count_wrong(session, network, clock.now)
    guesser = Visitor(app.test_client())
    ask(guesser, "nobody@example.org")
    for visitor in (nobody, guesser):
        visitor.client.environ_base["REMOTE_ADDR"] = network or "127.0.0.1"
    assert "This code is wrong" in guesser.send("/signin/code", code="000 000").text
    answer = nobody.send("/signin/code", code=code_in(letter))
    assert answer.status_code == 409
    assert "Too many wrong codes were typed. Press the link in your letter" in answer.text
    (link,) = re.findall(r"(/signin/\S+)", letter.body)
    assert nobody.enter(link).request.path == "/member/"
