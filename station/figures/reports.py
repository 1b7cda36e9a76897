"""Every report by its name, in the order in which they are offered."""

from station.errors import WrongInput
from station.figures import air_reports, airtime_reports
from station.figures.report import Report

REPORTS: dict[str, Report] = {
    one.name: one for one in (*airtime_reports.REPORTS, *air_reports.REPORTS)
}


def named(name: str) -> Report:
    """A report by its name. Raises WrongInput `report-unknown`."""
    if name not in REPORTS:
        raise WrongInput("report-unknown", name=name, names=", ".join(REPORTS))
    return REPORTS[name]
