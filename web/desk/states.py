"""Every state that the desk shows has its word."""

from dataclasses import dataclass

from station.grid import GridState
from station.languages import marked
from station.membership.applications import ApplicationState
from station.membership.invoices import InvoiceState
from station.membership.years import MembershipState
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
NAMES = {
    "week_states": WEEKS,
    "grid_states": GRIDS,
    "invoice_states": INVOICES,
    "application_states": APPLICATIONS,
    "year_states": YEARS,
}
