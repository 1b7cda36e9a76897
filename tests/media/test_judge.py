"""What was measured decides what a member is told; every line of the table is reached."""

import dataclasses
from typing import Any

import pytest

from media.channels import Layout
from media.judge import Heard, judge
from media.probe import Claims
from media.verdict import Outcome, clock, outcome
from media.wanted import Wanted
from station.treatment import Long, Treatment

FINE = Heard(
    claims=Claims("ogg", "opus", 1, 48_000, 60.0, exact=False, arrived=None),
    decoded_seconds=60.0,
    bad_packets=0,
    layout=Layout.MONO,
    piece_seconds=59.0,
    active_seconds=55.0,
    cut_ms=800,
    integrated_lufs=-20.0,
    true_peak_dbtp=-3.0,
    clipped=False,
)
WANTED = Wanted(300)
NOTHING = float("-inf")


def told(wanted: Wanted = WANTED, **heard: Any) -> list[str]:
    found = judge(dataclasses.replace(FINE, **heard), wanted)
    return [finding.code for finding in found]


def sentence(**heard: Any) -> str:
    return judge(dataclasses.replace(FINE, **heard), WANTED)[0].sentence


def test_a_good_recording_is_not_commented():
    assert told() == []


def test_312_seconds_are_too_long_by_12_s():
    assert sentence(decoded_seconds=312.0, piece_seconds=312.0, active_seconds=310.0).startswith(
        "Too long by 12 s: it lasts 5:12 and the limit is 5:00. Let us fade it out at 5:00, "
        "spread it over two of your weeks, or send another."
    )


def test_300_and_a_half_seconds_fit_after_trimming():
    assert told(decoded_seconds=300.5, piece_seconds=299.9, active_seconds=299.0) == []


def test_300_02_seconds_fit():
    assert told(decoded_seconds=300.02, piece_seconds=300.02, active_seconds=300.0) == []


def test_hours_are_told_from_the_files_own_claim():
    claims = dataclasses.replace(FINE.claims, seconds=21_600.0)
    text = sentence(decoded_seconds=330.0, piece_seconds=330.0, claims=claims)

    assert text.startswith("Too long: it lasts 6 h 0 min; the limit is 5:00.")


def test_what_fits_into_two_weeks_by_its_own_claim_may_be_spread():
    claims = dataclasses.replace(FINE.claims, seconds=590.0)
    text = sentence(decoded_seconds=330.0, piece_seconds=330.0, claims=claims)

    assert text.startswith("Too long by 4:50: it lasts 9:50 and the limit is 5:00.")
    assert "spread it over two of your weeks" in text


def test_an_unknown_length_is_told_as_more_than_what_was_heard():
    claims = dataclasses.replace(FINE.claims, seconds=None)

    assert "lasts more than 5:30" in sentence(decoded_seconds=330.0, claims=claims)


def test_a_long_one_fades_out_when_the_member_says_so():
    wanted = Wanted(300, treatment=Treatment(long=Long.FADE))

    assert told(wanted, **of_length(330.0)) == ["faded-out"]


def test_what_is_faded_out_must_be_heard_all_the_same():
    wanted = Wanted(300, treatment=Treatment(long=Long.FADE))
    quiet = {"decoded_seconds": 330.0, "piece_seconds": 330.0}

    assert told(wanted, **quiet, active_seconds=0.0) == ["inaudible"]
    assert told(wanted, **quiet, active_seconds=8.0) == ["mostly-silent"]


SPREAD = Wanted(300, treatment=Treatment(long=Long.SPREAD, part=1))


def of_length(seconds: float) -> dict[str, Any]:
    return dict.fromkeys(("decoded_seconds", "piece_seconds", "active_seconds"), seconds)


def test_a_long_one_is_spread_over_two_weeks_when_the_member_says_so():
    assert SPREAD.decoded_seconds == 630
    assert told(SPREAD, **of_length(590.0)) == ["spread"]
    assert told(SPREAD, **of_length(612.0)) == ["too-long-for-two"]
    assert told(SPREAD, **of_length(630.0)) == ["endless-for-two"]
    assert told(SPREAD, **of_length(290.0)) == []


def test_nothing_is_left_for_a_second_week_when_it_fits_into_one():
    second = Wanted(300, treatment=Treatment(long=Long.SPREAD, part=2))

    assert told(second, **of_length(290.0)) == ["one-part"]
    assert told(second, **of_length(590.0)) == ["spread"]


def test_an_ident_takes_its_time_from_the_recording():
    wanted = Wanted(300, ident_seconds=6.0)

    assert told(wanted, **of_length(296.0)) == ["too-long"]
    assert told(wanted, **of_length(294.0)) == []


