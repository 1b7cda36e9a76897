"""Which alarms are raised and ended follows from what was heard and from the book alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from playout.alarms.book import Book, Trouble
from playout.watch.quiet import Dead, Heard, dead, is_back
from station.airtime import local_instant
from station.alarms import AlarmKind

UNTOLD_MS = 600_000  # what has not arrived for so long is an alarm itself
AGAIN_MS = 900_000  # what goes on and nobody has taken on is told again so often
# No channel's: a test makes it up, lets it be quiet, and waits for so long to have it found.
TEST_MOUNT = (-1, "test")
FOUND_SECONDS = 5.0

Heards = Mapping[tuple[int, str], Heard]  # by channel and quality


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment on both clocks: monotonic seconds for how long, Unix milliseconds for when."""

    monotonic: float
    unix_ms: int

    def ms_ago(self, seconds: float) -> int:
        """When it was, some seconds ago, in Unix milliseconds."""
        return self.unix_ms - round(seconds * 1000)


def due(book: Book, heard: Heards, now: Instant, after_seconds: float) -> list[Trouble]:
    """The alarms to raise, those that have ended, and those to be told again."""
    ended = _ended(book, heard, now)
    return [
        *_raised(book, heard, now, after_seconds),
        *ended,
        *(again for again in _again(book, now) if not any(again.is_same(one) for one in ended)),
        *_untold(book, now),
    ]


def wants_test(book: Book, now: datetime, zone: ZoneInfo, hour: int) -> bool:
    """Whether the alarms were not tested since the last Monday's hour."""
    local = now.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    latest = local_instant(monday, time(hour), zone)
    if latest > now:
        latest = local_instant(monday - timedelta(days=7), time(hour), zone)
    return not latest.timestamp() * 1000 <= book.tested_ms <= now.timestamp() * 1000


def begin_test(heard: Heards, now: Instant) -> Heards:
    """What is heard with a mount made up for a test, which sounded until now."""
    then = now.monotonic
    return {**heard, TEST_MOUNT: Heard(came_at=then, sounded_at=then, back_since=then)}


def found_by_test(heard: Heards, now: Instant, after_seconds: float) -> Trouble | None:
    """What a test found, once it did, or should have: the made quiet is dead air like any other."""
    one = heard.get(TEST_MOUNT)
    if one is None:
        return None
    lasted = now.monotonic - one.back_since
    match dead(one, now.monotonic, after_seconds):
        case Dead.QUIET:
            problem = ""
        case Dead.GONE:
            problem = "nobody heard the quiet that was made"
        case None if lasted > after_seconds + FOUND_SECONDS:
            problem = "quiet was not found to be dead air"
        case None:
            return None
    began_ms = now.ms_ago(lasted)
    return Trouble(AlarmKind.TEST, None, "", began_ms, now.unix_ms, problem=problem)


def _raised(book: Book, heard: Heards, now: Instant, after_seconds: float) -> list[Trouble]:
    troubled = {(one.channel, one.quality) for one in book.open}
    found = []
    for (channel, quality), one in heard.items():
        if (channel, quality) == TEST_MOUNT:
            continue
        how = dead(one, now.monotonic, after_seconds)
        if how is not None and (channel, quality) not in troubled:
            began_ms = now.ms_ago(now.monotonic - one.sounded_at)
            kind = AlarmKind(how)
            found.append(Trouble(kind, channel, quality, began_ms, now.unix_ms))
    return found


def _ended(book: Book, heard: Heards, now: Instant) -> list[Trouble]:
    """What is over: sound is back, the mount is no more, or everybody was told."""
    found = []
    for trouble in book.open:
        if trouble.kind in (AlarmKind.QUIET, AlarmKind.GONE):
            one = heard.get((trouble.channel or 0, trouble.quality))
            if one is None:
                found.append(replace(trouble, ended_ms=now.unix_ms))
            elif is_back(one, now.monotonic):
                ended_ms = now.ms_ago(now.monotonic - one.back_since)
                found.append(replace(trouble, ended_ms=ended_ms))
        elif not _is_waited_for(book, trouble):
            found.append(replace(trouble, ended_ms=now.unix_ms))
    return found


def _is_waited_for(book: Book, trouble: Trouble) -> bool:
    """Whether a test still has somebody to reach, or a way has still something to carry."""
    if trouble.kind == AlarmKind.TEST:
        return any(trouble in queue.waiting for queue in book.queues)
    return bool(book.queue(trouble.quality).waiting)


def _again(book: Book, now: Instant) -> list[Trouble]:
    """What goes on and nobody has taken on; a test is nobody's."""
    return [
        replace(one, again_ms=now.unix_ms)
        for one in book.open
        if not one.taken
        and one.kind != AlarmKind.TEST
        and _is_past(one.again_ms or one.raised_ms, AGAIN_MS, now)
    ]


def _untold(book: Book, now: Instant) -> list[Trouble]:
    told_of = {one.quality for one in book.open if one.kind == AlarmKind.UNTOLD}
    return [
        Trouble(
            AlarmKind.UNTOLD,
            None,
            queue.way,
            queue.since_ms,
            now.unix_ms,
            problem=queue.problem,
        )
        for queue in book.queues
        if queue.waiting
        and queue.tries
        and queue.way not in told_of
        and _is_past(queue.since_ms, UNTOLD_MS, now)
    ]


def _is_past(since_ms: int, lasting_ms: int, now: Instant) -> bool:
    """Whether a time is over that began then; so it is when the clock was set back to before it."""
    return not 0 <= now.unix_ms - since_ms <= lasting_ms
