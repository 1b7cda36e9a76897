"""Each format that a phone, a browser or a studio makes, as the test's own ffmpeg writes it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from media.samples import RATE_HZ, Samples
from tests.media import sounds

BEEP_HZ = 1000.0
BEEP_SECONDS = 0.3
# Likeness is looked for where even a telephone codec has something: 300 to 3000 Hz at 8 kHz.
HEARD_HZ = 8000
HEARD_BAND_HZ = (300, 3000)
# A film beside the sound: what a camera, and a browser's recorder with a camera, sends.
FILM = "-f lavfi -i testsrc=size=64x48:rate=10:duration=4 -map 0 -map 1"
# A picture in the tags, as shops and editors put there.
COVER = (
    "-f lavfi -i testsrc=size=300x300:rate=1:duration=1 -map 0 -map 1 "
    "-c:v png -disposition:v attached_pic"
)
TAGS = "-metadata title=Gogo -metadata artist=Janet -metadata location=+17.8+031.0/"


@dataclass(frozen=True, slots=True)
class Format:
    """How ffmpeg writes it, the codec it must be called, and how like the original it sounds.

    `piped` is written where nothing can be put right afterwards, so that no length is known;
    `longer_ms` is what an encoder adds where the format can't say so.
    """

    codec: str
    options: str
    alike: float = 0.95
    piped: bool = False
    longer_ms: int = 0


FORMATS: Mapping[str, Format] = {
    # Voice notes and browsers' recorders.
    "opus-16k-voice": Format("opus", "-c:a libopus -b:a 16k -application voip -f ogg", 0.85),
    "opus-24k-wideband": Format("opus", "-c:a libopus -b:a 24k -ar 16000 -f ogg", 0.85),
    "opus-60-ms-frames": Format("opus", "-c:a libopus -b:a 24k -frame_duration 60 -f ogg", 0.85),
    "opus-stereo": Format("opus", "-c:a libopus -b:a 96k -ac 2 -f opus"),
    "webm-opus": Format("opus", "-c:a libopus -b:a 32k -f webm -live 1", 0.85, piped=True),
    "webm-opus-whole": Format("opus", "-c:a libopus -b:a 32k -f webm", 0.85),
    "webm-vorbis": Format("vorbis", "-c:a libvorbis -f webm -live 1", piped=True),
    "mp4-opus": Format("opus", "-c:a libopus -b:a 48k -f mp4"),
    "mp4-fragments": Format(
        "aac", "-c:a aac -f mp4 -movflags frag_keyframe+empty_moov", piped=True
    ),
    "mp4-index-first": Format("aac", "-c:a aac -b:a 64k -f mp4 -movflags +faststart"),
    # Phones.
    "m4a-index-last": Format("aac", "-c:a aac -b:a 64k -f ipod"),
    "m4a-index-first": Format("aac", "-c:a aac -b:a 64k -f ipod -movflags +faststart"),
    "m4a-low": Format("aac", "-c:a aac -b:a 24k -ar 22050 -f ipod", 0.9),
    "m4a-tags-and-cover": Format("aac", f"{COVER} {TAGS} -c:a aac -b:a 64k -f ipod"),
    "3gp-aac": Format("aac", "-c:a aac -b:a 32k -ar 16000 -f 3gp"),
    "3g2-aac": Format("aac", "-c:a aac -b:a 32k -ar 16000 -f 3g2"),
    "adts": Format("aac", "-c:a aac -b:a 64k -f adts"),
    "adts-8k": Format("aac", "-c:a aac -b:a 16k -ar 8000 -f adts", 0.9, longer_ms=152),
    "quicktime-pcm": Format("pcm_s16le", "-c:a pcm_s16le -f mov"),
    "caf": Format("pcm_s16le", "-c:a pcm_s16le -f caf"),
    "caf-float": Format("pcm_f32be", "-c:a pcm_f32be -f caf"),
    "caf-alac": Format("alac", "-c:a alac -f caf"),
    "caf-ima4": Format("adpcm_ima_qt", "-c:a adpcm_ima_qt -f caf"),
    "alac": Format("alac", "-c:a alac -f ipod"),
    "alac-24": Format("alac", "-c:a alac -sample_fmt s32p -f ipod"),
    # MP3 of all kinds.
    "mp3-cbr": Format("mp3", "-c:a libmp3lame -b:a 128k -f mp3"),
    "mp3-320k-stereo": Format("mp3", "-c:a libmp3lame -b:a 320k -ac 2 -ar 44100 -f mp3"),
    "mp3-vbr": Format("mp3", "-c:a libmp3lame -q:a 4 -f mp3"),
    "mp3-abr": Format("mp3", "-c:a libmp3lame -b:a 64k -abr 1 -f mp3"),
    "mp3-mpeg2": Format("mp3", "-c:a libmp3lame -b:a 32k -ar 22050 -f mp3"),
    "mp3-mpeg2-16k": Format("mp3", "-c:a libmp3lame -b:a 16k -ar 16000 -f mp3", 0.9),
    "mp3-mpeg25": Format("mp3", "-c:a libmp3lame -b:a 16k -ar 11025 -f mp3", 0.9),
    "mp3-8k": Format("mp3", "-c:a libmp3lame -b:a 8k -ar 8000 -f mp3", 0.8),
    "mp3-id3": Format("mp3", f"{TAGS} -c:a libmp3lame -b:a 64k -write_id3v1 1 -f mp3"),
    "mp3-id3-v4-cover": Format("mp3", f"{COVER} {TAGS} -c:a libmp3lame -id3v2_version 4 -f mp3"),
    "mp3-header-less": Format(
        "mp3", "-c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0 -f mp3"
    ),
    "mp3-header-less-vbr": Format(
        "mp3", "-c:a libmp3lame -q:a 6 -write_xing 0 -id3v2_version 0 -f mp3"
    ),
    "mp2": Format("mp2", "-c:a mp2 -b:a 96k -f mp2"),
    # Studios.
    "wav-u8": Format("pcm_u8", "-c:a pcm_u8 -f wav"),
    "wav-s16": Format("pcm_s16le", "-c:a pcm_s16le -f wav"),
    "wav-s24": Format("pcm_s24le", "-c:a pcm_s24le -f wav"),
    "wav-s32": Format("pcm_s32le", "-c:a pcm_s32le -f wav"),
    "wav-f32": Format("pcm_f32le", "-c:a pcm_f32le -f wav"),
    "wav-f64": Format("pcm_f64le", "-c:a pcm_f64le -f wav"),
    "wav-alaw": Format("pcm_alaw", "-c:a pcm_alaw -ar 8000 -f wav"),
    "wav-mulaw": Format("pcm_mulaw", "-c:a pcm_mulaw -ar 8000 -f wav"),
    "wav-adpcm-ms": Format("adpcm_ms", "-c:a adpcm_ms -f wav"),
    "wav-adpcm-ima": Format("adpcm_ima_wav", "-c:a adpcm_ima_wav -f wav"),
    "wav-g726": Format("adpcm_g726", "-c:a g726 -ar 8000 -f wav"),
    "wav-gsm": Format("gsm_ms", "-c:a libgsm_ms -ar 8000 -b:a 13k -f wav", 0.75),
    "wav-mp3": Format("mp3", "-c:a libmp3lame -b:a 64k -f wav"),
    "wav-extensible": Format("pcm_s24le", "-c:a pcm_s24le -ac 2 -ar 96000 -f wav"),
    "wav-tags-first": Format("pcm_s16le", f"{TAGS} -c:a pcm_s16le -write_bext 1 -f wav"),
    "wav-piped": Format("pcm_s16le", "-c:a pcm_s16le -f wav", piped=True),
    "rf64": Format("pcm_s16le", "-c:a pcm_s16le -f wav -rf64 always"),
    "w64": Format("pcm_s16le", "-c:a pcm_s16le -f w64"),
    "w64-float": Format("pcm_f32le", "-c:a pcm_f32le -f w64"),
    "flac": Format("flac", "-c:a flac -f flac"),
    "flac-24": Format("flac", "-c:a flac -sample_fmt s32 -ar 96000 -f flac"),
    "flac-cover": Format("flac", f"{COVER} {TAGS} -c:a flac -f flac"),
    "flac-piped": Format("flac", "-c:a flac -f flac", piped=True),
    "ogg-flac": Format("flac", "-c:a flac -f ogg"),
    "aiff": Format("pcm_s16be", "-c:a pcm_s16be -f aiff"),
    "aiff-24": Format("pcm_s24be", "-c:a pcm_s24be -f aiff"),
    "aifc-little-endian": Format("pcm_s16le", "-c:a pcm_s16le -f aiff"),
    "aifc-float": Format("pcm_f32be", "-c:a pcm_f32be -f aiff"),
    "aifc-mulaw": Format("pcm_mulaw", "-c:a pcm_mulaw -ar 8000 -f aiff"),
    "vorbis": Format("vorbis", "-c:a libvorbis -q:a 3 -f ogg"),
    "speex-narrow": Format("speex", "-c:a libspeex -ar 8000 -f ogg", 0.7),
    "speex-wide": Format("speex", "-c:a libspeex -ar 16000 -f ogg", 0.7),
    "speex-ultra-wide": Format("speex", "-c:a libspeex -ar 32000 -f ogg", 0.7),
    "wma-1": Format("wmav1", "-c:a wmav1 -b:a 64k -f asf"),
    "wma-2": Format("wmav2", "-c:a wmav2 -b:a 64k -f asf"),
    "wma-2-low": Format("wmav2", "-c:a wmav2 -b:a 24k -ar 22050 -f asf", 0.9),
    "matroska-vorbis": Format("vorbis", "-c:a libvorbis -f matroska"),
    "matroska-flac": Format("flac", "-c:a flac -f matroska"),
    # Films with a sound.
    "film-mp4": Format("aac", f"{FILM} -c:v libx264 -preset ultrafast -c:a aac -f mp4"),
    "film-quicktime": Format("aac", f"{FILM} -c:v mjpeg -c:a aac -f mov"),
    "film-3gp": Format("aac", f"{FILM} -c:v mpeg4 -c:a aac -ar 16000 -f 3gp"),
    "film-webm": Format("opus", f"{FILM} -c:v libvpx -c:a libopus -f webm", 0.9, piped=True),
    "film-matroska": Format("vorbis", f"{FILM} -c:v libx264 -c:a libvorbis -f matroska"),
}
RATES_HZ = (
    *(8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000),
    *(44_100, 48_000, 88_200, 96_000, 176_400, 192_000),
)
# Layouts by ffmpeg's names, how many channels each has, and a format that carries it.
LAYOUTS: Mapping[str, tuple[int, Format]] = {
    "mono": (1, Format("pcm_s16le", "-c:a pcm_s16le -f wav")),
    "stereo": (2, Format("pcm_s16le", "-c:a pcm_s16le -f wav")),
    "2.1": (3, Format("pcm_s24le", "-c:a pcm_s24le -f wav")),
    "3.0": (3, Format("flac", "-c:a flac -f flac")),
    "quad": (4, Format("pcm_s16le", "-c:a pcm_s16le -f wav")),
    "4.0": (4, Format("aac", "-c:a aac -f ipod")),
    "5.0": (5, Format("vorbis", "-c:a libvorbis -f ogg")),
    "5.1": (6, Format("aac", "-c:a aac -f mp4")),
    "5.1(side)": (6, Format("pcm_f32le", "-c:a pcm_f32le -f wav")),
    "6.1": (7, Format("flac", "-c:a flac -f flac")),
    "7.1": (8, Format("opus", "-c:a libopus -mapping_family 1 -f ogg")),
    "7.1(wide)": (8, Format("pcm_s16le", "-c:a pcm_s16le -f w64")),
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two sounds are (1.0: but for the level the same) and where one lies in the other.

    `drift_ms` is how much later, against the beginning, the end lies than it should.
    """

    alike: float
    start_ms: float
    drift_ms: float


