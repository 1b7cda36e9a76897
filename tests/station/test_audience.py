from station import audience


def test_a_slot_keeps_how_many_listened_at_most_and_on_average(database):
    with database.writing() as session:
        for listeners in (3, 9, 0):
            audience.add(session, 1, 70, listeners)
        audience.add(session, 0, 70, 5)
    with database.reading() as session:
        found = audience.of_slots(session, {(1, 70), (1, 71)})
    assert found == {(1, 70): audience.Listeners(most=9, mean=4.0)}
