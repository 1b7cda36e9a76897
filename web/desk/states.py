"""Every state that the desk shows has its word."""

from dataclasses import dataclass

from station.grid import GridState
from station.languages import marked
from station.membership.applications import ApplicationState
from station.membership.invoices import InvoiceState
from station.membership.years import MembershipState
from station.moderation import Verdict
from station.readiness import Readiness
from station.reports import ReportKind, ReportState
from station.weeks import WeekState


@dataclass(frozen=True, slots=True)
class WeekWords:
    """A week's state by itself, and said of a week."""

    word: str
    sentence: str


WEEKS = {
    WeekState.OPEN: WeekWords(marked("open"), marked("%(week)s is open.")),
    WeekState.LOCKED: WeekWords(marked("locked"), marked("%(week)s is locked.")),
    WeekState.BUILT: WeekWords(marked("built"), marked("%(week)s is built.")),
    WeekState.PUBLISHED: WeekWords(marked("published"), marked("%(week)s is published.")),
    WeekState.AIRING: WeekWords(marked("airing"), marked("%(week)s is airing.")),
    WeekState.RECONCILED: WeekWords(marked("reconciled"), marked("%(week)s is reconciled.")),
}
GRIDS = {
    GridState.DRAFT: marked("draft"),
    GridState.PUBLISHED: marked("published"),
    GridState.SUPERSEDED: marked("superseded"),
    GridState.WITHDRAWN: marked("withdrawn"),
}
INVOICES = {
    InvoiceState.DUE: marked("due"),
    InvoiceState.PAID: marked("paid"),
    InvoiceState.CANCELLED: marked("cancelled"),
}
APPLICATIONS = {
    ApplicationState.UNPROVEN: marked("address not yet proven"),
    ApplicationState.WAITING: marked("waiting"),
    ApplicationState.PAYABLE: marked("to be paid"),
    ApplicationState.ADMITTED: marked("admitted"),
    ApplicationState.DECLINED: marked("declined"),
    ApplicationState.LAPSED: marked("lapsed"),
    ApplicationState.WITHDRAWN: marked("withdrawn"),
}
YEARS = {
    MembershipState.ACTIVE: marked("active"),
    MembershipState.RENEWED: marked("renewed"),
    MembershipState.CANCELLED: marked("cancelled"),
    MembershipState.ENDED: marked("ended"),
}
READINESS = {
    Readiness.REJECTED: marked("Rejected"),
    Readiness.MISSING: marked("Missing"),
    Readiness.CHECKING: marked("Checking"),
    Readiness.HELD: marked("Held back"),
    Readiness.READY: marked("Ready"),
}
VERDICTS = {
    Verdict.APPROVED: marked("approved"),
    Verdict.HELD: marked("held back"),
    Verdict.REFUSED: marked("refused"),
}
# Whose pieces need approval, by the setting's words.
APPROVE = {
    "all": marked("every piece"),
    "first": marked("the first piece of each member"),
    "adult": marked("what is for adults"),
    "reported": marked("pieces of members about whom a listener's report was right"),
}
REPORTED = {
    ReportKind.HURTFUL: marked("hurts or threatens people"),
    ReportKind.ADULT: marked("for adults, at the wrong hour"),
    ReportKind.PRIVATE: marked("tells something private"),
    ReportKind.COPIED: marked("somebody else's work"),
    ReportKind.SOUND: marked("can't be heard well"),
    ReportKind.OTHER: marked("something else"),
}
REPORTS = {
    ReportState.OPEN: marked("nobody has looked at it yet"),
    ReportState.UPHELD: marked("it was right"),
    ReportState.UNFOUNDED: marked("it was not right"),
}
NAMES = {
    "week_states": WEEKS,
    "readiness_states": READINESS,
    "grid_states": GRIDS,
    "invoice_states": INVOICES,
    "application_states": APPLICATIONS,
    "year_states": YEARS,
    "verdicts": VERDICTS,
    "approval_rules": APPROVE,
    "report_kinds": REPORTED,
    "report_states": REPORTS,
}
