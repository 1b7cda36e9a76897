"""A member sees where they were on air, how it went, and how many listened."""

import pytest

from station import audience, shares
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.recordings import recording_at
from station.rights import requests_of


@pytest.fixture
def over(database, settings, seeded, now):
    """Thandi's piece of this week is over; returns its request."""
    week = Week.of(now, settings.zone)
    slot = settings.slots.number(now) - 1
    with database.writing() as session:
        request = requests_of(session, week)[0]
        ended = {"kind": OutcomeKind.LATE, "reason": "it began 12 s late", "decided_at": now}
        place = {"week": str(week), "channel": 1, "slot_number": slot, "start_error_ms": 12_000}
        session.add(Outcome(**place, request_id=request.id, **ended))
        for listeners in (4, 6):
            audience.add(session, 1, slot, listeners)
    file = recording_at(settings.recordings_folder, 1, slot, "opus")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"OggS")
    return request


def test_a_member_sees_when_how_and_before_how_many(over, seeded, signed_in, settings):
    thandi = signed_in(seeded.members[0])
    thandi.open("/member/aired/")
    assert "You were on air once." in thandi.page
    assert "Today, 11:55:12, channel Two. It went out, but late." in thandi.page
    assert "5 players were tuned in, at most 6 at once." in thandi.page
    assert f"/member/rights/{over.right_id}/clip" in thandi.page
    assert shares.address(settings, over.id) in thandi.page
    assert "https://wa.me/?text=The%20river" in thandi.page


def test_nobody_sees_where_another_aired(over, seeded, signed_in):
    pieter = signed_in(seeded.members[7])
    pieter.open("/member/aired/")
    assert "You were not on air yet." in pieter.page
    assert "river" not in pieter.page
