"""A house full of listeners keeps no engine out, on a real Icecast."""

import base64
import resource
import socket
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from playout.icecast import run
from playout.mounts import STANDARD, icecast_port

FRAMES = b"\xff\xfb\x90\x64" * 400
COME = 60


@pytest.fixture
def full_house(make_settings):
    """A station for two listeners a mount, and its Icecast, which began with few files."""
    settings = make_settings('[station]\nchannels = ["One"]\n[icecast]\nmax_listeners = 2\n')
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft // 2, hard))
    running = None
    try:
        running = run(settings)
        yield settings, running
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if running is not None:
            running.stop()


def asked(address, request):
    """A connection that has asked, and the first line of its answer."""
    connection = socket.create_connection(address, 5)
    connection.sendall(request.encode() + b"\r\n\r\n")
    return connection, connection.recv(200).partition(b"\r\n")[0].decode()


def source(address, password, path):
    """An engine on a mount, and what Icecast answered it."""
    who = base64.b64encode(f"source:{password}".encode()).decode()
    connection, answer = asked(
        address, f"SOURCE {path} HTTP/1.0\r\nAuthorization: Basic {who}\r\nContent-Type: audio/mpeg"
    )
    threading.Thread(target=_sound, args=(connection,), daemon=True).start()
    return connection, answer


def _sound(connection):
    with suppress(OSError):
        while True:
            connection.sendall(FRAMES)
            time.sleep(0.1)


def come(held, address, path):
    """Far more listeners than there are places for, who stay; what each was answered."""
    answers = []
    for _ in range(COME):
        listener, answer = asked(address, f"GET {path} HTTP/1.0")
        held.callback(listener.close)
        answers.append(answer)
    return answers


def test_it_may_open_as_many_files_as_the_machine_lets_it(full_house):
    limits = Path(f"/proc/{full_house[1].pid}/limits").read_text()
    soft, hard = limits.partition("Max open files")[2].split()[:2]
    assert soft == hard


def test_an_engine_comes_back_while_every_listener_s_place_is_taken(full_house):
    settings, _ = full_house
    address = settings.icecast.host, icecast_port(settings)
    password = settings.secrets.icecast_source
    channel = STANDARD.path(0)
    with ExitStack() as held:
        fallback, _ = source(address, password, STANDARD.fallback_path)
        held.callback(fallback.close)
        engine, answer = source(address, password, channel)
        assert "200" in answer
        time.sleep(0.5)
        answers = come(held, address, channel)
        assert ("200" in answers[0], "403" in answers[-1]) == (True, True)
        engine.close()
        time.sleep(0.5)
        come(held, address, channel)  # onto the fallback, and into the engine's own place
        engine, answer = source(address, password, channel)
        held.callback(engine.close)
        assert "200" in answer
