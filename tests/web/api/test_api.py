"""The API over an application: what is told to whom, how long it stays true, what is refused."""

import json

import pytest

from station import shares, takedowns, tokens, trail
from station.jobs import JobKind, JobState, newest
from station.tokens import PREFIX, Scope, Token
from tests.web.aired import air, let
from web.api.pace import MOST_A_MINUTE
from web.api.routes import ROUTES

ROOT = "/api/v1"
NAMED = {
    "day": "2026-11-21",
    "channel": 0,
    "slot_number": 1,
    "code": "1-x",
    "week": "2026-W47",
    "alarm": 1,
}


def address(route):
    return ROOT + route.path.format(**NAMED)


@pytest.mark.usefixtures("seeded")
def test_what_listeners_see_is_open_to_all_and_kept_for_a_while(program, settings, now):
    for route in (route for route in ROUTES if route.scope is None):
        answer = program.get(address(route))
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Cookie" not in answer.headers.get("Vary", "")
        if route.name == "piece":
            assert answer.status_code == 404
            continue
        assert answer.status_code == 200, route.path
        kept = f"public, max-age={route.kept_seconds}"
        assert answer.headers["Cache-Control"] == kept
        again = program.get(address(route), headers={"If-None-Match": answer.headers["ETag"]})
        # What says when it was told is another answer each time.
        assert again.status_code == 304, route.path
    there = program.get(f"{ROOT}/station").json
    assert (there["name"], there["zone"], len(there["channels"])) == (
        *("Mweya", "Africa/Johannesburg", 3),
    )
    stream = there["channels"][0]["streams"][0]
    assert (stream["quality"], stream["megabytes_an_hour"]) == ("low", 14.4)
    number = settings.slots.number(now)
    slot = program.get(f"{ROOT}/slots/0/{number}").json
    assert (slot["title"], slot["outcome"]) == ("The river behind our school", None)
    piece = program.get(f"{ROOT}/pieces/{slot['page'].rpartition('/')[2]}").json
    assert (piece["state"], piece["speaker"]) == ("on air", "Thandi Mokoena")


@pytest.mark.usefixtures("seeded")
def test_a_day_is_told_by_channel_without_what_was_taken_down(program, database, settings, now):
    first = settings.slots.number(now)
    day = program.get(f"{ROOT}/programme/2026-11-21?channel=2").json
    assert {piece["channel"] for piece in day["pieces"]} == {2}
    silence = next(piece for piece in day["pieces"] if piece["kind"] == "silence")
    assert silence["words"] == "Five minutes of silence for George Floyd"
    with database.writing() as session:
        takedowns.order(session, 2, first, "its owner asked", now)
    left = program.get(f"{ROOT}/programme/2026-11-21?channel=2").json["pieces"]
    assert silence["starts"] not in [piece["starts"] for piece in left]
    slot = program.get(f"{ROOT}/slots/2/{first}").json
    assert (slot["title"], slot["kind"], slot["page"]) == ("", "fill", None)


@pytest.mark.usefixtures("seeded")
def test_nobody_is_named_to_the_open_but_who_speaks(program, seeded):
    told = "".join(program.get(address(route)).text for route in ROUTES if route.scope is None)
    assert not [one.email for one in seeded.members if one.email in told]
    assert "account" not in told


@pytest.mark.usefixtures("seeded")
def test_whoever_shows_no_token_that_works_gets_nothing_of_the_desk(program, bearer, database, now):
    wrong = [{}, {"Authorization": "Bearer mweya_x"}, {"Authorization": "Basic bXdleWE6eA=="}]
    revoked = bearer()
    with database.writing() as session:
        tokens.revoke(session, session.query(Token).one().id, now)
    for route in (route for route in ROUTES if route.scope is not None):
        for headers in (*wrong, revoked):
            answer = program.open(address(route), method=route.method, headers=headers)
            assert (answer.status_code, answer.json["code"]) == (401, "token-wrong")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.mimetype == "application/problem+json"


def test_an_operators_cookie_is_no_token(seeded, signed_in):
    operator = signed_in(seeded.operator)
    assert operator.client.get(f"{ROOT}/alarms").status_code == 401
    assert operator.client.post(f"{ROOT}/weeks/2026-W48/build").status_code == 401


def test_a_token_that_may_read_does_nothing(program, bearer, database):
    reading = bearer(Scope.READ)
    answer = program.post(f"{ROOT}/weeks/2026-W48/build", headers=reading)
    assert (answer.status_code, answer.json["code"]) == (403, "token-reads")
    with database.reading() as session:
        assert newest(session, JobKind.BUILD, "2026-W48") is None
    answer = program.get(f"{ROOT}/weeks/2026-W48", headers=reading)
    assert (answer.json["state"], answer.json["bumped"]) == ("built", 1)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_token_of_who_operates_no_longer_works_no_longer(program, bearer, database, seeded):
    shown = bearer()
    with database.writing() as session:
        session.merge(seeded.operator).operator = False
    assert program.get(f"{ROOT}/alarms", headers=shown).status_code == 401


