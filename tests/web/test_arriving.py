"""A recording arrives in chunks: what the protocol says, and what the form then makes of it."""

import base64
import hashlib
from datetime import timedelta

import pytest

from media import store
from media.sweep import sweep_arrivals
from station.arrivals import KEPT, MOST_UNUSED, Arrival, clear_old
from station.recordings import stored_at
from tests.web.uploads import VOICE, filled, recordings_in
from web.upload import LARGEST_A_DAY

START = "/member/arriving/"
CHUNK = 4000
NAME = base64.b64encode(b"PTT-7.opus").decode()


class Sender:
    """A browser's script that sends a file in chunks."""

    def __init__(self, visitor):
        self.client = visitor.client
        self.token = next(iter(visitor.forms.values()))["csrf_token"]

    def ask(self, method, path, data=None, **headers):
        said = {name.replace("_", "-"): str(text) for name, text in headers.items()}
        known = {"Tus-Resumable": "1.0.0", "X-CSRFToken": self.token}
        return self.client.open(path, method=method, data=data, headers={**known, **said})

    def begin(self, size=None):
        headers = {"Upload_Length": size or len(VOICE), "Upload_Metadata": f"filename {NAME}"}
        return self.ask("POST", START, **headers).headers["Location"]

    def chunk(self, path, offset, data, **headers):
        kind = "application/offset+octet-stream"
        return self.ask("PATCH", path, data, Content_Type=kind, Upload_Offset=offset, **headers)

    def whole(self, content=VOICE):
        path = self.begin(len(content))
        for start in range(0, len(content), CHUNK):
            self.chunk(path, start, content[start : start + CHUNK])
        return path.rpartition("/")[2]


@pytest.fixture
def phone(sender):
    return Sender(sender)


def test_what_is_spoken_is_told(phone):
    answer = phone.ask("OPTIONS", START)
    assert answer.headers["Tus-Extension"] == "creation,checksum,expiration,termination"
    assert answer.headers["Tus-Max-Size"] == "64000000"
    wrong = phone.ask("POST", START, Tus_Resumable="0.2.2", Upload_Length=1)
    assert (wrong.status_code, wrong.headers["Tus-Version"]) == (412, "1.0.0")


def test_a_file_goes_on_where_it_was_cut_off(phone):
    path = phone.begin()
    assert phone.chunk(path, 0, VOICE[:CHUNK]).headers["Upload-Offset"] == str(CHUNK)
    # What is sent again, or too far on, is taken neither.
    for offset in (0, CHUNK + 1):
        assert phone.chunk(path, offset, VOICE[offset : offset + CHUNK]).status_code == 409
    told = phone.ask("HEAD", path)
    assert (told.status_code, told.headers["Upload-Offset"]) == (200, str(CHUNK))
    assert told.headers["Upload-Length"] == str(len(VOICE))
    assert "no-store" in told.headers["Cache-Control"]
    assert phone.chunk(path, CHUNK, VOICE[CHUNK:]).status_code == 204


def test_what_arrived_becomes_the_recording_of_the_form(phone, send, database, settings):
    key = phone.whole()
    answer = send(file=None, arrival=key)
    assert "We have your recording (10 kB) and are checking it." in answer.text
    (recording,) = recordings_in(database)
    sha256 = hashlib.sha256(VOICE).hexdigest()
    assert (recording.file_name, recording.upload_sha256) == ("PTT-7.opus", sha256)
    assert stored_at(settings.media_folder, sha256).read_bytes() == VOICE
    assert not list((settings.media_folder / "arrivals").iterdir())


def test_a_form_with_an_arrival_that_is_sent_twice_acts_once(phone, sender, right, database):
    action = f"/member/rights/{right.id}/recording"
    form = {**sender.forms[action], **filled(file=None, arrival=phone.whole())}
    answers = [sender.client.post(action, data=form, follow_redirects=True) for _ in range(2)]
    # Whoever switched the script off between the two sends the file itself.
    del form["arrival"]
    answers.append(sender.client.post(action, data={**form, **filled()}, follow_redirects=True))
    for answer in answers:
        assert "We have your recording" in answer.text
    assert len(recordings_in(database)) == 1


def test_a_file_that_has_not_arrived_whole_is_no_recording_yet(phone, send, database):
    path = phone.begin()
    phone.chunk(path, 0, VOICE[:CHUNK])
    answer = send(file=None, arrival=path.rpartition("/")[2])
    assert answer.status_code == 409
    assert f"{CHUNK} of {len(VOICE)} bytes of this recording have arrived." in answer.text
    assert recordings_in(database) == []


@pytest.mark.parametrize(
    ("size", "status", "sentence"),
    [(64_000_001, 413, "at most 64 MB can be sent"), (0, 422, "The file is empty")],
)
def test_the_limits_are_those_of_the_form(size, status, sentence, phone):
    answer = phone.ask("POST", START, Upload_Length=size)
    assert answer.status_code == status
    assert sentence in answer.text


