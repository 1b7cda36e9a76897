"""What engines write down is read once, in order, and a broken line hides nothing."""

from playout.events import (
    MUCH_BYTES,
    EngineEvent,
    EventKind,
    append,
    events_read,
    forget_read,
    keep_read,
    read_from,
)
from playout.watch import finding
from playout.watch.finding import Finding


def test_events_are_read_from_where_one_stopped(tmp_path):
    file = tmp_path / "events.jsonl"
    append(file, EngineEvent(EventKind.UP, 1, -1, 0))
    first, position = read_from(file, 0)
    append(file, EngineEvent(EventKind.SLOT, 2, 7, 0))
    second, _ = read_from(file, position)
    assert [event.event for event in (*first, *second)] == ["up", "slot"]


def test_events_that_were_written_out_of_order_are_put_in_order(tmp_path):
    file = tmp_path / "events.jsonl"
    for at_ms in (3, 1, 2):
        append(file, EngineEvent(EventKind.FILL, at_ms, 7, 0))
    assert [event.at_ms for event in read_from(file, 0)[0]] == [1, 2, 3]


def test_half_a_line_waits_for_its_other_half(tmp_path):
    file = tmp_path / "events.jsonl"
    append(file, EngineEvent(EventKind.UP, 1, -1, 0))
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:20])
    events, position = read_from(file, 0)
    assert (len(events), position) == (1, len(whole))


def test_a_line_that_is_not_an_event_is_passed_over(tmp_path):
    file = tmp_path / "events.jsonl"
    file.write_bytes(b'{"event":"party"}\n\xff\xfe\n\n[]\n')
    append(file, EngineEvent(EventKind.UP, 1, -1, 0))
    assert [event.event for event in read_from(file, 0)[0]] == ["up"]


def test_half_a_line_of_a_full_disk_swallows_no_later_one(tmp_path):
    file = tmp_path / "events.jsonl"
    slot, down = EngineEvent(EventKind.SLOT, 1, 7, 0), EngineEvent(EventKind.DOWN, 3, -1, 0)
    append(file, slot)
    line = file.read_bytes()
    # Wherever it was cut: in its middle, or before its last byte.
    for half in range(len(line)):
        file.write_bytes(line + line[:half])
        append(file, down)
        events, position = read_from(file, 0)
        assert (events[0], events[-1]) == (slot, down)
        assert position == file.stat().st_size


def test_an_engine_that_never_ran_has_no_events(tmp_path):
    assert read_from(tmp_path / "none.jsonl", 0) == ([], 0)


def test_a_cursor_that_cant_be_right_reads_everything_again(tmp_path):
    file = tmp_path / "channel-0.jsonl"
    file.write_bytes(b"x" * 100)
    assert events_read(file) == 0
    for text, position in (("60", 60), ("", 0), ("half", 0), ("101", 0)):
        file.with_suffix(".read").write_text(text)
        assert events_read(file) == position
    keep_read(file, 70)
    assert events_read(file) == 70


def test_what_was_read_goes_once_it_is_much_and_nothing_else(tmp_path):
    file = tmp_path / "channel-0.jsonl"
    append(file, EngineEvent(EventKind.UP, 1, -1, 0))
    line = file.read_bytes()
    keep_read(file, len(line))
    forget_read(file)
    assert file.read_bytes() == line
    file.write_bytes(line * (MUCH_BYTES // len(line) + 1))
    keep_read(file, file.stat().st_size)
    late = EngineEvent(EventKind.DOWN, 2, -1, 0)
    append(file, late)
    forget_read(file)
    assert events_read(file) == 0
    assert read_from(file, events_read(file)) == ([late], file.stat().st_size)


def test_what_the_watch_heard_is_not_kept_for_ever_on_playout_s_disk(tmp_path):
    file = tmp_path / "watch.jsonl"
    heard = Finding(0, "standard", 7, 0.9, 12, 300_000, ((0, 300_000),))
    for _ in range(5):
        finding.append(file, [heard] * 4000)
        found, after = finding.read_from(file, events_read(file))
        assert len(found) == 4000
        keep_read(file, after)
    assert file.stat().st_size < 2 * MUCH_BYTES
