"""Every sound of the corpus by name: what people send, and what is hardest to level."""

import subprocess
from collections.abc import Callable, Mapping
from functools import cache, partial

import numpy as np
from scipy import signal

from media.bed import bed
from media.loudness import brought_to
from media.samples import RATE_HZ, Samples, samples_in
from tests.media.sounds import joined, noise, silent, stereo, tone

SECONDS = 7.0
SLOT_SECONDS = 8
LONG_SLOT_SECONDS = 300
ENGLISH = (
    "Good morning, this is Janet from Harare. I was born beside the river, and I sing for you."
)
AFRIKAANS = "Goeiemôre, dit is Janet van Harare. Ek het by die rivier grootgeword, en ek sing."
SWAHILI = "Habari za asubuhi, mimi ni Janet kutoka Harare. Nilizaliwa kando ya mto, na ninaimba."
HARSH = "Six sticks, seven shells, eight chips: such fish flash past. Stop! Tip, tap, top, cat!"
WAV_HEADER_BYTES = 44
# espeak-ng speaks at 22,050 Hz.
UP, DOWN = 320, 147


@cache
def _spoken(words: str, voice: str, words_a_minute: int, pitch: int) -> Samples:
    options = ("-v", voice, "-s", str(words_a_minute), "-p", str(pitch), "--stdout", words)
    wav = subprocess.run(("espeak-ng", *options), capture_output=True, check=True).stdout
    pcm = np.frombuffer(wav, "<i2", offset=WAV_HEADER_BYTES) / 32768
    finer: Samples = signal.resample_poly(pcm, UP, DOWN).astype(np.float32)[:, None]
    return finer


def speech(
    words: str = ENGLISH, voice: str = "en-gb", words_a_minute: int = 150, pitch: int = 50
) -> Samples:
    """A voice, said again until there are seven seconds of it."""
    once = _spoken(words, voice, words_a_minute, pitch)
    return np.tile(once, (4, 1))[: samples_in(SECONDS)]


def at_peak(sound: Samples, dbfs: float) -> Samples:
    """A sound whose highest sample lies there."""
    return sound * np.float32(10 ** (dbfs / 20) / np.abs(sound).max())


def clipped(sound: Samples, top: float = 1.0, drive: float = 8.0) -> Samples:
    """A sound recorded so many times too loud."""
    cut: Samples = np.clip(at_peak(sound, 0) * np.float32(drive), -1, 1) * np.float32(top)
    return cut


def shaped_noise(slope: float, seed: int = 7) -> Samples:
    """Noise whose amplitude follows a power of the frequency: -0.5 is pink, -1 is brown."""
    count = samples_in(SECONDS)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 20)
    return at_peak(np.fft.irfft(spectrum * hertz**slope, count).astype(np.float32)[:, None], -6)


def filtered(
    sound: Samples, hertz: float | tuple[float, float], kind: str, order: int = 6
) -> Samples:
    """A sound with only its low or its high part."""
    kept = signal.butter(order, hertz, kind, fs=RATE_HZ, output="sos")
    part: Samples = signal.sosfilt(kept, sound, axis=0).astype(np.float32)
    return part


def struck(a_second: float, fading_seconds: float, seed: int = 3) -> Samples:
    """Noise struck at random instants and dying away: rain on a roof, cymbals."""
    chance = np.random.default_rng(seed)
    count = samples_in(SECONDS)
    struck_at = (chance.random(count) < a_second / RATE_HZ) * chance.random(count)
    fading = np.exp(-np.arange(samples_in(5 * fading_seconds)) / samples_in(fading_seconds))
    shape = signal.fftconvolve(struck_at, fading)[:count]
    return at_peak((shape * noise(SECONDS, -12)[:, 0]).astype(np.float32)[:, None], -1)


def claps(a_second: float, fading_seconds: float) -> Samples:
    """Hands, which sound mostly between 0.7 and 6 kHz."""
    hands = filtered(filtered(struck(a_second, fading_seconds), 700, "high", 2), 6000, "low", 2)
    return at_peak(hands, -1)


def clicks(every_seconds: float, level: float = 0.99) -> Samples:
    """Single samples far above everything else."""
    sound = silent(SECONDS)
    sound[samples_in(0.31) :: samples_in(every_seconds)] = level
    return sound


