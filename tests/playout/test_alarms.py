"""An alarm is raised once, told until it arrives, survives a restart, and ends by itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from playout.alarms.book import (
    LONGEST_PAUSE_MS,
    Book,
    Trouble,
    failed,
    is_due,
    noted,
    read,
    sent,
    taken,
    write,
)
from playout.alarms.deciding import (
    AGAIN_MS,
    FOUND_SECONDS,
    TEST_MOUNT,
    UNTOLD_MS,
    Instant,
    begin_test,
    due,
    found_by_test,
    wants_test,
)
from playout.alarms.telling import instant
from playout.watch.quiet import Level, begin, forgive, hear
from station.alarms import AlarmKind

MAIL, HOOK = "ops@example.org", "webhook"
WAYS = (MAIL, HOOK)
AFTER = 15
ONE = (0, "standard")
SOUND, QUIET = [Level(0, -20.0)] * 5, [Level(0, -90.0)] * 5


class Night:
    """A station's alarms through a night, on a clock that a test moves."""

    def __init__(self, *mounts):
        self.now = Instant(1000.0, 1_800_000_000_000)
        self.heard = {mount: begin(self.now.monotonic) for mount in mounts or (ONE,)}
        self.book = Book()
        self.raised: list[Trouble] = []

    def goes_on(self, seconds, *levels):
        """Each mount has these levels for some seconds."""
        for _ in range(round(seconds * 2)):
            self.now = Instant(self.now.monotonic + 0.5, self.now.unix_ms + 500)
            for mount in self.heard:
                self.heard[mount] = hear(
                    self.heard[mount], levels, lambda _: False, self.now.monotonic
                )
            found = due(self.book, self.heard, self.now, AFTER)
            self.raised += found
            self.book = noted(self.book, found, WAYS, self.now.unix_ms)

    def kinds(self):
        return [(trouble.kind, trouble.ended_ms is not None) for trouble in self.raised]


def test_dead_air_is_raised_once_and_ended_once():
    night = Night()
    night.goes_on(60, *SOUND)
    night.goes_on(300, *QUIET)
    night.goes_on(60, *SOUND)
    assert night.kinds() == [(AlarmKind.QUIET, False), (AlarmKind.QUIET, True)]
    begun, ended = night.raised
    assert begun.raised_ms - begun.began_ms == AFTER * 1000
    assert ended.ended_ms - begun.began_ms == 300_500
    assert night.book.open == ()


def test_mounts_that_die_together_are_told_of_together():
    night = Night(*[(channel, quality) for channel in range(3) for quality in ("low", "standard")])
    night.goes_on(60, *SOUND)
    # One of them was heard half a second longer than the others.
    last = night.heard[0, "low"]
    night.heard[0, "low"] = forgive(last, 0.5, night.now.monotonic + 9)
    while not is_due(night.book.queue(MAIL), night.now.unix_ms):
        night.goes_on(0.5)
    assert len({trouble.raised_ms for trouble in night.raised}) == 2
    assert len(night.book.queue(MAIL).waiting) == 6


def test_a_restart_tells_nobody_twice_and_ends_what_has_ended(tmp_path):
    night = Night()
    night.goes_on(60, *SOUND)
    night.goes_on(30, *QUIET)
    write(tmp_path, night.book)
    again = Night()
    again.now, again.book = night.now, read(tmp_path)
    again.heard = {ONE: begin(again.now.monotonic)}
    again.goes_on(30, *QUIET)
    assert again.raised == []
    again.goes_on(10, *SOUND)
    assert again.kinds() == [(AlarmKind.QUIET, True)]


def test_a_book_that_was_torn_is_an_empty_one(tmp_path):
    (tmp_path / "alarms.json").write_text('{"open": [{"ki')
    assert read(tmp_path) == Book()


def test_a_mount_that_the_station_gave_up_has_no_alarm():
    night = Night()
    night.goes_on(60)
    night.heard = {}
    night.goes_on(1)
    assert night.kinds() == [(AlarmKind.GONE, False), (AlarmKind.GONE, True)]


def test_what_does_not_arrive_is_tried_again_each_time_later():
    night = Night()
    night.goes_on(60)
    book, now_ms, pauses = night.book, night.now.unix_ms, []
    while now_ms < night.now.unix_ms + 3_600_000:
        assert is_due(book.queue(MAIL), now_ms)
        book = failed(book, MAIL, "no route to host", now_ms)
        assert not is_due(book.queue(MAIL), now_ms)
        pauses.append(book.queue(MAIL).due_ms - now_ms)
        now_ms = book.queue(MAIL).due_ms
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (5_000, LONGEST_PAUSE_MS)
    # A clock that is set back by a day keeps nobody waiting.
    assert is_due(book.queue(MAIL), now_ms - 86_400_000)
    assert not sent(book, MAIL, book.queue(MAIL).waiting).queue(MAIL).waiting


def test_an_alarm_that_does_not_arrive_is_one_itself_and_goes_the_other_way():
    night = Night()
    night.goes_on(60)
    assert night.kinds() == [(AlarmKind.GONE, False)]
    night.book = sent(night.book, HOOK, night.book.queue(HOOK).waiting)
    night.book = failed(night.book, MAIL, "the password is wrong", night.now.unix_ms)
    night.goes_on(UNTOLD_MS / 1000 + 5)
    assert night.kinds()[1:] == [(AlarmKind.UNTOLD, False)]
    untold = night.raised[-1]
    assert (untold.quality, untold.problem) == (MAIL, "the password is wrong")
    assert untold in night.book.queue(HOOK).waiting
    assert untold not in night.book.queue(MAIL).waiting
    night.book = sent(night.book, MAIL, night.book.queue(MAIL).waiting)
    night.goes_on(1)
    assert night.kinds()[2:] == [(AlarmKind.UNTOLD, True)]


