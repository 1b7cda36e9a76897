"""What tests of the media room may ask for: speech made once, and what is wanted of it."""

import numpy as np
import pytest

from media.samples import RATE_HZ, Samples
from media.speech import spoken
from media.wanted import Wanted

SLOT_SECONDS = 8


@pytest.fixture
def wanted() -> Wanted:
    return Wanted(SLOT_SECONDS)


@pytest.fixture(scope="session")
def _spoken() -> Samples:
    words = "Good morning, this is Janet from Harare, and I have five minutes for you today."
    return spoken(words, "en-gb")[: 7 * RATE_HZ]


@pytest.fixture
def speech(_spoken: Samples) -> Samples:
    """Some five seconds of clean speech; each test has its own copy."""
    return np.copy(_spoken)
