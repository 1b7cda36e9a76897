"""The air log says what each slot of each channel is meant to carry."""

from playout.compose import Block, Line, Piece, WeekFacts, compose


def week(**changes):
    facts = {
        "week": "2026-W48",
        "grid_id": 7,
        "week_first": 1000,
        "first": 1000,
        "last": 1004,
        "channels": 1,
        "station_name": "Mweya",
        "pieces": (),
        "blocks": (),
        "fills": (),
    }
    return WeekFacts(**{**facts, **changes})


def piece(start, channel=0, silence=False, master="a" * 64):
    return Piece(1, channel, start, silence, master, "Hello", "Janet")


def test_a_placed_piece_gets_the_line_of_its_slot():
    lines = compose(week(pieces=(piece(2),)))
    assert lines[2] == Line(0, 1002, "segment", 1, "a" * 64, False, "Hello", "Janet")


def test_a_silence_is_marked_as_intended_quiet():
    line = compose(week(pieces=(piece(0, silence=True),)))[0]
    assert (line.kind, line.silence) == ("silence", True)


def test_every_slot_of_every_channel_has_one_line_in_order():
    lines = compose(week(channels=3))
    assert [(line.slot_number, line.channel) for line in lines] == [
        (slot, channel) for slot in range(1000, 1004) for channel in range(3)
    ]


def test_an_empty_slot_carries_fill_and_neighbours_carry_different_fill():
    lines = compose(week(channels=2, fills=("f", "g")))
    assert [line.kind for line in lines] == ["fill"] * 8
    assert lines[0].master_sha256 != lines[1].master_sha256 != lines[3].master_sha256


def test_a_station_without_fill_leaves_empty_slots_to_the_engine():
    assert compose(week())[0].master_sha256 is None


def test_a_reserved_block_is_named_and_half_open():
    lines = compose(week(blocks=(Block(0, 1, 2, "Live hour"),), fills=("f",)))
    assert [line.kind for line in lines] == ["fill", "reserved", "reserved", "fill"]
    assert lines[1].title == "Live hour"


def test_a_piece_without_a_master_keeps_its_line():
    line = compose(week(pieces=(piece(1, master=None),), fills=("f",)))[1]
    assert (line.kind, line.request_id, line.master_sha256) == ("segment", 1, None)


def test_a_later_stretch_of_the_week_has_the_same_lines():
    pieces = tuple(piece(start) for start in range(4))
    whole = compose(week(pieces=pieces, fills=("f", "g", "h")))
    assert compose(week(pieces=pieces, fills=("f", "g", "h"), first=1002)) == whole[2:]