def sweep() -> Samples:
    at = np.arange(samples_in(SECONDS)) / RATE_HZ
    return at_peak(signal.chirp(at, 20, SECONDS, 20_000, "log").astype(np.float32)[:, None], -3)


def square(hertz: float, dbfs: float = -1.0) -> Samples:
    return at_peak(np.sign(tone(SECONDS, hertz, 0.0) + np.float32(1e-9)), dbfs)


def kicks() -> Samples:
    """A drum of 50 Hz, twice a second."""
    at = np.arange(RATE_HZ // 2) / RATE_HZ
    one = np.sin(2 * np.pi * (50 + 100 * np.exp(-30 * at)) * at) * np.exp(-8 * at)
    return at_peak(np.tile(one, 14).astype(np.float32)[:, None], -0.5)


def hidden_peaks() -> Samples:
    """A quarter of the rate, an eighth of a turn off: 3 dB higher between samples than on them."""
    at = np.arange(samples_in(SECONDS))
    return at_peak(np.sin(np.pi / 2 * at + np.pi / 4).astype(np.float32)[:, None], -0.1)


def coin_tosses() -> Samples:
    """Each sample one of two values: the highest peaks between samples that noise can have."""
    return np.where(noise(SECONDS) > 0, np.float32(0.5), np.float32(-0.5))


def music(seed: int = 2, lufs: float = -18.0) -> Samples:
    return bed(SECONDS, lufs, seed)


def crowd() -> Samples:
    """Six people at once."""
    voices = [speech(voice=f"en+{who}", pitch=pitch) for who, pitch in CROWD]
    return at_peak(np.sum([np.roll(v, 9000 * n) for n, v in enumerate(voices)], axis=0), -1)


CROWD = (("f1", 60), ("m1", 40), ("f3", 75), ("m3", 20), ("f5", 50), ("m7", 30))


def _late(sound: Samples, seconds: float) -> Samples:
    return np.roll(sound, samples_in(seconds), axis=0)


def _turns(*parts: Samples) -> Samples:
    """Each part for its share of the time."""
    share = samples_in(SECONDS) // len(parts)
    return joined(*(part[place * share : (place + 1) * share] for place, part in enumerate(parts)))


Make = Callable[[], Samples]

SOUNDS: Mapping[str, Make] = {
    # Voices.
    "speech": speech,
    "speech-harsh": partial(speech, HARSH, "en-us"),
    "speech-afrikaans": partial(speech, AFRIKAANS, "af"),
    "speech-swahili": partial(speech, SWAHILI, "sw"),
    "speech-fast-woman": partial(speech, voice="en+f3", words_a_minute=230),
    "speech-slow-man": partial(speech, voice="en+m3", words_a_minute=90),
    "speech-deep": partial(speech, voice="en+m7", pitch=5),
    "speech-high": partial(speech, voice="en+f4", pitch=99),
    "whispered": partial(speech, voice="en+whisper"),
    "croaked": partial(speech, voice="en+croak", pitch=20),
    "six-voices": crowd,
    "whispering-and-shouting": lambda: _turns(
        at_peak(speech(voice="en+whisper"), -32), at_peak(speech(HARSH), -0.2)
    ),
    # Levels.
    "speech-at-45-lufs-below": lambda: brought_to(speech(), -45),
    "speech-with-room-noise": lambda: brought_to(speech(), -42) + noise(SECONDS, -68),
    "speech-at-full-scale": lambda: at_peak(speech(), 0),
    "speech-above-full-scale": lambda: at_peak(speech(), 5),
    "clipped": lambda: clipped(speech()),
    "clipped-hard": lambda: clipped(speech(HARSH), drive=40),
    "clipped-and-quiet": lambda: clipped(speech(), top=0.05),
    "speech-with-offset": lambda: at_peak(speech(), -8) + np.float32(0.3),
    "speech-with-pauses": lambda: joined(
        speech()[: samples_in(2)], silent(3), speech()[samples_in(3) : samples_in(5)]
    ),
    "speech-with-knocks": lambda: at_peak(speech(), -28) + clicks(2),
    "step": lambda: _turns(tone(SECONDS, 440, -36), tone(SECONDS, 440, -1)),
    # Channels.
    "dual-mono": lambda: stereo(speech(), speech()),
    "antiphase": lambda: stereo(speech(), -speech()),
    "nearly-antiphase": lambda: stereo(speech(), -speech() + noise(SECONDS, -24)),
    "dead-left": lambda: stereo(silent(SECONDS), speech()),
    "dead-right": lambda: stereo(speech(), noise(SECONDS, -95)),
    "left-louder": lambda: stereo(speech(), speech() * np.float32(0.25)),
    "echo-right": lambda: stereo(speech(), _late(speech(), 0.02)),
    "two-talkers": lambda: stereo(speech(), _late(speech(HARSH, "en-us+f2"), 1.5)),
    "offset-on-one-side": lambda: stereo(speech(), speech() * np.float32(0.8) + np.float32(0.2)),
    "wide-noise": lambda: stereo(shaped_noise(-0.5, 1), shaped_noise(-0.5, 2)),
    # Music-like.
    "bed": music,
    "bed-stereo": lambda: stereo(music(1), music(4)),
    "voice-over-bed": lambda: brought_to(speech(), -20) + music(lufs=-30),
    "drum": kicks,
    "drum-and-cymbal": lambda: kicks() * np.float32(0.6) + filtered(struck(6, 0.04), 8000, "high"),
    "cymbal": lambda: filtered(struck(8, 0.05), 9000, "high"),
    "deep-bass": lambda: tone(SECONDS, 41, -3) + tone(SECONDS, 82, -16),
    "cymbal-by-phone": lambda: filtered(struck(8, 0.05), (9000, 16_000), "bandpass"),
    "applause": partial(claps, 60, 0.006),
    "ovation": partial(claps, 300, 0.006),
    "hands-in-a-hall": partial(claps, 4, 0.06),
    "rain": lambda: struck(2000, 0.001),
    # Signals.
    "white-noise": lambda: noise(SECONDS, -9),
    "white-noise-quiet": lambda: noise(SECONDS, -45),
    "pink-noise": partial(shaped_noise, -0.5),
    "brown-noise": partial(shaped_noise, -1.0),
    "treble-noise": lambda: filtered(noise(SECONDS, -9), 12_000, "high"),
    "tone-60": lambda: tone(SECONDS, 60, -3),
    "tone-440": lambda: tone(SECONDS, 440, -20),
    "tone-997": lambda: tone(SECONDS, 997, 0),
    "tone-6k": lambda: tone(SECONDS, 6000, -3),
    "tone-15k": lambda: tone(SECONDS, 15_000, -3),
    "tones-in-turn": lambda: _turns(*(tone(SECONDS, hz, -6) for hz in (80, 300, 1200, 5000, 9000))),
    "square-100": partial(square, 100),
    "square-1k-quiet": partial(square, 1000, -30.0),
    "sweep": sweep,
    "hidden-peaks": hidden_peaks,
    "coin-tosses": coin_tosses,
}

# What can't be brought to the loudness, and what is said of it.
REFUSED: Mapping[str, tuple[Make, str]] = {
    "speech-at-55-lufs-below": (lambda: brought_to(speech(), -55), "too-quiet"),
    "clicks-alone": (partial(clicks, 0.4), "inaudible"),
    "clicks-in-noise": (lambda: noise(SECONDS, -40) + clicks(0.1), "unmasterable"),
}

# Whole slots: minutes of changing voices, a band, and a hall with its noise and its applause.
LONG: Mapping[str, Make] = {
    "long-talk": lambda: _long("speech", "speech-swahili", "whispered", "speech-slow-man"),
    "long-band": lambda: _long("bed-stereo", "drum-and-cymbal", "voice-over-bed", "cymbal"),
    "long-hall": lambda: _long("speech-with-pauses", "ovation", "echo-right", "white-noise-quiet"),
}


def _long(*names: str) -> Samples:
    """Sounds by turns, each time a little louder or quieter, until a slot is nearly full."""
    pieces = [SOUNDS[name]() for name in names]
    both = [piece if piece.shape[1] == 2 else stereo(piece, piece) for piece in pieces]
    turns = int(LONG_SLOT_SECONDS // SECONDS)
    gains = 10 ** (np.random.default_rng(5).uniform(-10, 0, turns) / 20)
    return joined(*(both[n % len(both)] * np.float32(gains[n]) for n in range(turns)))
