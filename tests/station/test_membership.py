from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from station.airtime import Week
from station.errors import Refusal, WrongInput
from station.letters import Letter
from station.members import AccountKind, Applicant, Person, with_email
from station.membership import applications, audit, fees, invitations, places, upkeep, years
from station.membership.applications import Application, ApplicationState
from station.membership.invoices import Invoice, InvoiceState

SAID = "I tell stories of our street and want to be heard."
DAY = timedelta(days=1)


@pytest.fixture
def settings(make_settings):
    return make_settings('[membership]\ncap = 2\nbank_details = "Bank of Mweya, 123456"\n')


@pytest.fixture
def apply(database, settings, now):
    """Lets somebody new apply by first name."""

    def applied(name, token=None, at=now):
        with database.writing() as session:
            who = Applicant(name, f"{name.lower()}@example.org")
            return applications.apply(session, settings, who, SAID, token, at)

    return applied


@pytest.fixture
def confirmed(database, settings, now):
    """Confirms the fee of an application."""

    def confirm(application, at=now):
        with database.writing() as session:
            fees.confirm(session, settings, application.invoice.reference, at)
            return years.current(session, application.person_id)

    return confirm


@pytest.fixture
def tend(database, settings):
    """Does the chores at an instant, and finds nothing wrong in the books after them."""

    def tended(at):
        with database.writing() as session:
            done = upkeep.look_after(session, settings, at)
        with database.reading() as session:
            assert [violation for rule in audit.RULES for violation in rule(session)] == []
        return done

    return tended


def standing(database, application):
    with database.reading() as session:
        return session.get_one(Application, application.id)


def newest_letter(database, person):
    with database.reading() as session:
        query = sa.select(Letter).where(Letter.person_id == person.id).order_by(Letter.id.desc())
        return session.scalars(query).first()


def test_an_applicant_who_finds_a_place_is_told_how_to_pay(database, apply):
    application = apply("Thandi")
    assert application.state == ApplicationState.PAYABLE
    assert application.person.account.kind == AccountKind.BUYER
    letter = newest_letter(database, application.person)
    for part in ("Thandi", application.invoice.reference, "R500.00", "Bank of Mweya, 123456"):
        assert part in letter.body


def test_without_a_free_place_they_wait_and_know_their_place_in_line(database, apply):
    apply("Thandi"), apply("Sipho")
    third, fourth = apply("Naledi"), apply("Johan")
    assert (third.state, fourth.state) == (ApplicationState.WAITING, ApplicationState.WAITING)
    with database.reading() as session:
        assert applications.place_in_line(session, fourth) == 2
        assert [one.person.name for one in applications.open_applications(session)] == [
            *("Thandi", "Sipho", "Naledi", "Johan"),
        ]
    assert "number 2 in line" in newest_letter(database, fourth.person).body


@pytest.mark.parametrize("said", ["Hello", "x" * 2001, "    \n\t   "])
def test_who_applies_introduces_themselves(database, settings, now, said):
    with pytest.raises(WrongInput, match="20 to 2000 characters"), database.writing() as session:
        who = Applicant("Thandi", "thandi@example.org")
        applications.apply(session, settings, who, said, None, now)
    with database.reading() as session:
        assert with_email(session, "thandi@example.org") is None


def test_an_introduction_keeps_its_lines_and_loses_what_is_no_letter(database, settings, now):
    with database.writing() as session:
        who = Applicant("Thandi", "thandi@example.org")
        said = "  I am Thandi.\r\nI   tell\x00 stories of our street.\n"
        application = applications.apply(session, settings, who, said, None, now)
    assert application.introduction == "I am Thandi.\nI tell stories of our street."


def test_nobody_applies_twice_nor_as_a_member(database, settings, now, apply, confirmed):
    application = apply("Thandi")
    with pytest.raises(Refusal, match="belongs to somebody"):
        apply("Thandi")
    with pytest.raises(Refusal, match="applied already"), database.writing() as session:
        applications.apply(session, settings, application.person, SAID, None, now)
    confirmed(application)
    with pytest.raises(Refusal, match="is a member"), database.writing() as session:
        applications.apply(session, settings, application.person, SAID, None, now)


def test_a_declined_applicant_is_told_why_and_their_place_is_free(database, now, apply, tend):
    first, _, third = apply("Thandi"), apply("Sipho"), apply("Naledi")
    with database.writing() as session:
        applications.decline(session, first.id, "We know you under another name.", now)
    assert "another name" in newest_letter(database, first.person).body
    assert tend(now) == 1
    assert standing(database, third).state == ApplicationState.PAYABLE
    with pytest.raises(Refusal, match="over"), database.writing() as session:
        applications.decline(session, first.id, "Twice", now)


