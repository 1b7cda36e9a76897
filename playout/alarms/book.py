"""The alarms' book says what is wrong, who has still to be told, and what the database lacks.

It lies on playout's own disk, so that a watch that is started anew goes on where the last one
ended. Each verb here gives a new book and does nothing else.
"""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from station.alarms import AlarmKind

FILE = "alarms.json"
FIRST_PAUSE_MS = 5_000
LONGEST_PAUSE_MS = 300_000
# Troubles of one moment go out together; mounts of one channel are not heard in step.
TOGETHER_MS = 1_000
MOST_WAITING = 200


class Trouble(Struct, frozen=True):
    """One alarm; times are Unix milliseconds. `quality` is the mount's, or the way of `untold`.

    `again_ms` is when it was told again because nobody had `taken` it on.
    """

    kind: AlarmKind
    channel: int | None
    quality: str
    began_ms: int
    raised_ms: int
    ended_ms: int | None = None
    problem: str = ""
    again_ms: int = 0
    taken: bool = False

    def is_same(self, other: "Trouble") -> bool:
        """Whether it is the same alarm, perhaps at another time."""
        return self.began_ms == other.began_ms and self.concerns(other)

    def concerns(self, other: "Trouble") -> bool:
        """Whether it is about the same thing."""
        return (self.kind, self.channel, self.quality) == (other.kind, other.channel, other.quality)


class Queue(Struct, frozen=True):
    """What one way has still to carry, since when, and how that went so far."""

    way: str
    waiting: tuple[Trouble, ...] = ()
    since_ms: int = 0
    due_ms: int = 0
    tries: int = 0
    problem: str = ""


class Book(Struct, frozen=True):
    """Everything that must not be forgotten; `tested_ms` is 0 before the first test."""

    open: tuple[Trouble, ...] = ()
    unkept: tuple[Trouble, ...] = ()
    queues: tuple[Queue, ...] = ()
    tested_ms: int = 0

    def queue(self, way: str) -> Queue:
        """What waits for a way."""
        return next((queue for queue in self.queues if queue.way == way), Queue(way))


def noted(book: Book, troubles: Iterable[Trouble], ways: Sequence[str], now_ms: int) -> Book:
    """A book with alarms that were raised or ended; those are told by all the ways there are.

    What doesn't arrive is not sent where it would not arrive, and the end of a test is no news.
    """
    for trouble in troubles:
        rest = tuple(one for one in book.open if not one.is_same(trouble))
        still = (trouble,) if trouble.ended_ms is None else ()
        book = replace(book, open=rest + still, unkept=_renewed(book.unkept, trouble))
        if trouble.kind == AlarmKind.TEST and trouble.ended_ms is not None:
            continue
        for way in ways:
            if (trouble.kind, trouble.quality) != (AlarmKind.UNTOLD, way):
                book = _with(book, _joined(book.queue(way), trouble, now_ms))
    return book


def is_due(queue: Queue, now_ms: int) -> bool:
    """Whether something is to be sent now; a clock that was set back makes nobody wait for long."""
    waits_ms = queue.due_ms - now_ms
    return bool(queue.waiting) and not 0 < waits_ms <= LONGEST_PAUSE_MS


def sent(book: Book, way: str, told: Sequence[Trouble]) -> Book:
    """A book in which somebody was told."""
    left = tuple(trouble for trouble in book.queue(way).waiting if trouble not in told)
    since_ms = min((trouble.raised_ms for trouble in left), default=0)
    return _with(book, Queue(way, left, since_ms))


def failed(book: Book, way: str, problem: str, now_ms: int) -> Book:
    """A book in which a way did not work; it is tried again, each time later."""
    queue = book.queue(way)
    pause_ms = min(FIRST_PAUSE_MS << min(queue.tries, 10), LONGEST_PAUSE_MS)
    return _with(
        book,
        replace(queue, tries=queue.tries + 1, due_ms=now_ms + pause_ms, problem=problem),
    )


def kept(book: Book, in_table: Sequence[Trouble]) -> Book:
    """A book in which the database has some alarms as they are told here."""
    return replace(book, unkept=tuple(one for one in book.unkept if one not in in_table))


def taken(book: Book, on: Collection[tuple[str, int | None, str, int]]) -> Book:
    """A book in which people have taken some alarms on: kind, channel, quality, beginning."""
    return replace(
        book,
        open=tuple(replace(one, taken=name(one) in on) for one in book.open),
    )


def name(trouble: Trouble) -> tuple[str, int | None, str, int]:
    """What makes it one alarm: kind, channel, quality, beginning."""
    return trouble.kind, trouble.channel, trouble.quality, trouble.began_ms


def only(book: Book, ways: Sequence[str]) -> Book:
    """A book without the ways that the station has no more."""
    return replace(book, queues=tuple(queue for queue in book.queues if queue.way in ways))


def read(folder: Path) -> Book:
    """The book that was written last; an empty one where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Book)
    except (OSError, msgspec.DecodeError):
        return Book()


def write(folder: Path, book: Book) -> None:
    """Put a book in place by one rename. Raises OSError."""
    file = folder / FILE
    part = file.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(book))
    part.replace(file)


def _renewed(troubles: tuple[Trouble, ...], trouble: Trouble) -> tuple[Trouble, ...]:
    return (*(one for one in troubles if not one.is_same(trouble)), trouble)[-MOST_WAITING:]


def _joined(queue: Queue, trouble: Trouble, now_ms: int) -> Queue:
    if not queue.waiting:
        return Queue(queue.way, (trouble,), now_ms, now_ms + TOGETHER_MS)
    # What is told again is not told twice to somebody who could not be reached meanwhile.
    others = tuple(
        one
        for one in queue.waiting
        if not (one.is_same(trouble) and one.ended_ms == trouble.ended_ms)
    )
    return replace(queue, waiting=(*others, trouble)[-MOST_WAITING:])


def _with(book: Book, queue: Queue) -> Book:
    others = tuple(one for one in book.queues if one.way != queue.way)
    return replace(book, queues=(*others, queue))
