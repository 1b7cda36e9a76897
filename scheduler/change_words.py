"""What is told of a change that would place a bumped request, whoever would have to make it."""

from calendar import day_name
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.changes import Change, ChangeKind
from scheduler.problem import Reserved

WOULD = "It would have a place "
SENTENCES = {
    ChangeKind.NOTHING: "There is room for it by now: repair the week.",
    ChangeKind.GROUP: WOULD + "without its group.",
    ChangeKind.CHANNEL: WOULD + "if it could be on {channel} too, at the same hours.",
    ChangeKind.DAY: WOULD + "if it could be on {day} too, at the same hours.",
    ChangeKind.ANYTIME: WOULD + "if it could be at any time, on any channel.",
    ChangeKind.GIVE_UP: WOULD + "without {other}, of the same holder.",
    ChangeKind.OTHER: WOULD + "if {other} could be at any time.",
    ChangeKind.SOLD: WOULD + "if an hour could have one more sold slot (rules.sold_per_hour).",
    ChangeKind.BLOCK: WOULD + "if the station gave the block {block} back.",
    ChangeKind.ADD_CHANNEL: WOULD + "if there were one more channel.",
}
NO_WAY = "None of the changes that are tried would give it a place."
NO_TIME = "There was no time to look for a change that would give it a place ({option})."


@dataclass(frozen=True, slots=True)
class Names:
    """How a channel, a request and a reserved block are called; by default as in the files."""

    channel: Callable[[int], str] = "channel {}".format
    request: Callable[[str], str] = "request {}".format
    block: Callable[[Reserved], str] = "at channel {0.channel}, start {0.start}".format


def sentence(change: Change | None, names: Names) -> str:
    """A change in words; that no change helps, when there is none."""
    if change is None:
        return NO_WAY
    return SENTENCES[change.kind].format(
        channel=None if change.channel is None else names.channel(change.channel),
        day=None if change.day is None else day_name[change.day % len(day_name)],
        other=None if change.other is None else names.request(change.other),
        block=None if change.block is None else names.block(change.block),
    )