def test_who_steps_back_can_apply_again(database, settings, now, apply):
    application = apply("Thandi")
    with database.writing() as session:
        applications.withdraw(session, application.person, now)
        assert session.get_one(Invoice, application.invoice_id).state == InvoiceState.CANCELLED
        with pytest.raises(Refusal, match="over"):
            applications.withdraw(session, application.person, now)
        again = applications.apply(session, settings, application.person, SAID, None, now)
    assert again.state == ApplicationState.PAYABLE


def test_an_unpaid_place_passes_to_the_next_in_line(database, now, apply, tend):
    first, _, third = apply("Thandi"), apply("Sipho"), apply("Naledi")
    assert tend(now + 14 * DAY - timedelta(seconds=1)) == 0
    assert tend(now + 14 * DAY) == 3
    assert standing(database, first).state == ApplicationState.LAPSED
    assert "passed on" in newest_letter(database, first.person).subject
    assert standing(database, third).state == ApplicationState.PAYABLE


def test_whoever_came_first_goes_first_even_before_the_line_has_moved(database, now, apply, tend):
    first, _, third = apply("Thandi"), apply("Sipho"), apply("Naledi")
    with database.writing() as session:
        applications.withdraw(session, first.person, now)
    assert apply("Johan").state == ApplicationState.WAITING
    tend(now)
    assert standing(database, third).state == ApplicationState.PAYABLE


def test_a_late_fee_counts_while_a_place_is_free(database, now, apply, confirmed, tend):
    application = apply("Thandi")
    tend(now + 15 * DAY)
    assert confirmed(application, now + 16 * DAY).first_week == "2026-W51"
    tend(now + 16 * DAY)


def test_a_late_fee_is_sent_back_when_the_place_is_anothers(database, now, apply, confirmed, tend):
    first, second = apply("Thandi"), apply("Sipho")
    confirmed(second)
    tend(now + 15 * DAY)
    apply("Naledi", at=now + 15 * DAY)
    with pytest.raises(Refusal, match="none is free"):
        confirmed(first, now + 16 * DAY)


def test_the_fee_of_a_declined_applicant_is_sent_back(database, now, apply, confirmed):
    application = apply("Thandi")
    with database.writing() as session:
        applications.decline(session, application.id, "Not now", now)
    with pytest.raises(Refusal, match="Send the money back"):
        confirmed(application)


def test_however_many_apply_at_once_nobody_gets_a_place_that_is_not_there(
    database, settings, now, apply
):
    with ThreadPoolExecutor(8) as pool:
        states = [one.state for one in pool.map(apply, [f"Friend{n}" for n in range(8)])]
    assert sorted(states) == ["payable"] * 2 + ["waiting"] * 6
    with database.reading() as session:
        assert session.scalars(sa.select(sa.func.count(Invoice.id))).one() == 2


def test_one_person_who_applies_many_times_at_once_has_one_application(database, apply):
    def press(_):
        try:
            return apply("Thandi").state
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(press, range(4)))
    assert answers == ["email-taken"] * 3 + ["payable"]
    with database.reading() as session:
        assert session.scalars(sa.select(sa.func.count(Person.id))).one() == 1


def test_a_fee_confirmed_many_times_at_once_counts_once(database, settings, apply, confirmed):
    application = apply("Thandi")

    def press(_):
        try:
            return confirmed(application).first_week
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(press, range(6)))
    assert answers == ["2026-W49", *["invoice-paid"] * 5]


def test_an_invitation_brings_as_many_as_it_may(database, settings, now, apply, admit_member):
    host = admit_member("Janet")
    with database.writing() as session:
        session.get_one(Person, host.id).operator = True
        host = session.get_one(Person, host.id)
        invitation, token = invitations.invite(session, settings, host, 2, now)
    apply("Thandi", token), apply("Sipho", token)
    with pytest.raises(Refusal, match="Ask for a new one"):
        apply("Naledi", token)
    with database.reading() as session:
        assert session.get_one(type(invitation), invitation.id).uses == 2
        assert with_email(session, "naledi@example.org") is None
        assert [v for rule in audit.RULES for v in rule(session)] == []


