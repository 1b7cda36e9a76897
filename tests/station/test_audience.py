"""How many listened is kept with the slot, and told as it was counted."""

import pytest

from station import audience


def test_a_slot_keeps_how_many_listened_at_most_and_on_average(database):
    with database.writing() as session:
        for listeners in (3, 9, 0):
            audience.add(session, 1, 70, listeners)
        audience.add(session, 0, 70, 5)
    with database.reading() as session:
        found = audience.of_slots(session, {(1, 70), (1, 71)})
    assert found == {(1, 70): audience.Listeners(most=9, mean=4.0)}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, ""),
        (audience.Listeners(0, 0.0), "Nobody was tuned in when we counted."),
        (audience.Listeners(1, 1.0), "One player was tuned in."),
        (audience.Listeners(6, 5.8), "6 players were tuned in."),
        (audience.Listeners(9, 1.2), "One player was tuned in, at most 9 at once."),
    ],
)
def test_listeners_are_told_as_they_were_counted(found, said):
    assert audience.sentence(found) == said
