"""People who apply, pay, wait and leave; causes, a bank's file and a disputed sale."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from station import causes
from station.db import Database
from station.market import offers, sales
from station.members import Applicant, Person
from station.membership import applications, bank, fees, invitations, years
from station.settings import Settings
from tests.web.seed import Seeded

# Fifteen places: twelve are the seeded members' already.
MEMBERSHIP = """\
[station]
slot_seconds = 300
[membership]
cap = 15
vat_percent = 15
vat_number = "4123456789"
bank_details = '''
Mweya Community Radio
First National Bank, account 62 000 111 222
Branch 250655'''
"""
INTRODUCTION = (
    "My name is {name}, and I grew up in Soweto, where my grandmother kept a radio on the "
    "kitchen table.\nI teach mathematics and would like to tell stories about the people who "
    "repair things: shoes, roofs, engines and friendships."
)
BANK_FILE = """\
Date,Amount,Description,Balance
2026-11-19,500.00,EFT {paid} P NDLOVU,10500.00
2026-11-20,450.00,PAYMENT {due} LESS CHARGES,10950.00
2026-11-20,500.00,THANK YOU RADIO,11450.00
2026-11-21,-89.50,MONTHLY FEE,11360.50
"""


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who is to pay, somebody in line, and somebody who has just become a member."""

    payable: Person
    waiting: Person
    newcomer: Person
    reference: str


def fill_membership(
    database: Database, settings: Settings, seeded: Seeded, now: datetime
) -> Joined:
    """Let people apply to a filled station of `MEMBERSHIP`, pay, and be told apart by the bank."""
    before = now - timedelta(days=2)
    with database.writing() as session:

        def apply(name: str, token: str | None = None) -> applications.Application:
            email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
            who = Applicant(name, email, phone="+27 82 555 0101", place="Soweto")
            said = INTRODUCTION.format(name=name)
            return applications.apply(session, settings, who, said, token, before)

        _, token = invitations.invite(session, settings, seeded.members[0], 1, before)
        invitations.invite(session, settings, seeded.members[0], 1, before)
        newcomer, leaver, payable = (
            apply("Palesa Ndlovu"),
            apply("Vusi Zwane"),
            apply("Karabo Sithole", token),
        )
        waiting = [apply(name) for name in ("Dineo Maseko", "Tariro Chirwa")]
        fees.confirm(session, settings, leaver.invoice.reference, before)
        years.cancel(session, settings, leaver.person, before)
        text = BANK_FILE.format(paid=newcomer.invoice.reference, due=payable.invoice.reference)
        bank.import_file(session, settings, text, now)
        for words in ("our grandmothers", "the miners of Marikana"):
            causes.add(session, words, before)
        causes.propose(session, seeded.members[1], "everybody who waits for rain", before)
        _dispute(session, settings, seeded, now)
        return Joined(
            payable.person, waiting[0].person, newcomer.person, newcomer.invoice.reference
        )


def _dispute(session, settings: Settings, seeded: Seeded, now: datetime) -> None:
    sale = offers.listings(session)[0]
    buyer = seeded.members[2]
    sales.reserve(session, settings, sale.id, buyer, now)
    sales.paid(session, settings, sale.id, buyer, now)
    why = "I paid on Friday from my FNB account; the proof of payment is in my mail to the seller."
    sales.dispute(session, settings, sale.id, buyer, why, now)
