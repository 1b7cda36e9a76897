"""Whatever a phone, a browser or a studio makes goes in, and the same sound comes out."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from media import ingest, loudness
from media.ingest import Rendered
from media.samples import RATE_HZ, Samples, milliseconds_of
from media.verdict import Outcome
from media.wanted import Wanted
from tests.media import corpus, corpus_amr
from tests.media.corpus import FORMATS, LAYOUTS, RATES_HZ, Format

SLOT_SECONDS = 6
SPEECH_SECONDS = 3.4
NAMES = (
    *("note.opus", "note.ogg", "note.bin", "note", "PTT-20261122-WA0001.opus", "Aufnahme (2).m4a"),
    *(
        "voice.mp3",
        "playlist.m3u8",
        "concat.txt",
        ".ogg",
        "-i",
        "näm\u200be\n.oga",
        "file:note.wav",
    ),
)
VOICE_NOTE = FORMATS["opus-16k-voice"]


@pytest.fixture(scope="module")
def original(_spoken: Samples) -> Samples:
    """Some four seconds that every file of this module holds."""
    return corpus.between_beeps(_spoken[: round(SPEECH_SECONDS * RATE_HZ)])


def rendered(upload: Path, folder: Path) -> Rendered:
    out = folder / "out"
    out.mkdir()
    return ingest.render(upload, out, Wanted(SLOT_SECONDS))


def master_of(made: Rendered) -> Samples:
    """An accepted upload's master, which is what a master must be."""
    assert made.report.outcome is Outcome.ACCEPTED, made.report.findings
    assert made.master is not None
    assert corpus.facts_of(made.master.file) == {
        "codec_name": "flac",
        "sample_rate": "48000",
        "channels": 2,
        "bits_per_raw_sample": "16",
    }
    samples: Samples = soundfile.read(made.master.file, dtype="float32")[0]
    assert samples.shape == (SLOT_SECONDS * RATE_HZ, 2)
    assert loudness.integrated(samples) == pytest.approx(-16, abs=0.1)
    return samples


def assert_same_sound(made: Rendered, original: Samples, wanted: Format) -> None:
    """The sound that went in is in the master, at its pitch and pace, whole and once."""
    master = master_of(made)
    found = corpus.likeness(original, master)
    lasts_ms = milliseconds_of(original) + wanted.longer_ms
    assert made.report.codec == wanted.codec
    assert made.report.duration_ms == pytest.approx(lasts_ms, abs=60)
    assert made.facts.piece_ms == pytest.approx(lasts_ms, abs=60)
    assert found.alike >= wanted.alike
    assert found.start_ms == pytest.approx(wanted.longer_ms / 2, abs=60)
    assert found.drift_ms == pytest.approx(0, abs=2)
    assert corpus.pitch_hz(master, found.start_ms) == pytest.approx(corpus.BEEP_HZ, abs=2)
    after = round((found.start_ms + lasts_ms + 60) * RATE_HZ / 1000)
    assert np.abs(master[after:]).max() < 0.01


@pytest.mark.parametrize("kind", FORMATS)
def test_the_sound_that_went_in_comes_out(kind: str, tmp_path: Path, original: Samples):
    upload = corpus.written(original, tmp_path / "upload", FORMATS[kind])

    assert_same_sound(rendered(upload, tmp_path), original, FORMATS[kind])


@pytest.mark.parametrize("name", NAMES)
def test_a_voice_note_may_have_any_name(name: str, tmp_path: Path, original: Samples):
    upload = corpus.written(original, tmp_path / "upload", VOICE_NOTE).rename(tmp_path / name)

    assert_same_sound(rendered(upload, tmp_path), original, VOICE_NOTE)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_every_rate_is_taken(rate_hz: int, tmp_path: Path, original: Samples):
    at_rate = Format("pcm_s24le", f"-c:a pcm_s24le -ar {rate_hz} -f wav")
    upload = corpus.written(original, tmp_path / "upload", at_rate)

    made = rendered(upload, tmp_path)

    assert made.report.sample_rate_hz == rate_hz
    assert_same_sound(made, original, at_rate)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_heard_from_two_loudspeakers(
    layout: str, tmp_path: Path, original: Samples
):
    channels, carried = LAYOUTS[layout]
    everywhere = corpus.placed(layout, range(channels))
    upload = corpus.written(original, tmp_path / "upload", carried, *everywhere)

    made = rendered(upload, tmp_path)

    assert made.report.channels == channels
    assert_same_sound(made, original, carried)


@pytest.mark.parametrize(("layout", "channel"), [("5.1", 2), ("5.1", 4), ("7.1", 6), ("quad", 3)])
def test_a_voice_in_one_of_many_channels_is_heard(
    layout: str, channel: int, tmp_path: Path, original: Samples
):
    lossless = FORMATS["flac"]
    alone = corpus.placed(layout, [channel])
    upload = corpus.written(original, tmp_path / "upload", lossless, *alone)

    assert_same_sound(rendered(upload, tmp_path), original, lossless)


@pytest.mark.parametrize("sends_pauses", [True, False], ids=["pauses", "no-pauses"])
@pytest.mark.parametrize("in_film_format", [False, True], ids=["amr", "3gp"])
@pytest.mark.parametrize("kind", corpus_amr.KINDS)
def test_what_old_phones_record_keeps_its_rhythm_and_pitch(
    kind: str, in_film_format: bool, sends_pauses: bool, tmp_path: Path
):
    amr, upload = corpus_amr.KINDS[kind], tmp_path / "upload"
    corpus_amr.written(amr, upload, in_film_format=in_film_format, sends_pauses=sends_pauses)

    made = rendered(upload, tmp_path)

    assert made.report.codec == amr.codec
    buzzing = corpus_amr.is_buzzing()
    # What stands for a pause that was not sent is right within a tenth of a second.
    exact_ms = 60 if sends_pauses else 120
    lasts_ms = len(buzzing) * corpus_amr.FRAME_MS
    assert made.facts.piece_ms == pytest.approx(lasts_ms, abs=exact_ms)
    master = master_of(made)
    loud = corpus_amr.levels(master)
    assert np.corrcoef(loud[: len(buzzing)], buzzing)[0, 1] > (0.8 if sends_pauses else 0.7)
    assert corpus_amr.steadiness(master) > 0.9
