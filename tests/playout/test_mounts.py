"""A mount's address is known before anything runs, and stays the same."""

import re
import socket
import threading

from playout.mounts import icecast_port, is_free, mounts, qualities
from playout.supervise import SCRIPT
from station.sections import ENCODERS


def test_each_channel_has_a_standard_and_a_low_mount(make_settings):
    settings = make_settings("[station]\nchannels = ['A', 'B']\n[icecast]\nport = 8123\n")
    assert [(mount.channel, mount.quality, mount.url) for mount in mounts(settings)] == [
        (0, "standard", "http://127.0.0.1:8123/0-standard.mp3"),
        (0, "low", "http://127.0.0.1:8123/0-low.opus"),
        (1, "standard", "http://127.0.0.1:8123/1-standard.mp3"),
        (1, "low", "http://127.0.0.1:8123/1-low.opus"),
    ]


def test_a_station_adds_qualities_and_changes_the_built_in_ones(make_settings):
    settings = make_settings(
        "[qualities.high]\ncodec = 'mp3'\nkilobits = 320\n"
        "[qualities.low]\ncodec = 'opus'\nkilobits = 24\n"
    )
    encoders = {quality.name: quality.encoder for quality in qualities(settings)}
    assert encoders == {"standard": "mp3-128", "low": "opus-24", "high": "mp3-320"}


def test_the_engines_script_has_every_encoder_of_the_menu():
    script = SCRIPT.read_text()
    offered = {f"{codec}-{rate}" for codec, rates in ENCODERS.items() for rate in rates}
    assert set(re.findall(r'encoder == "([a-z0-9-]+)"', script)) == offered


def test_listeners_are_sent_to_the_public_address(make_settings):
    settings = make_settings("[icecast]\nport = 8123\npublic_url = 'https://air.example.org/'\n")
    assert mounts(settings)[0].url == "https://air.example.org/0-standard.mp3"


def test_a_free_port_is_chosen_once_and_remembered(settings):
    port = icecast_port(settings)
    assert is_free("127.0.0.1", port)
    assert icecast_port(settings) == port


def test_all_who_ask_at_once_are_told_the_same_port(settings):
    told = []
    threads = [
        threading.Thread(target=lambda: told.append(icecast_port(settings))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(told)) == 1
    assert len(told) == 8


def test_a_port_that_somebody_listens_on_is_not_free():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert not is_free("127.0.0.1", taken.getsockname()[1])
