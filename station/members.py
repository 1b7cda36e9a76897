"""Everyone who holds airtime has an account; members and buyers are people with one."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.db import STRICT, Base
from station.errors import Refusal, Violation, WrongInput

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+|[^@\s,;<>\"]+@localhost")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
COLUMNS = ("name", "email", "phone", "language", "place")
LONGEST_TEXT = 200


class AccountKind(StrEnum):
    """Where a right can be."""

    ISSUANCE = "issuance"
    MEMBER = "member"
    BUYER = "buyer"
    ESCROW = "escrow"
    POOL = "pool"
    AIRED = "aired"
    EXPIRED = "expired"
    VOIDED = "voided"
    MAKEGOOD = "makegood"

    @property
    def personal(self) -> bool:
        """Whether a person owns it; the station has one of each other kind."""
        return self in (AccountKind.MEMBER, AccountKind.BUYER)


OF_THE_STATION = sa.text("kind NOT IN ('member', 'buyer')")


class Account(Base):
    """A place for rights in the ledger."""

    __tablename__ = "accounts"
    __table_args__ = (
        sa.Index(
            "uq_accounts_station",
            "kind",
            unique=True,
            sqlite_where=OF_THE_STATION,
            postgresql_where=OF_THE_STATION,
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]


class Person(Base):
    """A member or a buyer: who they are and how to reach them.

    A phone that is not proven to be theirs gets no way in.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), unique=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    place: Mapped[str] = mapped_column(default="")
    phone_proven: Mapped[bool] = mapped_column(default=False)
    operator: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="joined")


@dataclass(frozen=True, slots=True)
class Applicant:
    """One line of a member file, checked."""

    name: str
    email: str
    phone: str = ""
    language: str = "en"
    place: str = ""
    phone_proven: bool = False


def station_account(session: Session, kind: AccountKind) -> int:
    """The id of one of the station's own accounts."""
    # Said as the index says it, which then finds it among thousands of members' accounts.
    return session.scalars(sa.select(Account.id).where(Account.kind == kind, OF_THE_STATION)).one()


def open_station_accounts(session: Session) -> None:
    """Make the station's own accounts, once."""
    session.add_all(Account(kind=kind) for kind in AccountKind if not kind.personal)
    session.flush()


def admit(
    session: Session, applicant: Applicant, now: datetime, kind: AccountKind = AccountKind.MEMBER
) -> Person:
    """Make a person with an account. Raises Refusal `email-taken`."""
    taken = Refusal("email-taken", email=applicant.email)
    if with_email(session, applicant.email):
        raise taken
    person = Person(
        account=Account(kind=kind),
        name=applicant.name,
        email=applicant.email,
        phone=applicant.phone,
        language=applicant.language,
        place=applicant.place,
        phone_proven=applicant.phone_proven,
        joined_at=now,
    )
    session.add(person)
    try:
        session.flush()
    except sa.exc.IntegrityError:
        # Somebody came with the same address at the same moment.
        raise taken from None
    return person


def clean_email(text: str) -> str:
    """An email address in lower case. Raises WrongInput `email-wrong`."""
    email = text.strip().lower()
    if len(email) > LONGEST_TEXT or not _EMAIL.fullmatch(email):
        raise WrongInput("email-wrong", text=text.strip()[:LONGEST_TEXT])
    return email


def with_email(session: Session, email: str) -> Person | None:
    """The person with this address, in any letter case."""
    return session.scalars(sa.select(Person).where(Person.email == email.strip().lower())).first()


def with_account(session: Session, account_id: int) -> Person:
    """The person who owns an account. Raises NoResultFound for one of the station's own."""
    return session.scalars(sa.select(Person).where(Person.account_id == account_id)).one()


def read_member_file(text: str) -> tuple[list[Applicant], list[Violation]]:
    """Read a member file: CSV with a header; `name` and `email` are required columns.

    Every broken line is reported with its line and column, as Violations.
    """
    table = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [cell.strip().lower() for cell in next(table, [])]
    problems = _header_problems(header)
    if problems:
        return [], problems
    applicants: list[Applicant] = []
    seen: dict[str, int] = {}
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        line = table.line_num
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        found = _row_problems(row, len(cells) - len(header), line)
        email = row.get("email", "").lower()
        if not found and email in seen:
            found = [_problem(line, "email", f"“{email}” is on line {seen[email]} already")]
        seen.setdefault(email, line)
        problems += found
        if not found:
            chosen = {key: row[key] for key in COLUMNS if row.get(key)}
            # Whoever brings the file vouches for what stands in it.
            vouched = bool(chosen.get("phone"))
            applicants.append(Applicant(**{**chosen, "email": email}, phone_proven=vouched))
    return applicants, problems


def _header_problems(header: Sequence[str]) -> list[Violation]:
    if not header:
        return [_problem(1, "name", "the file is empty; it needs a first line naming its columns")]
    missing = [name for name in ("name", "email") if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    known = ", ".join(COLUMNS)
    return (
        [_problem(1, name, "this column is required") for name in missing]
        + [_problem(1, name, f"unknown column; known are {known}") for name in unknown]
        + [_problem(1, name, "this column stands there twice") for name in twice]
    )


def _row_problems(row: dict[str, str], surplus: int, line: int) -> list[Violation]:
    found = []
    if surplus > 0:
        found.append(_problem(line, str(len(row) + 1), "there are more cells than columns"))
    if not row.get("name"):
        found.append(_problem(line, "name", "it is empty"))
    if not _EMAIL.fullmatch(row.get("email", "")):
        found.append(_problem(line, "email", f"“{row.get('email', '')}” is not an email address"))
    if row.get("language") and not _LANGUAGE.fullmatch(row["language"]):
        problem = f"“{row['language']}” is not a language code like en or zu"
        found.append(_problem(line, "language", problem))
    found += [
        _problem(line, name, f"it is longer than {LONGEST_TEXT} characters")
        for name, cell in row.items()
        if len(cell) > LONGEST_TEXT
    ]
    return found


def _problem(line: int, column: str, problem: str) -> Violation:
    return Violation("member-file", f"Line {line}, column {column}: {problem}.", (str(line),))
