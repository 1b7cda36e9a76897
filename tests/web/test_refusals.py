import pytest
import sqlalchemy as sa


def test_a_page_that_is_not_there_is_said_in_words(nobody):
    answer = nobody.open("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page." in nobody.page
    assert "To the front page" in nobody.page


@pytest.mark.parametrize("address", ["/calendar/%00.ics", "/signin?after=%00"])
def test_a_nul_that_nobody_types_is_refused_in_words(address, nobody):
    assert nobody.open(address).status_code == 400
    assert "We could not read what was sent." in nobody.page


@pytest.mark.parametrize("week", ["2026-W54", "next", "2026-W1"])
def test_an_unknown_week_is_refused_in_words(week, seeded, signed_in):
    operator = signed_in(seeded.operator)
    answer = operator.open(f"/desk/weeks/{week}")
    assert answer.status_code == 404
    assert f"“{week}” is not a week." in operator.page


def test_a_fault_of_ours_shows_a_number_and_no_traceback(nobody, database):
    with database.writing() as session:
        session.execute(sa.text("DROP TABLE air_lines"))
    answer = nobody.open("/")
    assert answer.status_code == 500
    assert "Something broke on our side." in nobody.page
    assert "Number" in nobody.page
    for leaked in ("Traceback", "sqlite", "air_lines"):
        assert leaked not in nobody.page


def test_the_page_for_a_fault_needs_no_database(nobody, signed_in, admit_member, database):
    member = signed_in(admit_member("Thandi"))
    with database.writing() as session:
        session.execute(sa.text("DROP TABLE signed_in"))
    assert member.open("/member/").status_code == 500
    assert "Something broke on our side." in member.page
    assert nobody.open("/").status_code == 200


def test_a_wrong_method_is_said_in_words(nobody):
    answer = nobody.client.post("/api/now.json")
    assert answer.status_code in (400, 405)
    assert "<h1>" in answer.text
