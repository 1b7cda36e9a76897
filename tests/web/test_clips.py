"""A member hears what went out as listeners heard it; nobody else does."""

import pytest

from station import grid, using
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.grid import Place
from station.recordings import recording_at

WEEK = "2026-W48"
SOUND = b"OggS" + bytes(range(256)) * 40


@pytest.fixture
def right(right_of, thandi):
    return right_of(thandi, WEEK)


@pytest.fixture
def clip(right, thandi, database, settings, now):
    """The address of what went out of Thandi's silence."""
    week = Week.parse(WEEK, settings.zone)
    slot = week.first_slot(settings.slots) + 10
    early = week.span.start.replace(day=1)
    with database.writing() as session:
        one = using.dedicate(session, settings, right.id, thandi.account_id, "rain", [], early)
        version = grid.draft(session, week, [Place(one.id, 0, 10)], [], {}, early)
        grid.put_on_air(session, version, "0" * 64, early)
        ended = {"kind": OutcomeKind.AIRED, "start_error_ms": 3, "decided_at": now}
        at = {"week": WEEK, "channel": 0, "slot_number": slot}
        session.add(Outcome(**at, request_id=one.id, **ended))
    file = recording_at(settings.recordings_folder, 0, slot, "opus")
    file.parent.mkdir(parents=True)
    file.write_bytes(SOUND)
    return f"/member/rights/{right.id}/clip"


def test_what_went_out_is_heard_on_its_card_in_ranges(clip, thandi, signed_in):
    visitor = signed_in(thandi)
    visitor.open("/member/")
    assert f'src="{clip}' in visitor.page
    with visitor.open(clip) as whole:
        assert (whole.data, whole.mimetype) == (SOUND, "audio/ogg")
        assert "private" in whole.headers["Cache-Control"]
    with visitor.client.get(clip, headers={"Range": "bytes=4-9"}) as part:
        assert (part.status_code, part.data) == (206, SOUND[4:10])


def test_only_its_member_hears_it(clip, admit_member, signed_in, app):
    assert SOUND not in signed_in(admit_member("Sipho")).open(clip).data
    assert SOUND not in app.test_client().get(clip).data


def test_what_is_kept_no_more_is_not_offered(clip, thandi, signed_in, settings):
    for file in settings.recordings_folder.rglob("*.opus"):
        file.unlink()
    visitor = signed_in(thandi)
    assert visitor.open(clip).status_code == 404
    visitor.open("/member/")
    assert clip not in visitor.page
