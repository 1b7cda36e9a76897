"""Live on the desk: hours are kept once or weekly, and a password is seen once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from playout import heard
from playout.heard import LIVE, Heard
from station import live
from station.airtime import Week
from station.grid import Placement, reserved_blocks
from station.live import LiveShow
from station.trail import Deed

HOUR = {
    "title": "Mentor's hour",
    "channel": "2",
    "day": "2026-12-02",
    "from": "18:00",
    "to": "19:00",
}
KEEP = "/desk/live/blocks"


@pytest.fixture
def desk(seeded, signed_in):
    visitor = signed_in(seeded.operator)
    visitor.open("/desk/live/")
    return visitor


def shows(database):
    with database.reading() as session:
        return list(session.scalars(sa.select(LiveShow).order_by(LiveShow.id)))


def blocks(database, settings, label):
    with database.reading() as session:
        found = reserved_blocks(session, Week.parse(label, settings.zone))
        return [(one.channel, one.start, one.length, one.label) for one in found]


def test_a_presenters_password_is_seen_once_and_written_down_nowhere(desk, database):
    desk.send(KEEP, **HOUR, presenter="Thandi")
    (show,) = shows(database)
    assert show.password in desk.page
    assert f"/live-{show.harbor}" in desk.page
    assert "icecast://source:" in desk.page
    desk.open(f"/desk/live/shows/{show.id}")
    assert show.password not in desk.page
    with database.reading() as session:
        (deed,) = session.scalars(sa.select(Deed))
        said = session.execute(sa.text("SELECT answer FROM form_posts")).scalars().all()
    assert (deed.act, deed.subject) == (
        "live.reserve",
        "Two, 2026-12-02T18:00+02:00, Mentor's hour",
    )
    assert not any(show.password in text for text in (deed.said, *map(str, said)))


def test_an_hour_is_kept_every_week_at_the_same_local_time(desk, database, settings):
    desk.send(KEEP, **HOUR, weeks="3")
    assert "Three times are kept." in desk.page
    place = (1, (2 * 24 + 18) * 12, 12, "Mentor's hour")
    assert [blocks(database, settings, f"2026-W{week}") for week in (49, 50, 51)] == [[place]] * 3
    desk.send(KEEP, **{**HOUR, "day": "2026-12-09"}, weeks="2", presenter="Thandi")
    assert len(shows(database)) == 2
    desk.open("/desk/live/")
    assert desk.page.count("Let somebody speak live") == 2 + 1 - 1


def test_whom_it_is_kept_from_is_said_before(desk, database, settings, now):
    week = Week.of(now, settings.zone)
    with database.reading() as session:
        first = session.scalars(
            sa.select(Placement).where(Placement.channel == 0).order_by(Placement.start.desc())
        ).first()
        title = first.request.title
    starts = week.instant(first.start, settings.slots).astimezone(settings.zone)
    ends = starts + timedelta(minutes=10)
    asked = {
        **HOUR,
        "channel": "1",
        "day": f"{starts:%Y-%m-%d}",
        "from": f"{starts:%H:%M}",
        "to": f"{ends:%H:%M}",
    }
    answer = desk.send(KEEP, **asked)
    assert answer.status_code == 409
    assert "One member's piece is published there." in desk.page
    assert title in desk.page
    assert blocks(database, settings, str(week)) == []
    desk.send(KEEP, **asked, anyway="yes")
    assert len(blocks(database, settings, str(week))) == 1
    assert "still published there" in desk.page


def test_a_stretch_past_midnight_is_asked_about_and_names_both_days(desk, database, settings):
    slip = {**HOUR, "from": "08:00", "to": "07:00"}
    assert desk.send(KEEP, **slip).status_code == 409
    assert "It would last past midnight, until Thursday 3 December, 07:00." in desk.page
    assert blocks(database, settings, "2026-W49") == []
    desk.send(KEEP, **slip, anyway="yes")
    assert "Wednesday 2 December, 08:00\N{EN DASH}Thursday 3 December, 07:00, Two" in desk.page
    desk.send(KEEP, **{**HOUR, "day": "2026-12-04", "from": "23:00", "to": "00:00"})
    assert "Friday 4 December, 23:00\N{EN DASH}00:00, Two" in desk.page


def test_a_new_password_ends_the_one_before_and_closing_ends_both(desk, database, settings):
    desk.send(KEEP, **HOUR, presenter="Thandi")
    (before,) = shows(database)
    desk.send(f"/desk/live/shows/{before.id}/password")
    gone, after = shows(database)
    assert gone.withdrawn_at is not None
    assert after.password != before.password
    assert after.password in desk.page
    assert desk.open(f"/desk/live/shows/{before.id}").status_code == 404
    desk.open("/desk/live/")
    desk.send(f"/desk/live/shows/{after.id}/close")
    assert "Thandi can connect no longer." in desk.page
    (block,) = [one for one in desk.forms if one.endswith("/return")][-1:]
    desk.send(block)
    assert "“Mentor's hour” is kept no longer." in desk.page
    assert blocks(database, settings, "2026-W49") == []


def test_what_is_about_to_begin_is_ended_by_a_fresh_proof_only(desk, database, clock, now):
    today = {"day": "2026-11-21", "from": "13:30", "to": "14:00", "channel": "3"}
    desk.send(KEEP, **{**HOUR, **today}, presenter="Thandi")
    desk.open("/desk/live/")
    desk.send(KEEP, **{**HOUR, **today, "from": "14:00", "to": "14:30"})
    clock.now = now + timedelta(minutes=60)
    for ending in ("/close", "/return"):
        desk.open("/desk/live/")
        (form,) = [one for one in desk.forms if one.endswith(ending)][:1]
        assert desk.send(form).status_code == 403
    assert shows(database)[0].withdrawn_at is None


def test_the_desk_sees_who_is_connected_now(desk, database, settings, now, clock):
    today = {"day": "2026-11-21", "from": "13:30", "to": "14:00", "channel": "3"}
    desk.send(KEEP, **{**HOUR, **today}, presenter="Thandi")
    (show,) = shows(database)
    clock.now = now + timedelta(minutes=90)
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    slot = settings.slots.number(clock.now)
    states = {
        Heard(2, slot, "fill"): "nobody is connected: the station fills",
        Heard(2, slot, "fill", presenters=1): "connected, not heard yet",
        Heard(2, slot, LIVE, "Mentor's hour", "Thandi", 1): "Thandi is live on Three.",
    }
    for said, words in states.items():
        heard.write(settings, (said,), clock.now)
        desk.open("/desk/live/")
        assert words in desk.page
    with database.reading() as session:
        assert live.shows_of(session, [show.block_id])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "soon"}, "“soonT18:00” is not a time."),
        ({"from": "18:01"}, "begins and ends with a slot of 300 s"),
        ({"day": "2026-11-20"}, "is over, or before the beginning"),
        ({"weeks": "60"}, "60 is no number of weeks from 1 to 52."),
        ({"weeks": "many"}, "“many” is not a number for the weeks"),
        ({"title": " "}, "Please fill in the title."),
        ({"channel": "9"}, "There is no channel “9”"),
    ],
)
def test_what_can_not_be_kept_is_said_in_words(desk, changes, sentence):
    assert desk.send(KEEP, **{**HOUR, **changes}).status_code == 422
    assert sentence in desk.page
