"""A wish says when a request would like to start: in a daypart, or near a moment."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec

from station.airtime import Span, Week, parse_local
from station.errors import WrongInput
from station.settings import Settings


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wished daypart, or a wished moment in local time with so many minutes after it."""

    daypart: str | None = None
    moment: str | None = None
    minutes: float = 0

    def later(self, weeks: int, zone: ZoneInfo) -> "Wish":
        """The same wish so many weeks later: a moment keeps its weekday and its local time."""
        if self.moment is None:
            return self
        local = parse_local(self.moment, zone).astimezone(zone).replace(tzinfo=None)
        moved = (local + timedelta(weeks=weeks)).isoformat()
        return msgspec.structs.replace(self, moment=moved)

    def spans(self, week: Week, settings: Settings) -> list[Span]:
        """Where it lies in a week.

        Raises WrongInput `daypart-unknown`, `time-unknown` or `wish-elsewhere`.
        """
        if self.daypart is not None:
            if self.daypart not in settings.dayparts:
                known = ", ".join(settings.dayparts)
                raise WrongInput("daypart-unknown", daypart=self.daypart, known=known)
            return settings.daypart(self.daypart).spans(week)
        start = parse_local(self.moment or "", week.zone)
        if start not in week.span:
            raise WrongInput("wish-elsewhere", week=week)
        # At least the slot that the moment lies in.
        seconds = max(self.minutes * 60, 1)
        return [Span(start, start + timedelta(seconds=seconds))]
