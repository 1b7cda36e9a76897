"""Fees: what is due, what the bank says, and what goes back."""

from hashlib import sha256

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from station import money
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.membership import bank, fees
from station.membership.invoices import Invoice
from web import refusals
from web.desk.money import SHOWN, invoices, newest_file, said, unsettled
from web.desk.record import act_on_record
from web.session import now, station
from web.upload import MEGABYTE

LARGEST_MEGABYTES = 2

area = Blueprint("fees", __name__, url_prefix="/fees")


@area.get("/")
def page() -> ResponseReturnValue:
    """Invoices, the bank's file, refunds."""
    return _draw()


@area.post("/<reference>/payment")
def confirm(reference: str) -> ResponseReturnValue:
    """Say that a fee has come."""

    def act(session: Session) -> str:
        return _paid(fees.confirm(session, station().settings, reference, now()))

    return act_on_record(act, url_for("desk.fees.page"))


@area.post("/bank")
def read_bank() -> ResponseReturnValue:
    """Read the bank's file: each line that names an invoice and its sum pays it."""
    text = _text_of(request.files.get("file"))

    def act(session: Session) -> str:
        return said(bank.import_file(session, station().settings, text, now()))

    read = sha256(text.encode()).hexdigest()
    return act_on_record(act, url_for("desk.fees.page", read="now", _anchor="file"), read)


@area.post("/bank/<int:line_id>/settling")
def settle(line_id: int) -> ResponseReturnValue:
    """Say that a line of the bank's was dealt with by hand."""

    def act(session: Session) -> str:
        bank.settle(session, line_id, now())
        return _("Settled.")

    return act_on_record(act, url_for("desk.fees.page", _anchor="unsettled"))


@area.post("/bank/<int:line_id>/payment")
def pay(line_id: int) -> ResponseReturnValue:
    """Say which invoice a line of the bank's has paid."""

    def act(session: Session) -> str:
        reference = request.form.get("reference", "")
        bank.pay(session, station().settings, line_id, reference, now())
        return _paid(fees.by_reference(session, reference))

    return act_on_record(act, url_for("desk.fees.page", _anchor="unsettled"))


@area.post("/<reference>/refund")
def refund(reference: str) -> ResponseReturnValue:
    """Say that a refund was sent."""

    def act(session: Session) -> str:
        sent = fees.refund_paid(session, station().settings, reference, now())
        return _(
            "%(sum)s for %(reference)s are in the books as sent.",
            sum=money.price(sent.cents, sent.currency),
            reference=reference,
        )

    return act_on_record(act, url_for("desk.fees.page", _anchor="refunds"))


def _paid(invoice: Invoice) -> str:
    return _(
        "%(reference)s is paid: %(name)s is a member for it, and was told.",
        reference=invoice.reference,
        name=invoice.person.name,
    )


def _text_of(file: FileStorage | None) -> str:
    """The text of an uploaded file, in the two codes that banks write."""
    if file is None or not file.filename:
        raise WrongInput("bank-file-missing")
    file.stream.seek(0)
    content = file.stream.read(LARGEST_MEGABYTES * MEGABYTE + 1)
    if len(content) > LARGEST_MEGABYTES * MEGABYTE:
        raise WrongInput("bank-file-large", limit=LARGEST_MEGABYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _draw(problem: str = "") -> str:
    asked = request.args.get("q", "").strip()
    with station().database.reading() as session:
        return render_template(
            "desk/fees.html",
            problem=problem,
            words=asked,
            found=invoices(session, asked),
            newest=newest_file(session),
            unsettled=unsettled(session),
            refunds=fees.refunds_due(session),
            shown=SHOWN,
            limit=LARGEST_MEGABYTES,
            refused=(request.view_args or {}).get("line_id"),
            typed=request.form,
        )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