def test_however_many_use_an_invitation_at_once_it_works_once(
    database, settings, now, apply, admit_member
):
    host = admit_member("Janet")
    with database.writing() as session:
        _, token = invitations.invite(session, settings, host, 1, now)

    def press(name):
        try:
            return apply(name, token).state
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(5) as pool:
        answers = sorted(pool.map(press, [f"Friend{n}" for n in range(5)]))
    assert answers == ["invitation-over"] * 4 + ["payable"]


def test_an_invitation_ends_when_it_is_too_old_or_its_inviter_says_so(
    database, settings, now, admit_member, apply
):
    janet, peter = admit_member("Janet"), admit_member("Peter")
    with database.writing() as session:
        old, old_token = invitations.invite(session, settings, janet, 1, now)
        ended, ended_token = invitations.invite(session, settings, janet, 1, now)
        assert invitations.by_token(session, ended_token, now).inviter.name == "Janet"
        with pytest.raises(Refusal, match="no such invitation"):
            invitations.end(session, ended.id, peter, now)
        invitations.end(session, ended.id, janet, now)
        assert invitations.running(session, janet.id, now) == [old]
        assert len(invitations.of(session, janet.id)) == 2
    late = now + settings.membership.invitation_days * DAY
    for token, at in ((ended_token, now), (old_token, late), ("anything", now)):
        with pytest.raises(Refusal, match="too old"):
            apply("Thandi", token, at)


def test_members_invite_one_friend_at_a_time_and_only_so_many(
    database, settings, now, apply, admit_member
):
    janet = admit_member("Janet")
    with database.writing() as session:
        with pytest.raises(WrongInput, match="1 to 1 times"):
            invitations.invite(session, settings, janet, 2, now)
        for _ in range(settings.membership.invitations_per_member):
            invitations.invite(session, settings, janet, 1, now)
        with pytest.raises(Refusal, match="5 invitations running"):
            invitations.invite(session, settings, janet, 1, now)
    buyer = apply("Thandi").person
    with pytest.raises(Refusal, match="Only members"), database.writing() as session:
        invitations.invite(session, settings, buyer, 1, now)


def test_a_station_may_ask_for_an_invitation(database, settings, now):
    chosen = msgspec.structs.replace(settings.membership, invitation_needed=True)
    strict = msgspec.structs.replace(settings, membership=chosen)
    with database.writing() as session:
        who = Applicant("Thandi", "thandi@example.org")
        with pytest.raises(Refusal, match="needs an invitation"):
            applications.apply(session, strict, who, SAID, None, now)


def test_a_year_begins_with_the_first_week_that_is_still_open(database, settings, now, apply):
    application = apply("Thandi")
    # W48 closes on Saturday's midnight, 48 hours before its first instant.
    before = Week.parse("2026-W48", settings.zone).span.start - 2 * DAY - timedelta(seconds=1)
    with database.writing() as session:
        fees.confirm(session, settings, application.invoice.reference, before)
        assert years.current(session, application.person_id).first_week == "2026-W48"


def test_an_address_that_nobody_has_shown_to_be_theirs_takes_no_place(database, settings, now):
    who = Applicant("Nobody", "made-up@example.org")
    with database.writing() as session:
        before = places.places(session, settings, now)
        made = applications.apply(session, settings, who, SAID, None, now, proven=False)
        assert (made.state, made.invoice_id) == ("unproven", None)
        assert places.places(session, settings, now) == before
        assert applications.open_applications(session) == []
        assert session.scalars(sa.select(Letter)).all() == []


def test_whoever_shows_it_stands_in_line_from_then_on(database, settings, now):
    who = Applicant("Nomsa", "nomsa@example.org")
    with database.writing() as session:
        made = applications.apply(session, settings, who, SAID, None, now, proven=False)
        proven = applications.prove(session, settings, made.person, now)
        assert proven is not None
        assert proven.state == "payable"
        assert applications.prove(session, settings, made.person, now) is None


def test_an_invitation_vouches_for_whoever_was_invited(database, settings, now, janet):
    with database.writing() as session:
        _, token = invitations.invite(session, settings, janet, 1, now)
        who = Applicant("Nomsa", "nomsa@example.org")
        made = applications.apply(session, settings, who, SAID, token, now, proven=False)
        assert made.state == "payable"


def test_an_application_that_nobody_shows_to_be_theirs_is_forgotten(database, settings, now):
    who = Applicant("Nobody", "made-up@example.org")
    with database.writing() as session:
        made = applications.apply(session, settings, who, SAID, None, now, proven=False)
        late = now + timedelta(days=settings.membership.payment_days)
        upkeep.look_after(session, settings, late)
        assert session.get_one(Application, made.id, populate_existing=True).state == "lapsed"
