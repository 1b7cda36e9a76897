"""Our meter and libebur128 both are EBU Mode meters: table 1 of Tech 3341 and of Tech 3342.

Left out, because they are recordings and no signals: cases 7 and 8 of Tech 3341, and 5 and 6 of
Tech 3342, which are the same two programmes.
"""

import numpy as np
import pytest

from tests.media import ebu

# The published tolerances.
LU = 0.1
RANGE_LU = 1.0
PEAK_OVER_DB, PEAK_UNDER_DB = 0.2, 0.4


@pytest.fixture(params=[ebu.OURS, ebu.LIBEBUR128], ids=["ours", "libebur128"])
def meter(request):
    return request.param


@pytest.mark.parametrize("dbfs", [-23.0, -33.0], ids=["case-1", "case-2"])
def test_a_steady_tone_reads_its_level_by_all_three_measures(meter, dbfs):
    """Tech 3341, cases 1 and 2."""
    sound = ebu.tones((20_000, dbfs))

    assert meter.integrated(sound) == pytest.approx(dbfs, abs=LU)
    assert meter.momentary(sound, 100)[10:] == pytest.approx(dbfs, abs=LU)
    assert meter.short_term(sound, 100)[10:] == pytest.approx(dbfs, abs=LU)


@pytest.mark.parametrize(
    "parts",
    [
        [(10_000, -36.0), (60_000, -23.0), (10_000, -36.0)],
        [(10_000, -72.0), (10_000, -36.0), (60_000, -23.0), (10_000, -36.0), (10_000, -72.0)],
        [(20_000, -26.0), (20_100, -20.0), (20_000, -26.0)],
    ],
    ids=["case-3", "case-4", "case-5"],
)
def test_gates_leave_out_what_is_quiet(meter, parts):
    """Tech 3341, cases 3 to 5."""
    assert meter.integrated(ebu.tones(*parts)) == pytest.approx(-23, abs=LU)


def test_surround_is_weighted_by_libebur128():
    """Tech 3341, case 6. Our own meter hears one or two channels: nothing here has more."""
    assert ebu.LIBEBUR128.integrated(ebu.surround()) == pytest.approx(-23, abs=LU)


def test_short_term_stays_while_its_window_holds_the_same(meter):
    """Tech 3341, case 9: constant after 3 s."""
    sound = ebu.tones(*[(1340, -20.0), (1660, -30.0)] * 5)

    assert meter.short_term(sound, 20) == pytest.approx(-23, abs=LU)


def test_the_short_term_maximum_is_found_wherever_it_begins(meter):
    """Tech 3341, case 10, for file-based meters."""
    for i in range(20):
        sound = ebu.tones((i * 150, None), (3000, -23.0), (1000, None))
        assert meter.short_term(sound, 50).max() == pytest.approx(-23, abs=LU)


def test_successive_short_term_maxima_are_told_apart(meter):
    """Tech 3341, case 11, for live meters: 20 segments of 6 s."""
    parts = [
        part
        for i in range(20)
        for part in ((i * 150, None), (3000, -38.0 + i), (3000 - i * 150, None))
    ]
    readings = meter.short_term(ebu.tones(*parts), 50)

    # The first reading is that of 3 s, so a segment's own readings end 3 s later.
    ends = np.pad(readings, (60 - 1, 0), constant_values=-np.inf).reshape(20, -1)
    assert ends.max(axis=1) == pytest.approx(np.arange(-38, -18), abs=LU)


def test_momentary_stays_while_its_window_holds_the_same(meter):
    """Tech 3341, case 12: constant after 1 s."""
    sound = ebu.tones(*[(180, -20.0), (220, -30.0)] * 25)

    assert meter.momentary(sound, 20)[30:] == pytest.approx(-23, abs=LU)


def test_the_momentary_maximum_is_found_wherever_it_begins(meter):
    """Tech 3341, case 13, for file-based meters."""
    for i in range(20):
        sound = ebu.tones((i * 20, None), (400, -23.0), (1000, None))
        assert meter.momentary(sound, 20).max() == pytest.approx(-23, abs=LU)


def test_successive_momentary_maxima_are_told_apart(meter):
    """Tech 3341, case 14, for live meters: 20 segments of 0.8 s."""
    parts = [
        part for i in range(20) for part in ((i * 20, None), (400, -38.0 + i), (400 - i * 20, None))
    ]
    readings = meter.momentary(ebu.tones(*parts), 20)

    ends = np.pad(readings, (20 - 1, 0), constant_values=-np.inf).reshape(20, -1)
    assert ends.max(axis=1) == pytest.approx(np.arange(-38, -18), abs=LU)


@pytest.mark.parametrize(
    ("signal", "dbtp"),
    [
        ((4, 0.50, 0.0), -6.0),
        ((4, 0.50, 45.0), -6.0),
        ((6, 0.50, 60.0), -6.0),
        ((8, 0.50, 67.5), -6.0),
        ((4, 1.41, 45.0), 3.0),
    ],
    ids=["case-15", "case-16", "case-17", "case-18", "case-19"],
)
def test_a_steady_peak_between_samples_is_found(meter, signal, dbtp):
    """Tech 3341, cases 15 to 19."""
    found = meter.true_peak(ebu.steady_peak(*signal))

    assert dbtp - PEAK_UNDER_DB <= found <= dbtp + PEAK_OVER_DB


@pytest.mark.parametrize("offset", range(4), ids=["case-20", "case-21", "case-22", "case-23"])
def test_a_single_peak_between_samples_is_found(meter, offset):
    """Tech 3341, cases 20 to 23."""
    found = meter.true_peak(ebu.hidden_peak(offset))

    assert -PEAK_UNDER_DB <= found <= PEAK_OVER_DB


@pytest.mark.parametrize(
    ("levels", "range_lu"),
    [
        ([-20.0, -30.0], 10),
        ([-20.0, -15.0], 5),
        ([-40.0, -20.0], 20),
        ([-50.0, -35.0, -20.0, -35.0, -50.0], 15),
    ],
    ids=["case-1", "case-2", "case-3", "case-4"],
)
def test_loudness_range_lies_between_loud_and_quiet_passages(meter, levels, range_lu):
    """Tech 3342, cases 1 to 4: tones of 20 s each."""
    sound = ebu.tones(*[(20_000, dbfs) for dbfs in levels])

    assert meter.range_lu(sound) == pytest.approx(range_lu, abs=RANGE_LU)
