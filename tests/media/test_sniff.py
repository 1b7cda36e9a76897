"""A file is what its first bytes say."""

import struct
from pathlib import Path

import pytest

from media.samples import Samples
from media.sniff import Empty, HugeTags, Other, Sound, recognise, sniff
from tests.media import sounds

OTHERS = {
    b"\x89PNG\r\n\x1a\n": "a picture",
    b"\xff\xd8\xff\xe0\x00\x10JFIF": "a picture",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ": "a picture",
    b"\x00\x00\x00\x18ftypheic": "a picture",
    b"%PDF-1.7\n": "a PDF document",
    b"PK\x03\x04\x14\x00": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0\xa1\xb1": "an office document",
    b"\x7fELF\x02\x01": "a program",
    b"MZ\x90\x00": "a program",
    b"#!/bin/sh\nrm -rf /\n": "a program",
    b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n": "a playlist, which only names other files",
    b"ffconcat version 1.0\nfile /etc/passwd\n": "a playlist, which only names other files",
    b"\xef\xbb\xbf#EXTM3U\n": "a playlist, which only names other files",
    b"[playlist]\nFile1=x.mp3\n": "a playlist, which only names other files",
    b"<html><body>": "a web page",
    b"Dear station, here is my text.\n": "a text",
    "Sawubona, ngiyaphila \N{EN DASH} unjani?".encode(): "a text",
    b"MThd\x00\x00\x00\x06": "a MIDI file, which holds notes and no sound",
    b"\x01\x02\x03\x04 whatever": "a kind of file we don't know",
}


@pytest.mark.parametrize("head", OTHERS, ids=lambda head: head[:12].hex())
def test_what_is_no_sound_is_named(head: bytes):
    assert recognise(head) == Other(OTHERS[head])


@pytest.mark.parametrize("magic", [b"#!AMR\n", b"#!AMR-WB\n"])
def test_old_phones_notes_are_known(magic: bytes):
    assert recognise(magic + b"\x3c" * 40) == Sound("amr", "amr")


def test_nothing_and_zeros_are_empty(tmp_path: Path):
    nothing, zeros = tmp_path / "a.mp3", tmp_path / "b.mp3"
    nothing.write_bytes(b"")
    zeros.write_bytes(bytes(5000))

    assert (sniff(nothing), sniff(zeros)) == (Empty(), Empty())


def test_tags_are_looked_past_but_not_without_end(tmp_path: Path, speech: Samples):
    plain = sounds.saved(speech, tmp_path / "plain.mp3", sounds.MP3).read_bytes()
    plain = plain[plain.index(b"\xff\xfb") :] if not plain.startswith(b"ID3") else plain
    cover, bomb = tmp_path / "cover.mp3", tmp_path / "bomb.mp3"
    cover.write_bytes(_id3(3_000_000) + bytes(3_000_000) + plain)
    bomb.write_bytes(_id3(57_000_000))

    assert sniff(cover) == Sound("mp3", "mp3")
    assert sniff(bomb) == HugeTags(57_000_010)


def test_a_tag_with_nothing_behind_it_is_empty(tmp_path: Path):
    file = tmp_path / "only-a-tag.mp3"
    file.write_bytes(_id3(100) + bytes(100))

    assert sniff(file) == Empty()


def test_two_bytes_of_sync_do_not_make_an_mp3():
    assert recognise(b"\xff\xfb\x90\x00" + b"\x37\x99\x01" * 900) == Other(
        "a kind of file we don't know"
    )


def _id3(size: int) -> bytes:
    parts = [size >> shift & 0x7F for shift in (21, 14, 7, 0)]
    return b"ID3\x03\x00\x00" + struct.pack("4B", *parts)
