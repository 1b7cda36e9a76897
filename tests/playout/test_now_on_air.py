"""A player that shows titles says who is speaking on a real channel, whatever the titles are."""

import pytest

from tests.playout.conftest import (
    HOSTILE_TITLE,
    KILLED,
    LOST,
    PLANNED_SLOTS,
    SHORT,
    STEADY,
    TAKEN,
    TROUBLED,
    UNMASTERED,
)

# Control goes away in the one slot and is back before the other.
AWAY_FROM, BACK_IN = 8, 12
SOON = 2.0
SHOWN_TITLE = '#{exit(1)}"\N{RIGHT SINGLE QUOTATION MARK}; $(touch pwned)'


def piece(channel, offset):
    return f"M{channel}-{offset} - {SHOWN_TITLE}"


def is_soon(broadcast, began, shown_at):
    """Whether a title came within two seconds, but for what the machine kept everybody waiting."""
    stalls = broadcast.stalls.lost
    lost = sum(woken - due for due, woken in stalls if woken > began and due < shown_at)
    return began - 0.1 < shown_at < began + SOON + lost


@pytest.mark.parametrize("offset", [*range(AWAY_FROM), *range(BACK_IN, PLANNED_SLOTS)])
def test_who_speaks_is_shown_within_two_seconds(broadcast, offset):
    shown_at = broadcast.titles[STEADY].shown_at(piece(STEADY, offset))
    assert is_soon(broadcast, broadcast.starts_at(offset), shown_at)


@pytest.mark.parametrize("offset", [UNMASTERED, SHORT, LOST])
def test_who_is_not_heard_is_not_shown(broadcast, offset):
    titles = [title for title, _ in broadcast.titles[TROUBLED].titles]
    assert piece(TROUBLED, offset - 1) in titles
    assert piece(TROUBLED, offset) not in titles


def test_who_is_taken_down_is_shown_no_more_within_two_seconds(broadcast):
    titles = broadcast.titles[TROUBLED].titles
    taken = titles[[title for title, _ in titles].index(piece(TROUBLED, TAKEN)) + 1]
    assert taken[0] == "Mweya"
    assert is_soon(broadcast, broadcast.taken_at, taken[1])


def test_no_title_stays_while_nobody_keeps_it_true(broadcast):
    titles = [title for title, _ in broadcast.titles[STEADY].titles]
    last = max(titles.index(piece(STEADY, offset)) for offset in range(AWAY_FROM))
    assert "Mweya" in titles[last:]


def test_a_channel_that_is_away_shows_the_station_and_then_who_speaks_again(broadcast):
    runs, titles = broadcast.runs(KILLED), broadcast.titles[KILLED]
    away = next(began for sound, began, _ in runs if sound == "emergency")
    sound, back, _ = next(run for run in runs if run[1] > away and "first" in run[0])
    station = next(at for title, at in titles.titles if title == "Mweya" and at > away - 0.1)
    assert is_soon(broadcast, away, station)
    offset, _, _ = sound.partition(" ")
    assert is_soon(broadcast, back, titles.shown_at(piece(KILLED, offset)))


def test_a_hostile_title_does_nothing_but_be_shown(broadcast):
    assert HOSTILE_TITLE not in {title for title, _ in broadcast.titles[STEADY].titles}
    assert not list(broadcast.settings.home.rglob("pwned"))