def between_beeps(speech: Samples) -> Samples:
    """Speech between two beeps, so that its length and its pitch can be told to the millisecond."""
    beep = sounds.tone(BEEP_SECONDS, BEEP_HZ, -14.0)
    pause = sounds.silent(0.1)
    return sounds.joined(beep, pause, speech, pause, beep)


def written(sound: Samples, file: Path, made: Format, *more: str) -> Path:
    """Have ffmpeg write a sound in a format."""
    source = file.with_name("source.wav")
    soundfile.write(source, sound, RATE_HZ, "FLOAT")
    given: tuple[str | Path, ...] = ("-y", "-i", source, *more, *made.options.split())
    if made.piped:
        file.write_bytes(sounds.run("ffmpeg", *given, "pipe:1"))
    else:
        sounds.run("ffmpeg", *given, file)
    return file


def placed(layout: str, channels: Iterable[int]) -> tuple[str, str]:
    """The options that put a mono sound into some channels of a layout, the others silent."""
    into = "|".join(f"c{channel}=c0" for channel in channels)
    return ("-af", f"pan={layout}|{into}")


def likeness(original: Samples, master: Samples) -> Likeness:
    """Find a mono sound in a master."""
    wanted, found = _as_heard(original), _as_heard(master.mean(axis=1, keepdims=True))
    start = _lag(wanted, found)
    there = found[max(start, 0) : start + len(wanted)]
    lost = max(-start, 0)
    alike = float(np.corrcoef(wanted[lost : lost + len(there)], there)[0, 1])
    third = len(wanted) // 3
    drift = _lag(wanted[-third:], found) - (len(wanted) - third) - _lag(wanted[:third], found)
    return Likeness(alike, start * 1000 / HEARD_HZ, drift * 1000 / HEARD_HZ)


