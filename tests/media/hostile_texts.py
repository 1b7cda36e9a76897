"""What names another file or an address, in its bytes or in its own name; and what is no sound."""

import base64
import gzip
import io
import struct
import zipfile
from pathlib import Path

import numpy as np

from tests.media import hostile_bytes as by_hand
from tests.media.hostile_bytes import wav
from tests.media.hostile_file import Clips, Hostile, Make, plain, text

XML = '<?xml version="1.0"?>\n'
HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n{}#EXTINF:10,\nfile://{{at}}\n#EXT-X-ENDLIST\n"
HLS_KEY = '#EXT-X-KEY:METHOD=AES-128,URI="file://{{at}}"\n'
HLS_MAP = '#EXT-X-MAP:URI="http://127.0.0.1:{{port}}/i"\n'
XSPF = "<playlist><trackList><location>{at}</location></trackList></playlist>"
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio {port} RTP/AVP 0\n"
ENTITIES = '<!DOCTYPE x [<!ENTITY a SYSTEM "file://{at}">]><x>&a;</x>'


def _concat(clips: Clips) -> bytes:
    return f"ffconcat version 1.0\nfile {clips.canary}\n".encode()


def _behind(start: bytes) -> Make:
    return lambda clips: start + _concat(clips) * 900


LISTS = (
    text("list.mp3", "{at}\n"),
    text("m3u.mp3", "#EXTM3U\n#EXTINF:10,Note\n{at}\n"),
    text("hls.m4a", HLS.format("")),
    text("hls-key.mp3", HLS.format(HLS_KEY)),
    text("hls-map.mp4", HLS.format(HLS_MAP)),
    text("hls-after-lines.aac", "\n\n  \n" + HLS.format("")),
    text("pls.wav", "[playlist]\nFile1={at}\nNumberOfEntries=1\n"),
    text("asx.wma", '<asx version="3.0"><entry><ref href="{at}"/></entry></asx>'),
    text("reference.wma", "[Reference]\nRef1=http://127.0.0.1:{port}/a\n"),
    text("xspf.ogg", XML + XSPF),
    text("dash.mp4", XML + "<MPD><Period><BaseURL>{at}</BaseURL></Period></MPD>"),
    text("smil.mp4", '<smil><body><audio src="{at}"/></body></smil>'),
    text("ffconcat.mp3", "ffconcat version 1.0\nfile {at}\n" * 50),
    text("ffconcat-bom.mp3", "\ufeffffconcat version 1.0\r\nfile {at}\r\n"),
    text("ffconcat-wide.mp3", "ffconcat version 1.0\nfile {at}\n", "utf-16"),
    text("sdp.mp3", SDP),
    text("cue.wav", 'FILE "{at}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'),
    text("edl.wav", "# mpv EDL v0\n{at},0,10\n"),
    text("metadata.ogg", ";FFMETADATA1\ntitle={at}\n[CHAPTER]\n"),
    text("subtitles.mp4", "WEBVTT\n\n00:00.000 --> 00:10.000\n{at}\n"),
    text("avisynth.wav", 'WavSource("{at}")\n'),
    text("concat.mp3", "concat:{at}|{at}"),
    text("subfile.mp3", "subfile,,start,0,end,0,,:{at}"),
    text("data.mp3", "data:audio/wav;base64," + base64.b64encode(wav(bytes(900))).decode()),
    text("address.mp3", "http://127.0.0.1:{port}/note.mp3"),
    text("socket.mp3", "tcp://127.0.0.1:{port}"),
    text("pipe.mp3", "pipe:0"),
    text("device.wav", "/dev/zero"),
    text("entities.mp3", ENTITIES),
    Hostile("id3-ffconcat.mp3", _behind(by_hand.id3(20, bytes(20))), "not-audio"),
    Hostile("ogg-of-list.ogg", _behind(b"OggS"), "unreadable"),
    Hostile("flac-of-list.flac", _behind(b"fLaC"), "unreadable"),
    Hostile("amr-of-list.amr", _behind(b"#!AMR\n"), "too-long|far-too-long|endless|unreadable"),
    Hostile("wav-of-list.wav", lambda clips: wav(_concat(clips) * 900), "too-short"),
)


def _elsewhere(kind: bytes) -> Make:
    """An m4a whose sound is said to be in another file (QuickTime's data references)."""

    def make(clips: Clips) -> bytes:
        clip, url = clips["m4a"], f"file://{clips.canary}\0".encode()
        at = clip.index(b"dref") - 4
        size = struct.unpack_from(">I", clip, at)[0]
        there = by_hand.box(b"dref", struct.pack(">II", 0, 1) + by_hand.box(kind, bytes(4) + url))
        grown = bytearray(clip[:at] + there + clip[at + size :])
        # The index stands behind the sound: only the boxes around the reference grow.
        for around in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
            place = clip.index(around) - 4
            length = struct.unpack_from(">I", clip, place)[0]
            struct.pack_into(">I", grown, place, length + len(there) - size)
        return bytes(grown)

    return make


