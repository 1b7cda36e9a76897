"""What is told of a change that would place a bumped request, whoever would have to make it."""

from calendar import day_name
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.changes import Change, ChangeKind
from scheduler.problem import Reserved
from station.languages import gettext as _
from station.languages import marked

SENTENCES = {
    ChangeKind.NOTHING: marked("There is room for it by now: repair the week."),
    ChangeKind.GROUP: marked("It would have a place without its group."),
    ChangeKind.CHANNEL: marked(
        "It would have a place if it could be on %(channel)s too, at the same hours."
    ),
    ChangeKind.DAY: marked(
        "It would have a place if it could be on %(day)s too, at the same hours."
    ),
    ChangeKind.ANYTIME: marked("It would have a place if it could be at any time, on any channel."),
    ChangeKind.GIVE_UP: marked("It would have a place without %(other)s, of the same holder."),
    ChangeKind.OTHER: marked("It would have a place if %(other)s could be at any time."),
    ChangeKind.SOLD: marked(
        "It would have a place if an hour could have one more sold slot (rules.sold_per_hour)."
    ),
    ChangeKind.BLOCK: marked("It would have a place if the station gave the block %(block)s back."),
    ChangeKind.ADD_CHANNEL: marked("It would have a place if there were one more channel."),
}
NO_WAY = marked("None of the changes that are tried would give it a place.")
NO_TIME = "There was no time to look for a change that would give it a place ({option})."


def _day(day: int) -> str:
    return day_name[day % len(day_name)]


@dataclass(frozen=True, slots=True)
class Names:
    """How a channel, a day, a request and a block are called; by default as in the files."""

    channel: Callable[[int], str] = "channel {}".format
    day: Callable[[int], str] = _day
    request: Callable[[str], str] = "request {}".format
    block: Callable[[Reserved], str] = "at channel {0.channel}, start {0.start}".format


def sentence(change: Change | None, names: Names) -> str:
    """A change in words; that no change helps, when there is none."""
    if change is None:
        return _(NO_WAY)
    return _(
        SENTENCES[change.kind],
        channel=None if change.channel is None else names.channel(change.channel),
        day=None if change.day is None else names.day(change.day),
        other=None if change.other is None else names.request(change.other),
        block=None if change.block is None else names.block(change.block),
    )
