"""What a listener hears while presenters come and go and nothing of Python runs."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from playout import takedown
from playout.disk import AirFolder
from playout.liquidsoap import client
from playout.live_cli import live_group
from playout.mounts import STANDARD, base_url
from playout.run import Playout
from playout.supervise import channel_socket
from station import schema
from station.asrun import AsRunEvent
from station.db import connect
from station.recordings import MasterKind
from station.settings import Settings, load, write_new
from tests.playout import tones
from tests.playout.conftest import Masters, _comes_true, _quiet_zone
from tests.playout.listening import Listener, Stalls, _decoded
from tests.playout.presenting import OPUS, Presenter

SLOT_SECONDS = 3
FIRST, SECOND = (0, 7), (7, 12)  # slots, half-open: one show begins where the other ends
HEAD_START_SLOTS = 5
# Seconds from the first show's start.
EARLY, DROPPED, BACK, SECOND_EARLY, HUNG, TAKEN_OVER = -6, 3.5, 5.5, 8.5, 10, 11
HUSHED, SPOKEN, TAKEN_DOWN = 23, 27, 33.3
LOUD = 4
# From a presenter's mouth to the air: their program starts, and a harbor keeps 1.5 s of sound.
WAY_IN = 4.5
DEAD_AIR = SLOT_SECONDS / 3
# Until a harbor gives a connection up, and a program has tried again.
HANGING = 4
# The way through the encoder, Icecast and a busy machine.
DELAY = 0.4


@dataclass
class Day:
    """Two live shows that were on air: when the first began (Unix time), and what was heard."""

    settings: Settings
    start: float = 0
    listener: Listener | None = None
    stalls: Stalls | None = None
    connected: int = 0
    let_in: dict[str, bool] = field(default_factory=dict)
    events: list[AsRunEvent] = field(default_factory=list)

    def until(self, second):
        time.sleep(max(0, self.start + second - time.time()))

    def heard(self):
        """Each sound, and from which second of the first show until which."""
        began = self.listener.began_at() - self.start
        return [(run.sound, began + run.start, began + run.end) for run in self.listener.runs]

    def first_of(self, tone):
        """When a presenter's tone was first heard, and until when without a break."""
        return next((began, ended) for sound, began, ended in self.heard() if sound == name(tone))

    def filled_after(self, second):
        """How long after something happened fill was heard."""
        fill = [(began, ended) for sound, began, ended in self.heard() if sound == "fill"]
        return next(began for began, ended in fill if ended > second) - second

    def lost(self):
        """Seconds for which this machine ran nobody, and by which it was late with the sound."""
        behind_ms = max(event.detail["behind_ms"] for event in self.events)
        return sum(woken - due for due, woken in self.stalls.lost) + behind_ms / 1000


def name(tone):
    return f"{tone} first"


def hertz(tone):
    return tones.hertz_of(tone)[0]


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """A presenter comes early, drops, comes back, hangs, and returns; another one follows."""
    home = tmp_path_factory.mktemp("live") / "station"
    station = f'slot_seconds = {SLOT_SECONDS}\nzone = "{_quiet_zone()}"\nchannels = ["One"]\n'
    write_new(home, f"[station]\n{station}")
    settings = load(home, environment={})
    database = connect(settings.database_url)
    schema.upgrade(database)
    masters = Masters(settings, tmp_path_factory.mktemp("masters"))
    with database.writing() as session:
        masters.keep(session, MasterKind.FILL, tones.FILL_HZ)
        masters.keep(session, MasterKind.EMERGENCY, tones.EMERGENCY_HZ)
    found = Day(settings)
    playout = Playout(settings)
    playout.start()
    try:
        assert playout.wait_until_on_air(seconds=60)
        _speak(found, playout)
        back = Playout(settings)
        back.start()
        assert _comes_true(lambda: _read_events(found, database), seconds=30)
        back.leave()
    finally:
        playout.stop()
        database.close()
    return found