def test_a_member_sends_so_much_a_day_and_nothing_fills_the_disk(phone, clock, monkeypatch, send):
    for _ in range(LARGEST_A_DAY):
        assert phone.ask("POST", START, Upload_Length=64_000_000).status_code == 201
        clock.now += timedelta(hours=2)
    for answer in (phone.ask("POST", START, Upload_Length=1), send()):
        assert answer.status_code == 413
        assert "We take 640 MB from one person in a day" in answer.text
    clock.now += timedelta(hours=4)
    assert phone.ask("POST", START, Upload_Length=64_000_000).status_code == 201
    monkeypatch.setattr(store, "LEAST_FREE_BYTES", 1 << 60)
    full = phone.ask("POST", START, Upload_Length=1)
    assert full.status_code == 507
    assert "The station has no room for recordings at the moment." in full.text


def test_more_than_was_announced_is_not_taken(phone):
    path = phone.begin(10)
    assert phone.chunk(path, 0, VOICE[:11]).status_code == 413
    assert phone.ask("HEAD", path).headers["Upload-Offset"] == "0"


def test_a_chunk_that_was_garbled_on_its_way_is_asked_for_again(phone):
    path = phone.begin()
    digest = base64.b64encode(hashlib.sha256(VOICE[:CHUNK]).digest()).decode()
    garbled = phone.chunk(path, 0, VOICE[1 : CHUNK + 1], Upload_Checksum=f"sha256 {digest}")
    assert garbled.status_code == 460
    right = phone.chunk(path, 0, VOICE[:CHUNK], Upload_Checksum=f"sha256 {digest}")
    assert right.headers["Upload-Offset"] == str(CHUNK)


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {"Upload_Length": "a lot"}, 400),
        ("POST", {"Upload_Length": 5, "X_CSRFToken": "none"}, 400),
        ("POST", {"Upload_Length": 5, "Upload_Metadata": "filename %%%"}, 201),
        ("PATCH", {"Upload_Offset": 0}, 415),
    ],
)
def test_what_the_protocol_does_not_say_is_refused(method, headers, status, phone):
    path = START if method == "POST" else phone.begin()
    assert phone.ask(method, path, **headers).status_code == status


def test_nobody_else_sees_or_changes_what_arrives(phone, signed_in, admit_member, send, right):
    path = phone.begin()
    other = Sender(signed_in(admit_member("Sipho")))
    answers = [other.ask(method, path) for method in ("HEAD", "DELETE")]
    answers.append(other.chunk(path, 0, VOICE))
    assert [answer.status_code for answer in answers] == [404] * 3
    assert phone.ask("HEAD", path).headers["Upload-Offset"] == "0"
    assert phone.ask("DELETE", path).status_code == 204
    assert phone.ask("HEAD", path).status_code == 404


def test_what_nobody_goes_on_with_is_forgotten(phone, clock, database, settings):
    path = phone.begin()
    phone.chunk(path, 0, VOICE[:CHUNK])
    for _ in range(MOST_UNUSED):
        clock.now += timedelta(minutes=1)
        newest = phone.begin()
        phone.chunk(newest, 0, VOICE[:CHUNK])
    here = settings.media_folder / "arrivals"
    assert len(list(here.iterdir())) == MOST_UNUSED + 1
    assert phone.ask("HEAD", path).status_code == 404
    with database.reading() as session:
        assert session.query(Arrival).count() == MOST_UNUSED
        assert sweep_arrivals(session, settings.media_folder) == 1
    clock.now += KEPT
    assert phone.ask("HEAD", newest).status_code == 200
    phone.chunk(newest, CHUNK, VOICE[CHUNK : 2 * CHUNK])
    with database.writing() as session:
        assert clear_old(session, clock.now) == MOST_UNUSED - 1
        assert sweep_arrivals(session, settings.media_folder) == MOST_UNUSED - 1
    clock.now += KEPT + timedelta(seconds=1)
    assert phone.ask("HEAD", newest).status_code == 404
    with database.writing() as session:
        assert clear_old(session, clock.now) == 1
        assert sweep_arrivals(session, settings.media_folder) == 1
    assert not list(here.iterdir())


def test_a_power_cut_that_kept_less_than_was_noted_is_noticed(phone, settings, send):
    path = phone.begin()
    phone.chunk(path, 0, VOICE[:CHUNK])
    (file,) = (settings.media_folder / "arrivals").iterdir()
    file.write_bytes(VOICE[:100])
    assert phone.ask("HEAD", path).headers["Upload-Offset"] == "100"
    assert phone.chunk(path, 100, VOICE[100:]).status_code == 204
    assert send(file=None, arrival=path.rpartition("/")[2]).status_code == 200