def test_a_build_is_promised_once_and_stands_in_the_trail(program, bearer, database, seeded):
    shown = bearer()
    for _ in range(2):
        answer = program.post(f"{ROOT}/weeks/2026-W48/build", headers=shown)
        assert (answer.status_code, answer.json["state"]) == (202, "waiting")
    with database.reading() as session:
        assert newest(session, JobKind.BUILD, "2026-W48").state == JobState.WAITING
        done = trail.newest(session, trail.Wanted())
    assert {(one.name, one.deed.act, one.deed.subject) for one in done} == {
        (seeded.operator.name, "week.build", "2026-W48")
    }
    told = program.get(f"{ROOT}/trail", headers=shown).json["deeds"]
    assert [one["who"] for one in told] == [seeded.operator.name] * 2
    assert told[0]["said"] == "promised, by the token “The lamp” (1)"


def test_a_version_tells_who_is_where_and_who_is_nowhere(program, bearer):
    told = program.get(f"{ROOT}/weeks/2026-W48/grid", headers=bearer()).json
    assert (told["state"], told["score"], len(told["placed"])) == ("draft", 184_250, 11)
    assert told["bumped"][0]["holder"] == "Amina Patel"
    first = told["placed"][0]
    assert (first["holder"], first["start"], first["starts"]) == (
        *("Thandi Mokoena", 72, "2026-11-23T06:00:00+02:00"),
    )
    ready = program.get(f"{ROOT}/weeks/2026-W49/readiness", headers=bearer()).json
    assert ready["counts"]["rejected"] == len(ready["rejected"]) == 1
    assert ready["rejected"][0]["sentences"][0].startswith("Too long by 12 s")


def test_what_cant_be_asked_is_a_problem_that_says_why(program):
    for path, method, status in (
        ("/programme/tomorrow", "GET", 422),
        ("/programme/2026-11-21?channel=9", "GET", 404),
        ("/station?please=1", "GET", 422),
        ("/nothing", "GET", 404),
        ("/station", "DELETE", 405),
        ("/pieces/%00", "GET", 400),
    ):
        answer = program.open(ROOT + path, method=method)
        told = json.loads(answer.text)
        assert (answer.status_code, told["status"]) == (status, status), path
        assert answer.mimetype == "application/problem+json"
        assert told["title"]
        assert told["detail"]
        assert ("Allow" in answer.headers) == (status == 405)


def test_a_network_that_asks_too_often_is_told_to_wait(program, seeded):
    away = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    for _ in range(MOST_A_MINUTE):
        assert program.get(f"{ROOT}/causes", **away).status_code == 200
    answer = program.get(f"{ROOT}/causes", **away)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    other = {"environ_base": {"REMOTE_ADDR": "192.0.2.8"}}
    assert program.get(f"{ROOT}/causes", **other).status_code == 200


def test_of_a_token_only_its_hash_is_kept_and_when_it_was_used(program, bearer, database, now):
    shown = bearer()
    program.get(f"{ROOT}/alarms", headers=shown)
    with database.reading() as session:
        kept = session.query(Token).one()
    assert PREFIX not in kept.secret_hash
    assert shown["Authorization"].partition(" ")[2] not in (kept.secret_hash, kept.name)
    assert kept.used_at == now


def test_what_is_heard_again_is_told_while_its_holder_agrees(
    program, database, settings, seeded, now, tmp_path
):
    air(database, settings, now, tmp_path)
    asked = f"{ROOT}/again/0/2026-11-21"
    assert program.get(asked).json["episodes"] == []
    let(database, seeded.members[0], now)
    [episode] = program.get(asked).json["episodes"]
    assert (episode["title"], episode["speaker"]) == (
        *("The river behind our school", "Thandi Mokoena"),
    )
    sound = program.get(episode["sound"].removeprefix(settings.web_url))
    assert (sound.status_code, len(sound.data)) == (200, episode["size"])
    takedown = settings.slots.number(now)
    with database.writing() as session:
        takedowns.order(session, 0, takedown, "its owner asked", now)
    assert program.get(asked).json["episodes"] == []


def test_a_page_says_the_same_for_people(nobody):
    nobody.open("/api/")
    for route in ROUTES:
        assert f"{route.method} {ROOT}{route.path}" in nobody.page
    for said in ("dead_air.began", "start_error_ms", "Signed", "The same as OpenAPI 3.1"):
        assert said.lower() in nobody.page.lower(), said


def test_a_piece_that_nobody_shares_is_not_found_by_guessing(program, settings):
    code = shares.code_of(settings, 1)
    wrong = code[:-1] + ("a" if code[-1] != "a" else "b")
    assert program.get(f"{ROOT}/pieces/{wrong}").status_code == 404