def _speak(found, playout):
    first = found.settings.slots.number(datetime.now(UTC)) + HEAD_START_SLOTS
    found.start = first * SLOT_SECONDS
    one, two = (_open(found, first + begins, first + ends) for begins, ends in (FIRST, SECOND))
    last = found.settings.air_folder / "0" / f"{first + SECOND[1] - 1}.live"
    assert _comes_true(last.exists, seconds=10)
    playout.leave()  # from now on neither the database nor any Python is there
    found.listener = Listener(url=base_url(found.settings) + STANDARD.path(0))
    found.stalls = Stalls()
    wrong = Presenter(one.replace("source:", "source:not-"), hertz(1))
    found.until(EARLY)
    loud = Presenter(one, hertz(2), gain=LOUD)
    found.let_in["wrong"] = not wrong.refused_within(5)
    found.until(DROPPED)
    found.connected = client.status(channel_socket(found.settings, 0)).presenters
    loud.drop()
    found.until(BACK)
    hung = Presenter(one, hertz(4))
    found.until(SECOND_EARLY)
    hushed = (HUSHED - SECOND_EARLY, SPOKEN - SECOND_EARLY)
    following = Presenter(two, hertz(8), codec=OPUS, quiet=hushed)
    found.until(HUNG)
    hung.hang()
    found.until(TAKEN_OVER)
    over = Presenter(one, hertz(6), tries_again=True)
    found.until(TAKEN_DOWN)
    ordered = takedown.Marker("Not what was agreed", round(time.time() * 1000))
    place = (0, int(found.start + TAKEN_DOWN) // SLOT_SECONDS)
    assert takedown.mark(AirFolder.of(found.settings), place, ordered)
    found.until(SECOND[1] * SLOT_SECONDS)
    found.let_in["after its end"] = not following.refused_within(5)
    found.let_in["again"] = not Presenter(two, hertz(1)).refused_within(5)
    for each in (hung, over, following):
        each.drop()
    found.listener.stop()
    found.stalls.stop()


def _open(found, first, last):
    """The address that the operator is shown for a show."""
    span = [found.settings.slots.start(slot).isoformat() for slot in (first, last)]
    asked = ["open", "One", *span, "--presenter", "Thandi", "--json"]
    ran = CliRunner().invoke(live_group, asked, env={"MWEYA_HOME": str(found.settings.home)})
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.output)["address"]


def _read_events(found, database):
    with database.reading() as session:
        found.events = list(session.scalars(sa.select(AsRunEvent).order_by(AsRunEvent.at)))
    last = found.start // SLOT_SECONDS + SECOND[1] - 1
    return any(event.slot_number >= last for event in found.events)


def test_a_presenter_is_heard_from_the_first_instant_of_their_block(day):
    began, _ = day.first_of(2)
    assert abs(began) < DELAY + day.lost()


def test_the_engine_tells_how_many_presenters_are_connected(day):
    assert day.connected == 1


def test_a_loud_presenter_is_no_louder_than_the_limit(day):
    samples = _decoded(bytes(day.listener.received))
    began = day.start - day.listener.began_at()
    steady = samples[round((began + 1.5) * 48_000) : round((began + 3) * 48_000)]
    assert 10 ** (-16 / 20) < np.abs(steady).max() < 10 ** (-4 / 20)


@pytest.mark.parametrize("second", [DROPPED, HUNG, TAKEN_DOWN])
def test_fill_is_heard_within_two_seconds_of_a_drop_a_hang_or_a_takedown(day, second):
    assert day.filled_after(second) < 2 + day.lost()


def test_a_presenter_who_comes_back_is_heard_again(day):
    assert day.first_of(4)[0] - BACK < WAY_IN + day.lost()


def test_another_connection_takes_over_from_one_that_hangs(day):
    assert day.first_of(6)[0] - TAKEN_OVER < HANGING + WAY_IN + day.lost()


def test_the_next_presenter_is_heard_where_the_one_before_ends(day):
    (_, ended), (began, _) = day.first_of(6), day.first_of(8)
    assert abs(began - FIRST[1] * SLOT_SECONDS) < DELAY + day.lost()
    assert abs(began - ended) < 0.1


def test_a_presenter_who_says_nothing_is_covered_by_fill_until_they_speak(day):
    assert day.filled_after(HUSHED) < WAY_IN + DEAD_AIR + day.lost()
    spoken = [began for sound, began, _ in day.heard() if sound == name(8)]
    assert spoken[1] - SPOKEN < WAY_IN + day.lost()


def test_nobody_is_heard_outside_their_block(day):
    outside = [
        sound
        for sound, began, ended in day.heard()
        if ended < -DELAY or began > SECOND[1] * SLOT_SECONDS + DELAY
    ]
    assert set(outside) <= {"fill", "quiet", "emergency"}


def test_a_password_works_for_its_block_alone(day):
    assert set(day.let_in) == {"wrong", "after its end", "again"}
    assert not any(day.let_in.values())


def test_the_as_run_tells_of_each_slot_that_was_live(day):
    first = day.start // SLOT_SECONDS
    heard = {event.slot_number - first for event in day.events if event.event == "live"}
    assert heard >= {0, 6, 7, 10}
    assert max(heard) < SECOND[1]
