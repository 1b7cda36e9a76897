"""Weeks are chosen by a pattern: a year, every second week, all but these."""

from collections.abc import Collection, Sequence
from datetime import date

from station.airtime import Week
from station.errors import WrongInput
from station.ledger import Right
from station.settings import Settings


def choose(
    rights: Sequence[Right],
    settings: Settings,
    first: str | None = None,
    last: str | None = None,
    every: int = 1,
    but: Collection[str] = (),
) -> list[Right]:
    """Those of some rights whose week is chosen, earliest first.

    `first` and `last` are weeks like 2026-W48, both included; with `every` 2 it is each second
    week from the first one on, and `but` leaves weeks out. Raises WrongInput `week-unknown`, or
    `rights-missing` when nothing is left.
    """
    weeks = {right.id: Week.parse(right.week, settings.zone).monday for right in rights}
    if not weeks:
        raise WrongInput("rights-missing")
    begin = _monday(first, settings) if first else min(weeks.values())
    end = _monday(last, settings) if last else max(weeks.values())
    without = {_monday(label, settings) for label in but}
    chosen = [
        right
        for right in sorted(rights, key=lambda right: (right.week, right.number))
        if begin <= (monday := weeks[right.id]) <= end
        and (monday - begin).days // 7 % every == 0
        and monday not in without
    ]
    if not chosen:
        raise WrongInput("rights-missing")
    return chosen


def _monday(label: str, settings: Settings) -> date:
    return Week.parse(label, settings.zone).monday