@pytest.mark.parametrize(("seconds", "codes"), [(4.9, ["too-short"]), (5.0, [])])
def test_less_than_five_seconds_are_too_short(seconds: float, codes: list[str]):
    heard: dict[str, Any] = {
        "piece_seconds": seconds,
        "decoded_seconds": seconds,
        "active_seconds": seconds,
    }

    assert told(**heard) == codes


def test_in_a_very_short_slot_half_a_slot_is_enough():
    heard: dict[str, Any] = {"piece_seconds": 2.0, "decoded_seconds": 2.0, "active_seconds": 2.0}

    assert told(Wanted(4), **heard) == []


@pytest.mark.parametrize(("lufs", "codes"), [(-46.1, ["too-quiet"]), (-45.9, ["lifted"])])
def test_no_more_than_30_db_of_gain_is_given(lufs: float, codes: list[str]):
    assert told(integrated_lufs=lufs) == codes


def test_nothing_to_hear_is_said_once():
    assert told(active_seconds=0.0, integrated_lufs=NOTHING) == ["inaudible"]


def test_8_seconds_in_five_minutes_are_mostly_silence():
    text = sentence(decoded_seconds=300.0, piece_seconds=299.0, active_seconds=8.0)

    assert text.startswith("Mostly silence: 8 s of sound in 5:00.")


def test_a_missing_part_is_told_by_length_where_the_length_is_sure():
    claims = dataclasses.replace(FINE.claims, seconds=300.0, exact=True)
    heard: dict[str, Any] = {
        "decoded_seconds": 150.0,
        "piece_seconds": 149.0,
        "active_seconds": 140.0,
    }

    assert sentence(claims=claims, **heard) == "Only 2:30 of 5:00 arrived: please send it again."
    assert told(claims=dataclasses.replace(claims, exact=False), **heard) == []


def test_a_missing_part_is_told_by_bytes_too():
    claims = dataclasses.replace(FINE.claims, arrived=0.5)

    assert sentence(claims=claims) == "Only 1:00 of 2:00 arrived: please send it again."


def test_a_whole_file_whose_claim_is_wrong_is_believed_by_its_bytes():
    claims = dataclasses.replace(FINE.claims, seconds=300.0, exact=True, arrived=1.0)

    assert told(claims=claims) == []


def test_what_is_missing_because_it_could_not_be_read_is_damage():
    claims = dataclasses.replace(FINE.claims, seconds=62.0, exact=True)
    found = judge(dataclasses.replace(FINE, claims=claims, bad_packets=22), WANTED)

    assert [finding.sentence for finding in found] == [
        (
            "Damaged: about 2 s could not be read. The other 1:00 can air; sending it again may "
            "bring back the rest."
        )
    ]


def test_what_was_put_right_is_told_and_airs():
    noticed: dict[str, dict[str, Any]] = {
        "clipped": {"clipped": True},
        "one-channel": {"layout": Layout.DEAD_CHANNEL},
        "antiphase": {"layout": Layout.ANTIPHASE},
        "trimmed": {"cut_ms": 4000},
        "damaged": {"bad_packets": 40},
        "offset": {"offset": True},
        "hum": {"hum": True},
    }
    for code, heard in noticed.items():
        findings = judge(dataclasses.replace(FINE, **heard), WANTED)
        assert [finding.code for finding in findings] == [code]
        assert outcome(findings) is Outcome.ACCEPTED


def test_what_the_member_chose_is_told_too():
    wanted = Wanted(300, treatment=Treatment(level=True, clean=True))

    assert told(wanted, hum=True) == ["cleaned", "levelled"]
    assert told(wanted, rumble=True) == ["cleaned", "levelled"]
    assert told(wanted) == ["levelled"]


def test_what_cannot_air_was_not_put_right():
    wanted = Wanted(300, treatment=Treatment(level=True, clean=True))
    heard = of_length(320.0) | {"cut_ms": 4000, "clipped": True}

    assert told(wanted, **heard) == ["too-long", "clipped"]


def test_samples_that_are_none_are_damage():
    assert told(broken_samples=48_000) == ["damaged"]
    assert told(broken_samples=48) == []


def test_several_findings_come_at_once_with_what_stops_first():
    assert told(piece_seconds=320.0, decoded_seconds=320.0, active_seconds=300.0, clipped=True) == [
        "too-long",
        "clipped",
    ]


def test_a_file_that_is_mostly_unreadable_is_sent_again():
    assert told(bad_packets=2000, decoded_seconds=10.0) == ["unreadable"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0.4 s"),
        (8, "8 s"),
        (59.6, "1:00"),
        (150, "2:30"),
        (3599, "59:59"),
        (21_600, "6 h 0 min"),
    ],
)
def test_lengths_are_written_as_people_say_them(seconds: float, text: str):
    assert clock(seconds) == text
