"""What has to change on disk follows from what is due and what lies there."""

from hypothesis import given, settings
from hypothesis import strategies as st

from playout.moves import Fetch, Forget, LoadAgain, Observed, Place, Remove, SlotFile, due

ON_AIR = 100


def observed(files=(), masters=(), loaded=()):
    return Observed(frozenset(files), frozenset(masters), frozenset(loaded), ON_AIR)


def test_a_new_slot_is_placed_after_its_master_was_fetched():
    coming = SlotFile(101, 0, "a", silence=False)
    assert due([coming], (), observed()) == [Fetch("a"), Place(coming)]


def test_a_master_that_is_here_is_not_fetched_again():
    coming = SlotFile(101, 0, "a", silence=False)
    assert due([coming], (), observed(masters=["a"])) == [Place(coming)]


def test_the_nearest_slot_comes_first():
    files = [SlotFile(slot, 0, "a", silence=False) for slot in (105, 101, 103)]
    moves = due(files, (), observed(masters=["a"]))
    assert moves == [Place(file) for file in sorted(files)]


def test_nothing_moves_when_everything_is_in_place():
    file = SlotFile(101, 0, "a", silence=False)
    assert due([file], (), observed([file], ["a"])) == []


def test_the_slot_on_air_is_never_replaced():
    old = SlotFile(ON_AIR, 0, "a", silence=False)
    new = SlotFile(ON_AIR, 0, "b", silence=False)
    assert due([new], (), observed([old], ["a", "b"])) == []


def test_a_slot_on_air_that_has_nothing_is_still_helped():
    file = SlotFile(ON_AIR, 0, "a", silence=False)
    assert due([file], (), observed(masters=["a"])) == [Place(file)]


def test_replacing_what_an_engine_has_loaded_tells_the_engine():
    old = SlotFile(101, 2, "a", silence=False)
    new = SlotFile(101, 2, "b", silence=False)
    moves = due([new], (), observed([old], ["a", "b"], [(2, 101)]))
    assert moves == [Place(new), LoadAgain(2, 101)]


def test_a_piece_that_becomes_a_silence_leaves_no_twin():
    old = SlotFile(101, 0, "a", silence=False)
    new = SlotFile(101, 0, "b", silence=True)
    moves = due([new], (), observed([old], ["a", "b"]))
    assert moves == [Place(new), Remove(old)]


def test_a_slot_that_left_the_plan_leaves_the_disk():
    gone = SlotFile(105, 0, "a", silence=False)
    assert due([], (), observed([gone], ["a"])) == [Remove(gone), Forget("a")]


def test_slots_that_are_over_are_kept_for_a_moment_and_then_cleared():
    just_over = SlotFile(98, 0, "a", silence=False)
    long_over = SlotFile(97, 0, "b", silence=False)
    moves = due([], (), observed([just_over, long_over], ["a", "b"]))
    assert moves == [Remove(long_over), Forget("b")]


def test_a_replaced_master_is_forgotten_once_nothing_points_to_it():
    new = SlotFile(101, 0, "b", silence=False)
    assert due([new], (), observed([new], ["a", "b"])) == [Forget("a")]


def test_the_stations_own_masters_are_always_kept_at_hand():
    assert due([], ("fill",), observed()) == [Fetch("fill")]
    assert due([], ("fill",), observed(masters=["fill"])) == []


def carried_out(moves, seen):
    """What lies on disk after the moves."""
    files, masters = set(seen.files), set(seen.masters)
    for move in moves:
        match move:
            case Fetch(sha256):
                masters.add(sha256)
            case Place(file):
                assert file.sha256 in masters
                same = (file.channel, file.slot, file.silence)
                files = {f for f in files if (f.channel, f.slot, f.silence) != same} | {file}
            case Remove(file):
                files.discard(file)
            case Forget(sha256):
                masters.remove(sha256)
    return Observed(frozenset(files), frozenset(masters), seen.loaded, seen.now_slot)


slot_files = st.builds(
    SlotFile,
    slot=st.integers(ON_AIR - 5, ON_AIR + 5),
    channel=st.integers(0, 1),
    sha256=st.sampled_from("abcd"),
    silence=st.booleans(),
)


def one_a_slot(files):
    return list({(file.channel, file.slot): file for file in files}.values())


@settings(deadline=None)  # a busy machine is no fault of ours
@given(st.lists(slot_files).map(one_a_slot), st.lists(slot_files).map(one_a_slot))
def test_after_two_rounds_the_disk_is_as_wanted_and_nothing_is_left_to_do(wanted, there):
    after = observed(there, {file.sha256 for file in there})
    for _ in range(2):
        after = carried_out(due(wanted, ("d",), after), after)
    assert due(wanted, ("d",), after) == []
    assert {f for f in after.files if f.slot > ON_AIR} == {f for f in wanted if f.slot > ON_AIR}
    assert {file.sha256 for file in after.files} | {"d"} <= after.masters
