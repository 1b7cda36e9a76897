"""What a race's tests share: who wins, and what each press was answered."""

from collections import Counter

from station.ledger import held

FREE = {"market": {"most_rights_per_week": 0, "cooling_off_hours": 0}}
WEEKS = [f"2026-W{number}" for number in range(49, 54)]


def usable(session, person):
    return [right for right in held(session, person.account_id) if right.week >= WEEKS[0]]


def winners(raced, of):
    """How many presses on each thing were done."""
    counted = Counter({press[of]: 0 for press, _ in raced})
    counted.update(press[of] for press, said in raced if said == "done")
    return set(counted.values())


def codes(raced):
    return {said for _, said in raced}