def pitch_hz(master: Samples, start_ms: float) -> float:
    """The strongest frequency of the beep that begins there."""
    start = round((start_ms + 50) * RATE_HZ / 1000)
    beep = master[start : start + round(0.2 * RATE_HZ), 0]
    spectrum = np.abs(np.fft.rfft(beep * np.hanning(len(beep)), 8 * len(beep)))
    return float(spectrum.argmax()) * RATE_HZ / (8 * len(beep))


def facts_of(file: Path) -> dict[str, str]:
    """What ffprobe says of a file's only stream, and every tag there is."""
    entries = "stream=codec_name,sample_rate,channels,bits_per_raw_sample:stream_tags:format_tags"
    said = json.loads(sounds.run("ffprobe", "-show_entries", entries, "-of", "json", file))
    (stream,) = said["streams"]
    return {**stream, **said["format"]}


def _as_heard(sound: Samples) -> Samples:
    narrow = signal.resample_poly(sound[:, 0], 1, RATE_HZ // HEARD_HZ)
    band = signal.butter(4, HEARD_BAND_HZ, "bandpass", fs=HEARD_HZ, output="sos")
    heard: Samples = signal.sosfiltfilt(band, narrow)
    return heard


def _lag(part: Samples, whole: Samples) -> int:
    return int(signal.correlate(whole, part, "full", "fft").argmax()) - len(part) + 1
