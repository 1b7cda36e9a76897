"""Recordings arrive over real sockets: cut off again and again, by forty phones, by everybody."""

import hashlib
import http.client
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest

from station import jobs
from station.recordings import stored_at
from tests.web.sending import Cutting, form_of, served, trickle
from tests.web.uploads import VOICE, recordings_in

SEND = Path(__file__).parents[1] / "node" / "send.js"
NODE = Path(sys.executable).with_name("node")
CHUNK_BYTES = 64_000
CUTS = 10
SOUND = random.Random(7).randbytes(24 * CHUNK_BYTES + 99)
PHONES = 40
SIZE = 40_000
TRICKLE_SECONDS = 6
FETCHES = 60
TAKES = 4
START = "/member/arriving/"


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served"), PHONES) as opened:
        yield opened


def test_a_file_that_is_cut_off_ten_times_arrives_and_costs_ten_chunks_more_at_most(
    station, tmp_path
):
    sender, file = station.senders[0], tmp_path / "note.opus"
    file.write_bytes(SOUND)
    network = Cutting(station.port, 2 * CHUNK_BYTES, CUTS)
    start = f"http://127.0.0.1:{network.own_port}/member/arriving/"
    sent = subprocess.run(
        [NODE, SEND, start, file, sender.cookie, sender.token],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    network.close()
    assert sent.returncode == 0, sent.stderr
    assert network.left == 0
    # All that the phone sent is counted, what says about it included.
    assert network.sent <= len(SOUND) + CUTS * CHUNK_BYTES
    key = sent.stdout.strip().rpartition("/")[2]
    form = {"csrf_token": sender.token, "key": "cut", "arrival": key, "title": "River"}
    said = urlencode({**form, "permission": "yes"})
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(station, "POST", sender.action, sender, said, **typed)[0] == 303
    (recording,) = recordings_in(station.database)
    assert recording.upload_sha256 == hashlib.sha256(SOUND).hexdigest()
    assert recording.file_name == "PTT-7.opus"


def ask(station, method, path, sender, body=None, **headers):
    """One request on a connection of its own; its status, its headers and how long it took."""
    connection = http.client.HTTPConnection("127.0.0.1", station.port, timeout=60)
    begun = time.perf_counter()
    connection.request(method, path, body, {"Cookie": sender.cookie, **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers, time.perf_counter() - begun


def p95_seconds(station, until):
    """What a page takes at the 95th percentile, of pages that are fetched one after another."""
    taken, number = [], 0
    while number < FETCHES or not until():
        sender = station.senders[number % PHONES]
        taken.append(ask(station, "GET", ("/member/", "/")[number % 2], sender)[2])
        number += 1
    return sorted(taken)[number * 95 // 100]


def test_forty_phones_that_trickle_recordings_do_not_slow_the_pages(station):
    raw = [
        raw_form(station, sender, SOUND[:SIZE]) if number % 2 else raw_chunk(station, sender)
        for number, sender in enumerate(station.senders)
    ]
    unladen = p95_seconds(station, lambda: True)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(trickle, station.port, raw, TRICKLE_SECONDS)
        laden = p95_seconds(station, sending.done)
    assert {line.split()[1] for line in sending.result()} == {b"303", b"204"}
    # A machine that is busy with other work is slow without any phone.
    unladen = max(unladen, p95_seconds(station, lambda: True))
    assert laden <= max(0.1, 3 * unladen)


def raw_form(station, sender, content):
    body, headers = form_of(sender, "trickled", content)
    return raw_request("POST", sender.action, headers, body)


def raw_chunk(station, sender):
    said = {"X-CSRFToken": sender.token, "Tus-Resumable": "1.0.0"}
    _, begun, _ = ask(station, "POST", START, sender, **said, **{"Upload-Length": str(SIZE)})
    kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    headers = {**said, **kind, "Cookie": sender.cookie}
    return raw_request("PATCH", begun["Location"], headers, SOUND[:SIZE])


def raw_request(method, path, headers, body):
    said = {**headers, "Host": "localhost", "Content-Length": len(body), "Connection": "close"}
    head = "".join(f"{name}: {text}\r\n" for name, text in said.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def test_what_everybody_sends_at_once_is_all_received_and_waits_in_order(station):
    def send_all(sender):
        for number in range(TAKES):
            body, headers = form_of(sender, f"take-{number}", VOICE)
            yield ask(station, "POST", sender.action, sender, body, **headers)[0]

    before = len(recordings_in(station.database))
    begun = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda sender: set(send_all(sender)), station.senders))
    taken_seconds = time.perf_counter() - begun
    assert statuses == [{303}] * PHONES
    received = [str(one.id) for one in recordings_in(station.database)[before:]]
    assert len(received) == TAKES * PHONES
    # At this pace the last hour before a deadline has room for many times 1,800.
    assert 1800 * taken_seconds / len(received) < 1200
    with station.database.reading() as session:
        waiting = jobs.in_state(session, jobs.JobState.WAITING)
    by_time = sorted(waiting, key=lambda job: (job.due_at, job.id))
    assert [job.subject for job in by_time][-len(received) :] == received


def test_what_has_arrived_is_still_there_after_a_restart_and_is_sent_once(station):
    sender = station.senders[0]
    said = {"X-CSRFToken": sender.token, "Tus-Resumable": "1.0.0"}
    _, begun, _ = ask(station, "POST", START, sender, **said, **{"Upload-Length": str(SIZE)})
    kind = {"Content-Type": "application/offset+octet-stream"}
    half = SIZE // 2

    def send_chunk(start):
        where = {**said, **kind, "Upload-Offset": str(start)}
        chunk = SOUND[start : start + half]
        return ask(station, "PATCH", begun["Location"], sender, chunk, **where)[0]

    for start in (0, half):
        with ThreadPoolExecutor(4) as pool:
            # Of four that come at once, one is taken.
            assert sorted(pool.map(send_chunk, [start] * 4)) == [204, 409, 409, 409]
        station.serving.stop()
        station.serve()
    before = len(recordings_in(station.database))
    key = begun["Location"].rpartition("/")[2]
    fields = {"csrf_token": sender.token, "key": "again", "arrival": key}
    form = urlencode({**fields, "title": "River", "language": "zu", "permission": "yes"})
    typed = {"Content-Type": "application/x-www-form-urlencoded"}

    def press(_):
        return ask(station, "POST", sender.action, sender, form, **typed)[0]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, range(4))) == [303] * 4
    (recording,) = recordings_in(station.database)[before:]
    kept = stored_at(station.settings.media_folder, recording.upload_sha256)
    assert kept.read_bytes() == SOUND[:SIZE]
