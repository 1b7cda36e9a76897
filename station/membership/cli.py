"""The commands of membership: apply, invite, wait, and step back."""

from datetime import UTC, datetime

import click

from station import trail
from station.acting import acting, as_person
from station.cli import opened
from station.command import Answer, answers
from station.errors import WrongInput
from station.members import Applicant, clean_email, with_email
from station.membership import applications, invitations, places, years
from station.membership.applications import Application
from station.membership.invoices import Invoice
from station.moments import deadline_text
from station.money import shown
from station.rights import clean_text
from station.settings import Settings

LONGEST_NAME = 200


@click.group()
def membership() -> None:
    """Membership: apply, invite, see who waits, step back."""


@membership.command("status")
@answers
def status() -> Answer:
    """Say how many places there are, are taken and are left, and how many people wait."""
    with opened() as (settings, database), database.reading() as session:
        found = places.places(session, settings, datetime.now(UTC))
        in_line = len(applications.waiting(session))
    return Answer(
        facts={
            "cap": found.cap,
            "taken": found.taken,
            "sellable_starts": found.sellable,
            "left": found.left,
            "waiting": in_line,
        },
        lines=[
            f"{found.taken} of {found.cap} places are taken, {found.left} are left.",
            f"The fullest week of the coming year has {found.sellable} starts to sell.",
            f"{in_line} people wait in line.",
        ],
        next_command="mweya membership list",
    )


@membership.command("list")
@answers
def list_applications() -> Answer:
    """List everybody who waits for a place or has one to pay for, in the order they came."""
    with opened() as (settings, database), database.reading() as session:
        found = applications.open_applications(session)
        return Answer(
            {"applications": [_facts(one) for one in found]},
            [_line(one, settings) for one in found] or ["Nobody has applied."],
            "mweya fees confirm REFERENCE",
        )


@membership.command("apply")
@click.option("--name", help="Who applies, when they are new here.")
@click.option("--introduction", required=True, help="Who they are and what they would like to air.")
@click.option("--invitation", "token", help="The token of an invitation: the end of its link.")
@as_person
@answers
def apply(email: str, name: str | None, introduction: str, token: str | None) -> Answer:
    """Apply for a place; it is paid for at once, or waited for in line."""
    with opened() as (settings, database), database.writing() as session:
        # SQLite's lock is waited for here, so that the instant is not older than it.
        session.connection()
        who = with_email(session, email)
        if who is None and name is None:
            raise WrongInput("text-missing", name="name (--name)")
        application = applications.apply(
            session,
            settings,
            who or Applicant(clean_text(name or "", "name", LONGEST_NAME), clean_email(email)),
            introduction,
            token,
            datetime.now(UTC),
        )
        facts = _facts(application)
        lines = [_line(application, settings)]
    return Answer(facts, lines, "mweya fees confirm REFERENCE (once the money came)")


@membership.command("decline")
@click.argument("application", type=int)
@click.option("--reason", required=True, help="What the applicant is told.")
@answers
def decline(application: int, reason: str) -> Answer:
    """Decline the APPLICATION with this number, and tell its applicant why."""
    with opened() as (settings, database), database.writing() as session:
        now = datetime.now(UTC)
        declined = applications.decline(session, application, reason, now)
        said = {"subject": declined.person.name, "reason": reason}
        trail.write(session, None, "members.decline", now, **said)
        return Answer(_facts(declined), [_line(declined, settings)], "mweya membership list")


@membership.command("withdraw")
@as_person
@answers
def withdraw(email: str) -> Answer:
    """Step back from one's own application."""
    with acting(email) as act:
        withdrawn = applications.withdraw(act.session, act.who, act.now)
        return Answer(
            _facts(withdrawn), [_line(withdrawn, act.settings)], "mweya membership apply --as EMAIL"
        )


@membership.command("invite")
@click.option("--uses", type=int, default=1, show_default=True, help="How often it works.")
@as_person
@answers
def invite(email: str, uses: int) -> Answer:
    """Make an invitation's link; it is shown only here."""
    with acting(email) as act:
        made, token = invitations.invite(act.session, act.settings, act.who, uses, act.now)
        address = invitations.link(act.settings, token)
        expires = deadline_text(made.expires_at, act.settings)
        return Answer(
            {
                "invitation": made.id,
                "link": address,
                "token": token,
                "most_uses": made.most_uses,
                "expires_at": made.expires_at.isoformat(timespec="seconds"),
            },
            [f"Invitation {made.id} works until {expires}, {made.most_uses} times:", address],
            f"mweya membership uninvite {made.id} --as EMAIL (to end it)",
        )


@membership.command("uninvite")
@click.argument("invitation", type=int)
@as_person
@answers
def uninvite(invitation: int, email: str) -> Answer:
    """End the INVITATION with this number."""
    with acting(email) as act:
        invitations.end(act.session, invitation, act.who, act.now)
    return Answer(
        {"invitation": invitation, "ended": True},
        [f"Invitation {invitation} works no more."],
        "mweya membership invite --as EMAIL",
    )


@membership.command("cancel")
@as_person
@answers
def cancel(email: str) -> Answer:
    """Step back from the year in its first days: its rights are voided, its fee is refunded."""
    with acting(email) as act:
        done = years.cancel(act.session, act.settings, act.who, act.now)
        refund = shown(done.refund_cents, act.settings.station.currency)
    return Answer(
        {"voided": done.voided, "refund_cents": done.refund_cents},
        [f"{done.voided} rights were voided, and {refund} are to be refunded."],
        "mweya fees refunds",
    )


def _facts(application: Application) -> dict[str, object]:
    invoice: Invoice | None = application.invoice
    return {
        "application": application.id,
        "name": application.person.name,
        "email": application.person.email,
        "introduction": application.introduction,
        "state": application.state,
        "reason": application.reason,
        "reference": invoice and invoice.reference,
        "cents": invoice and invoice.cents,
        "due_at": invoice and invoice.due_at.isoformat(timespec="seconds"),
        "applied_at": application.applied_at.isoformat(timespec="seconds"),
    }


def _line(application: Application, settings: Settings) -> str:
    who = f"{application.id:>6}  {application.person.name}  <{application.person.email}>"
    invoice = application.invoice
    if invoice is None:
        return f"{who}  {application.state}"
    due = deadline_text(invoice.due_at, settings)
    fee = shown(invoice.cents, invoice.currency)
    return f"{who}  {application.state}: {fee}, reference {invoice.reference}, due {due}"
