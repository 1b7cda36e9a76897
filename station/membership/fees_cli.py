"""The commands about fees: what is due, what the bank says, and what goes back."""

from datetime import UTC, datetime
from pathlib import Path

import click

from station import trail
from station.cli import opened
from station.command import Answer, answers
from station.errors import WrongInput
from station.membership import bank, fees
from station.membership.bank import BankLine
from station.membership.receipts import lines as receipt_lines
from station.moments import deadline_text
from station.money import shown

REFERENCE = click.argument("reference")


@click.group("fees")
def fees_group() -> None:
    """Fees: confirm payments, import the bank's file, print receipts, send refunds."""


@fees_group.command("list")
@answers
def list_due() -> Answer:
    """List every invoice that waits for its fee, the one due first at the top."""
    with opened() as (settings, database), database.reading() as session:
        due = fees.due(session)
        return Answer(
            {
                "due": [
                    {
                        "reference": invoice.reference,
                        "name": invoice.person.name,
                        "email": invoice.person.email,
                        "cents": invoice.cents,
                        "currency": invoice.currency,
                        "due_at": invoice.due_at.isoformat(timespec="seconds"),
                    }
                    for invoice in due
                ]
            },
            [
                f"{invoice.reference}  {shown(invoice.cents, invoice.currency)}  "
                f"{invoice.person.name}  <{invoice.person.email}>  "
                f"due {deadline_text(invoice.due_at, settings)}"
                for invoice in due
            ]
            or ["No fee is due."],
            "mweya fees import FILE",
        )


@fees_group.command("confirm")
@REFERENCE
@answers
def confirm(reference: str) -> Answer:
    """Say that the fee with this REFERENCE came: its payer is admitted, or their year renewed."""
    with opened() as (settings, database), database.writing() as session:
        now = datetime.now(UTC)
        invoice = fees.confirm(session, settings, reference, now)
        receipt = fees.receipt(session, settings, invoice)
        trail.write(session, None, "fees.confirm", now, subject=receipt.reference)
    return Answer(
        {
            "reference": receipt.reference,
            "name": receipt.name,
            "first_week": receipt.first_week,
            "last_week": receipt.last_week,
        },
        [f"{receipt.name} is a member from week {receipt.first_week} to {receipt.last_week}."],
        f"mweya fees receipt {receipt.reference}",
    )


@fees_group.command("receipt")
@REFERENCE
@answers
def print_receipt(reference: str) -> Answer:
    """Print the receipt of the paid invoice with this REFERENCE."""
    with opened() as (settings, database), database.reading() as session:
        receipt = fees.receipt(session, settings, fees.by_reference(session, reference))
        facts = {
            "station": receipt.station,
            "vat_number": receipt.vat_number,
            "reference": receipt.reference,
            "name": receipt.name,
            "email": receipt.email,
            "first_week": receipt.first_week,
            "last_week": receipt.last_week,
            "cents": receipt.cents,
            "net_cents": receipt.net_cents,
            "vat_cents": receipt.vat_cents,
            "vat_percent": receipt.vat_percent,
            "currency": receipt.currency,
            "paid_at": receipt.paid_at.isoformat(timespec="seconds"),
        }
        return Answer(facts, receipt_lines(receipt, settings), "mweya fees list")


@fees_group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@answers
def import_file(file: Path) -> Answer:
    """Import the bank's CSV FILE: a line that names an invoice and its sum pays it.

    One broken line, and nothing is imported. Importing a file again is harmless.
    """
    text = _text(file)
    with opened() as (settings, database), database.writing() as session:
        now = datetime.now(UTC)
        found = bank.import_file(session, settings, text, now)
        trail.write(session, None, "fees.read_bank", now, subject=f"{len(found.lines)} payments")
        facts = [_facts(line) for line in found.lines]
        lines = [_line(line) for line in found.lines]
    told = f"{len(lines)} new payments, {found.repeated} imported before, {found.debits} debits."
    return Answer(
        {"lines": facts, "repeated": found.repeated, "debits": found.debits},
        [*lines, told],
        "mweya fees unsettled",
    )


@fees_group.command("unsettled")
@answers
def list_unsettled() -> Answer:
    """List the payments that paid nothing by themselves; exits 1 when there are any."""
    with opened() as (_, database), database.reading() as session:
        found = bank.unsettled(session)
        return Answer(
            {"lines": [_facts(line) for line in found]},
            [_line(line) for line in found] or ["Every payment is settled."],
            "mweya fees settle LINE" if found else "mweya fees list",
            found_problems=bool(found),
        )


@fees_group.command("settle")
@click.argument("line", type=int)
@click.option("--reference", help="The invoice that it pays; default: dealt with in another way.")
@answers
def settle(line: int, reference: str | None) -> Answer:
    """Say that the payment with this LINE number was dealt with, or which invoice it pays."""
    with opened() as (settings, database), database.writing() as session:
        now = datetime.now(UTC)
        if reference is None:
            settled = bank.settle(session, line, now)
        else:
            settled = bank.pay(session, settings, line, reference, now)
        done = "fees.settle" if reference is None else "fees.pay"
        trail.write(
            session, None, done, now, subject=", ".join(filter(None, [str(line), reference]))
        )
        return Answer(_facts(settled), [_line(settled)], "mweya fees unsettled")


@fees_group.command("refunds")
@answers
def list_refunds() -> Answer:
    """List what the station owes its members."""
    with opened() as (_, database), database.reading() as session:
        owed = fees.refunds_due(session)
        return Answer(
            {
                "refunds": [
                    {
                        "reference": refund.reference,
                        "name": refund.person.name,
                        "email": refund.person.email,
                        "cents": refund.cents,
                        "vat_cents": refund.vat_cents,
                        "currency": refund.currency,
                    }
                    for refund in owed
                ]
            },
            [
                f"{refund.reference}  {shown(refund.cents, refund.currency)}  "
                f"{refund.person.name}  <{refund.person.email}>"
                for refund in owed
            ]
            or ["Nothing is owed."],
            "mweya fees refunded REFERENCE",
        )


@fees_group.command("refunded")
@REFERENCE
@answers
def refunded(reference: str) -> Answer:
    """Say that the refund of the invoice with this REFERENCE was sent."""
    with opened() as (settings, database), database.writing() as session:
        now = datetime.now(UTC)
        sent = fees.refund_paid(session, settings, reference, now)
        trail.write(session, None, "fees.refund", now, subject=sent.reference)
        return Answer(
            {"reference": sent.reference, "cents": sent.cents, "currency": sent.currency},
            [f"{shown(sent.cents, sent.currency)} for {sent.reference} are in the books as sent."],
            "mweya fees refunds",
        )


def _text(file: Path) -> str:
    """A file's text, in the two codes that banks write."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise WrongInput("file-missing", file=file) from None
    except OSError as problem:
        raise WrongInput("file-unreadable", file=file, problem=problem) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _facts(line: BankLine) -> dict[str, object]:
    return {
        "line": line.id,
        "day": line.day,
        "cents": line.cents,
        "description": line.description,
        "finding": line.finding,
        "reference": line.invoice and line.invoice.reference,
    }


def _line(line: BankLine) -> str:
    paid = f"{line.cents // 100}.{line.cents % 100:02}"
    return f"{line.id:>6}  {line.day}  {paid:>10}  {line.finding:<9}  {line.description}"