def test_what_goes_on_is_told_again_until_somebody_takes_it_on():
    night = Night()
    night.goes_on(60)
    (begun,) = night.raised
    night.book = sent(night.book, HOOK, night.book.queue(HOOK).waiting)
    night.book = sent(night.book, MAIL, night.book.queue(MAIL).waiting)
    night.goes_on(AGAIN_MS / 1000)
    assert [one.is_same(begun) for one in night.raised] == [True, True]
    assert len(night.book.queue(MAIL).waiting) == 1
    name = (begun.kind, begun.channel, begun.quality, begun.began_ms)
    night.book = taken(night.book, [name])
    for way in WAYS:
        night.book = sent(night.book, way, night.book.queue(way).waiting)
    night.goes_on(2 * AGAIN_MS / 1000)
    assert len(night.raised) == 2
    night.goes_on(20, *SOUND)
    assert [one.ended_ms is not None for one in night.raised] == [False, False, True]


def a_test(night):
    return Trouble(AlarmKind.TEST, None, "", night.now.unix_ms - AFTER * 1000, night.now.unix_ms)


@pytest.mark.parametrize("problem", ["", "nobody heard the quiet that was made"])
def test_a_test_ends_when_everybody_was_told_and_nobody_hears_of_its_end(problem):
    night = Night()
    trouble = replace(a_test(night), problem=problem)
    night.book = noted(night.book, [trouble], WAYS, night.now.unix_ms)
    night.goes_on(2, *SOUND)
    assert night.book.open == (trouble,)
    for way in WAYS:
        assert night.book.queue(way).waiting == (trouble,)
        night.book = sent(night.book, way, (trouble,))
    night.goes_on(1, *SOUND)
    assert night.kinds() == [(AlarmKind.TEST, True)]
    assert [night.book.queue(way).waiting for way in WAYS] == [(), ()]


@pytest.mark.parametrize("after_seconds", [1, 1.1, 10.1, 12.3, 15, 16])
@pytest.mark.parametrize(
    ("levels", "problem"),
    [
        (QUIET, ""),
        ([], "nobody heard the quiet that was made"),
        (SOUND, "quiet was not found to be dead air"),
    ],
)
def test_a_test_succeeds_only_when_quiet_is_heard_and_found(after_seconds, levels, problem):
    now = Instant(1000.3, 1_800_000_000_000)
    heard, found = begin_test({}, now), None
    while found is None:
        now = Instant(now.monotonic + 0.25, now.unix_ms + 250)
        one = hear(heard[TEST_MOUNT], levels, lambda _: False, now.monotonic)
        assert due(Book(), {TEST_MOUNT: one}, now, after_seconds) == []
        heard = {TEST_MOUNT: one}
        found = found_by_test(heard, now, after_seconds)
    assert (found.kind, found.problem) == (AlarmKind.TEST, problem)
    lasted = (found.raised_ms - found.began_ms) / 1000
    assert after_seconds <= lasted <= after_seconds + FOUND_SECONDS + 0.5


def test_a_test_that_reaches_nobody_is_told_of():
    night = Night()
    trouble = a_test(night)
    night.book = noted(night.book, [trouble], [MAIL], night.now.unix_ms)
    night.book = failed(night.book, MAIL, "no route to host", night.now.unix_ms)
    night.goes_on(UNTOLD_MS / 1000 + 5, *SOUND)
    assert night.kinds() == [(AlarmKind.UNTOLD, False)]
    assert trouble in night.book.open


def test_a_clock_that_was_set_back_silences_nothing():
    night = Night()
    night.goes_on(60)
    for way in WAYS:
        night.book = sent(night.book, way, night.book.queue(way).waiting)
    night.book = replace(night.book, tested_ms=night.now.unix_ms)
    night.now = Instant(night.now.monotonic, night.now.unix_ms - 86_400_000)
    assert wants_test(night.book, instant(night.now.unix_ms), ZoneInfo("UTC"), hour=2)
    night.goes_on(60)
    # Told again once, and from then on by the new time.
    assert [one.again_ms > 0 for one in night.raised] == [False, True]
    assert night.book.queue(MAIL).waiting


def test_a_clock_that_was_set_forward_blames_no_way_that_was_not_tried():
    night = Night()
    night.goes_on(60)
    night.now = Instant(night.now.monotonic, night.now.unix_ms + 86_400_000)
    night.goes_on(5)
    assert AlarmKind.UNTOLD not in {one.kind for one in night.raised}


@pytest.mark.parametrize("zone", ["Africa/Johannesburg", "America/New_York", "Europe/London"])
def test_every_week_of_a_year_has_its_test_on_monday_and_one_alone(zone):
    local = ZoneInfo(zone)
    book, at = Book(), datetime(2026, 1, 7, 3, 20, tzinfo=UTC)
    tests = []
    while at < datetime(2027, 1, 7, tzinfo=UTC):
        if wants_test(book, at, local, hour=2):
            book = replace(book, tested_ms=round(at.timestamp() * 1000))
            tests.append(at.astimezone(local))
        at += timedelta(minutes=20)
    # The first at once, and from then on each Monday, though the clocks change twice.
    assert (len(tests), len({test.isocalendar()[:2] for test in tests})) == (53, 53)
    assert {(test.isoweekday(), test.hour) for test in tests[1:]} == {(1, 2)}