def _linked(clips: Clips) -> bytes:
    """A Matroska that names another file as its next part, and carries one as an attachment."""
    clip, name = clips["webm"], str(clips.canary).encode()
    segment = clip.index(b"\x18\x53\x80\x67")
    info = by_hand.element(b"\x15\x49\xa9\x66", by_hand.element(b"\x3e\x83\xbb", name))
    attached = by_hand.element(b"\x46\x6e", name) + by_hand.element(b"\x46\x60", b"text/plain")
    attached += by_hand.element(b"\x46\x5c", _concat(clips)) + by_hand.element(b"\x46\xae", b"\1")
    attachments = by_hand.element(b"\x19\x41\xa4\x69", by_hand.element(b"\x61\xa7", attached))
    length_unknown = b"\x01" + b"\xff" * 7
    return clip[: segment + 4] + length_unknown + info + attachments + clip[segment + 12 :]


def _link_alone(clips: Clips) -> bytes:
    return by_hand.reference_movie(f"file://{clips.canary}\0".encode().ljust(2000, b"\0"))


REFERENCES = (
    Hostile("url.m4a", _elsewhere(b"url "), "accepted|unreadable"),
    Hostile("alis.mov", _elsewhere(b"alis"), "accepted|unreadable"),
    Hostile("link-alone.mov", _link_alone, "unreadable|no-sound"),
    Hostile("linked.mka", _linked, "accepted"),
)


def _zip(_: Clips) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(10_000_000))
    return packed.getvalue()


OTHERS = (
    plain("script.mp3", b"#!/bin/sh\nrm -rf /\n", "not-audio"),
    plain("code.mp3", b"import os\nos.system('id')\n", "not-audio"),
    plain("page.mp3", b"<!DOCTYPE html><html><script>1</script></html>", "not-audio"),
    plain("drawing.mp3", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "not-audio"),
    plain("paper.mp3", b"%PDF-1.7\n" + bytes(range(256)) * 50, "not-audio"),
    Hostile("office.m4a", _zip, "not-audio"),
    plain("old-office.m4a", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "not-audio"),
    Hostile("packed.ogg", lambda _: gzip.compress(bytes(30_000_000)), "not-audio"),
    Hostile("program.wav", lambda _: Path("/bin/true").read_bytes(), "not-audio"),
    plain("program.opus", b"MZ\x90\0" + bytes(range(256)) * 20, "not-audio"),
    plain("picture.mp3", by_hand.png(64, 64), "not-audio"),
    Hostile("picture-bomb.mp3", lambda _: by_hand.png(8000, 8000), "not-audio"),
    plain("photo.mp3", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(2000), "not-audio"),
    plain("webp.wav", b"RIFF\x10\0\0\0WEBPVP8 " + bytes(200), "not-audio"),
    plain("avi.wav", b"RIFF\x10\0\0\0AVI LIST" + bytes(200), "not-audio"),
    plain("notes.mp3", b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk" + bytes(90), "not-audio"),
    plain("database.mp3", b"SQLite format 3\0" + bytes(4096), "not-audio"),
    plain("ones.mp3", b"\xff" * 1_000_000, "not-audio"),
    Hostile("rubbish.mp3", lambda _: np.random.default_rng(1).bytes(1_000_000), "not-audio"),
    Hostile("mp3-and-zip.mp3", lambda clips: clips["mp3"] + _zip(clips), "accepted"),
    Hostile("zip-and-mp3.mp3", lambda clips: _zip(clips) + clips["mp3"], "not-audio"),
    Hostile("wav-and-page.wav", lambda clips: clips["wav"] + b"<html><script>", "accepted"),
    Hostile("photo-and-mp3.mp3", lambda clips: b"\xff\xd8\xff\xe0" + clips["mp3"], "not-audio"),
)
NAMES = tuple(
    Hostile(name, lambda clips: clips["wav"], "accepted")
    for name in (
        *("-i", "-", "--help", "%d.wav", "%05d.wav", "*", "?", "~", "#", " ", ".hidden"),
        *("concat:a|b", "file:a", "http:x", "pipe:0", "data:x", "subfile,,start,0,end,9,,:x"),
        *("with\nline.wav", "tab\t.wav", "\x1b[31m.wav", 'quotes".wav', "it's.wav", "back\\slash"),
        *("$(touch x).wav", "`id`", ";id;", "a&b|c>d", "ü ñ 🎤.wav", "\u202egpj.wav", "x" * 255),
        *("bytes-\udcff\udcfe.wav", "note.mp3.exe", "{secret}.wav", "a,b[0]=c.wav"),
    )
)
