"""A listener's report is taken without a name, answered once, and forgotten who sent it."""

import pytest
import sqlalchemy as sa

from station import reports
from station.attempts import Limit
from station.errors import Refusal, WrongInput
from station.letters import Letter
from station.reports import Report, ReportKind, ReportState, Said
from tests.web.seed import fill


@pytest.fixture
def seeded(database, settings, now):
    return fill(database, settings, now)


@pytest.fixture
def heard(database, settings, now, seeded):
    """Takes a report of what is on the first channel now."""

    def taken(said, network="", slot=None):
        number = settings.slots.number(now) if slot is None else slot
        with database.writing() as session:
            return reports.of_slot(session, settings, (0, number), said, network, now)

    return taken


def test_a_report_knows_what_was_on_air(heard, database, seeded):
    report = heard(Said(ReportKind.HURTFUL, "At 2 minutes he calls us names."))
    assert report.title == "The river behind our school"
    with database.reading() as session:
        (found,) = reports.open_ones(session)
    assert (found.reports[0].id, found.person.name) == (report.id, "Thandi Mokoena")


def test_a_button_that_is_pressed_twice_reports_once(heard):
    said = Said(ReportKind.SOUND)
    assert heard(said).id == heard(said).id


@pytest.mark.parametrize(
    "said", [Said("weather"), Said(ReportKind.OTHER), Said(ReportKind.SOUND, email="me")]
)
def test_a_report_that_says_nothing_is_refused(said, heard):
    with pytest.raises(WrongInput):
        heard(said)


def test_only_what_was_on_air_lately_can_be_reported(heard, settings, now):
    for slot in (settings.slots.number(now) + 1, 5, 2**62):
        with pytest.raises(WrongInput, match="choose what you heard"):
            heard(Said(ReportKind.SOUND), slot=slot)


def test_one_network_reports_only_so_often(heard):
    for number in range(reports.FROM_NETWORK.most):
        heard(Said(ReportKind.OTHER, f"Report {number}"), "203.0.113.7")
    with pytest.raises(Refusal, match="yours was not kept"):
        heard(Said(ReportKind.OTHER, "One more"), "203.0.113.7")
    heard(Said(ReportKind.OTHER, "From elsewhere"), "203.0.113.8")


def test_whoever_floods_one_piece_closes_no_other_ones_form(heard, settings, now, monkeypatch):
    monkeypatch.setattr(reports, "OF_PIECE", Limit("report-piece", 2, "reported-often"))
    for number in range(2):
        heard(Said(ReportKind.OTHER, f"Report {number}"), f"203.0.113.{number}")
    with pytest.raises(Refusal, match="yours was not kept"):
        heard(Said(ReportKind.OTHER, "One more"), "203.0.113.8")
    heard(Said(ReportKind.OTHER, "Another piece"), "203.0.113.8", settings.slots.number(now) - 1)


def test_a_report_is_settled_once_with_an_answer_and_its_address_is_forgotten(
    heard, database, seeded, now
):
    report = heard(Said(ReportKind.PRIVATE, "My number is read out.", "Ann@Example.org"))
    settled = {"upheld": True, "answer": "We cut it out.", "who": seeded.operator, "now": now}
    with database.writing() as session:
        reports.settle(session, report.id, **settled)
    with (
        pytest.raises(Refusal, match="settled this report already"),
        database.writing() as session,
    ):
        reports.settle(session, report.id, **settled)
    with database.reading() as session:
        (letter,) = session.scalars(sa.select(Letter).where(Letter.to_email == "ann@example.org"))
        found = session.get_one(Report, report.id)
    assert "You were right, and we have acted on it.\n\nWe cut it out." in letter.body
    assert (found.email, found.state) == ("", ReportState.UPHELD)


def test_all_reports_of_a_piece_that_an_operator_saw_are_settled_with_one_answer(
    heard, database, settings, seeded, now
):
    elsewhere = heard(Said(ReportKind.SOUND, "It hums."), slot=settings.slots.number(now) - 1)
    seen = [heard(Said(ReportKind.OTHER, words)) for words in ("He shouts.", "He swears.")]
    with database.reading() as session:
        listed = [[one.id for one in piece.reports] for piece in reports.open_ones(session)]
    assert listed == [[elsewhere.id], [report.id for report in seen]]
    unseen = heard(Said(ReportKind.OTHER, "He lies."))
    with database.writing() as session:
        found = {"upheld": True, "answer": "", "who": seeded.operator, "now": now}
        reports.settle(session, seen[0].id, **found, until=seen[1].id)
        left = [one.reports[0].id for one in reports.open_ones(session)]
    assert left == [elsewhere.id, unseen.id]
