import pytest
import sqlalchemy as sa

from station.errors import Refusal
from station.members import Applicant, Person, admit, read_member_file, with_email


def problems_of(text):
    applicants, problems = read_member_file(text)
    return [applicant.email for applicant in applicants], [p.sentence for p in problems]


def test_a_member_file_is_read_whatever_the_order_of_its_columns():
    text = "\ufeffEmail,Name,Language\njanet@example.org,Janet Moyo,sn\n\nA@B.org,“Ann”,\n"
    applicants, problems = read_member_file(text)
    assert problems == []
    assert applicants == [
        Applicant("Janet Moyo", "janet@example.org", language="sn"),
        Applicant("“Ann”", "a@b.org"),
    ]


def test_each_broken_line_is_named_with_its_column():
    text = (
        "name,email,language\n"
        "Janet,janet@example.org,en\n"
        ",no-name@example.org,en\n"
        "Peter,peter(at)example.org,en\n"
        "Janet again,JANET@example.org,en\n"
        "Zed,zed@example.org,english\n"
        "Many,many@example.org,en,more\n"
    )
    emails, sentences = problems_of(text)
    assert emails == ["janet@example.org"]
    assert sentences == [
        "Line 3, column name: it is empty.",
        "Line 4, column email: “peter(at)example.org” is not an email address.",
        "Line 5, column email: “janet@example.org” is on line 2 already.",
        "Line 6, column language: “english” is not a language code like en or zu.",
        "Line 7, column 4: there are more cells than columns.",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file is empty"),
        ("name\nJanet\n", "Line 1, column email: this column is required."),
        ("name,email,shoe\n", "Line 1, column shoe: unknown column"),
        ("name,email,name\n", "stands there twice"),
    ],
)
def test_a_broken_header_is_told_before_any_line(text, sentence):
    emails, sentences = problems_of(text)
    assert emails == []
    assert sentence in sentences[0]


def test_nobody_is_admitted_twice_under_one_address(database, now):
    with database.writing() as session:
        admit(session, Applicant("Janet", "janet@example.org"), now)
    with pytest.raises(Refusal, match="belongs to somebody"), database.writing() as session:
        admit(session, Applicant("Janet", "janet@example.org"), now)
    with database.reading() as session:
        assert session.scalars(sa.select(sa.func.count(Person.id))).one() == 1
        assert with_email(session, " Janet@Example.org ").name == "Janet"
