"""Sounds as members make them, and what is left of them behind a mount's encoder."""

import subprocess

import numpy as np

from playout.watch.tape import RATE_HZ

MASTER_HZ = 48_000
CODECS = {
    "mp3-128": ["-f", "mp3", "-b:a", "128k"],
    "opus-32": ["-f", "ogg", "-c:a", "libopus", "-vbr", "off", "-b:a", "32k"],
    "opus-24": ["-f", "ogg", "-c:a", "libopus", "-vbr", "off", "-b:a", "24k"],
}


def hiss(seconds, seed=1):
    """Noise in bursts, a little like speech: nothing in it repeats."""
    random = np.random.default_rng(seed)
    count = round(seconds * MASTER_HZ)
    loud = np.repeat(random.uniform(0.02, 0.3, count // 4800 + 1), 4800)[:count]
    return loud * random.standard_normal(count)


def tune(seconds, seed=2):
    """Notes of a quarter of a second."""
    random = np.random.default_rng(seed)
    at = np.arange(round(seconds * MASTER_HZ)) / MASTER_HZ
    hertz = random.choice([220, 262, 330, 392, 440, 523], round(seconds * 4) + 1)
    return 0.2 * np.sin(2 * np.pi * hertz[(at * 4).astype(int)] * at) * np.exp(-((at * 4) % 1))


def quiet(seconds, seed=3):
    """The floor of a silence."""
    random = np.random.default_rng(seed)
    return 10 ** (-90 / 20) * random.standard_normal(round(seconds * MASTER_HZ))


def heard_through(codec, samples):
    """What the watch's receiver makes of sound that was sent through an encoder."""
    sent = _ran(["-f", "s16le", "-ar", str(MASTER_HZ), "-ac", "1"], CODECS[codec], _pcm(samples))
    form = CODECS[codec][1]
    return _floats(_ran(["-f", form], ["-f", "s16le", "-ac", "1", "-ar", str(RATE_HZ)], sent))


def as_watched(samples):
    """A master as the watch reads it."""
    given = ["-f", "s16le", "-ar", str(MASTER_HZ), "-ac", "1"]
    return _floats(_ran(given, ["-f", "s16le", "-ac", "1", "-ar", str(RATE_HZ)], _pcm(samples)))


def _pcm(samples):
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def _floats(pcm):
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768


def _ran(given, wanted, content):
    command = ["ffmpeg", "-v", "error", *given, "-i", "-", *wanted, "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout
