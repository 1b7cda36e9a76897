"""A member records in the page: whatever happens meanwhile, what was said is not lost."""

import re
from datetime import UTC, datetime

from media.worker import Worker
from station import jobs
from station.recordings import RecordingState, stored_at
from tests.media import sounds
from tests.web.uploads import recordings_in

# What a phone does to a recording when a call comes: the microphone falls silent.
HOLD_STREAM = """
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => (window.stream = await ask(wanted));
"""
CALL = "stream.getAudioTracks()[0].dispatchEvent(new Event('mute'))"


def broken(page):
    """What axe-core finds on the page as it is at the moment."""
    return page.evaluate("axe.run().then((found) => found.violations.map((one) => one.id))")


def press(page, name):
    page.locator(".recorder:visible").first.get_by_role("button", name=name, exact=True).click()


def said(page):
    return page.locator(".recorder:visible [role=status]").first


def send(page):
    form = page.locator("form.main").first
    form.locator("input[name=title]").fill("The river")
    form.get_by_label("You may air this").check()
    form.get_by_role("button", name="Send it").click()
    page.locator("p.done", has_text="We have your recording").wait_for()


def seconds_of(file):
    """How much sound a file holds: a recording that is cut off says nothing of its length."""
    return len(sounds.decoded(file)) / 48_000


def checked(settings, database):
    """The one recording that was sent, once the worker has accepted it."""
    with Worker.of(settings, database) as worker:
        assert jobs.work_once(database, worker.duties(), lambda: datetime.now(UTC))
    (recording,) = recordings_in(database)
    assert recording.state == RecordingState.ACCEPTED
    return recording


def test_a_recording_is_paused_stops_at_its_slots_end_and_is_made_again(
    phone, link, settings, database
):
    with phone.opened(link()) as page:
        page.add_init_script(HOLD_STREAM)
        page.reload()
        press(page, "Record it here")
        page.wait_for_timeout(1500)
        assert page.locator(".recorder meter:visible").evaluate("(one) => one.value") > 0.2
        press(page, "Pause")
        left = page.locator(".recorder .lamp:visible").inner_text()
        page.wait_for_timeout(700)
        assert page.locator(".recorder .lamp:visible").inner_text() == left
        assert left == "0:04 left"
        assert broken(page) == []
        press(page, "Go on")
        page.evaluate(CALL)
        other = page.context.new_page()
        other.goto(page.url)
        other.wait_for_timeout(300)
        press(page, "Go on")
        assert other.locator("#kept").is_hidden()
        other.close()
        said(page).get_by_text("Your recording of 0:05 is in the form.").wait_for()
        press(page, "Record it again")
        page.wait_for_timeout(3600)
        press(page, "Stop")
        said(page).get_by_text("Your recording of 0:03 is in the form.").wait_for()
        send(page)
        page.reload()
        page.wait_for_timeout(300)
        assert page.locator("#kept").is_hidden()
    assert checked(settings, database).codes == []


def test_a_browser_killed_in_mid_recording_loses_at_most_the_last_second(
    phone, link, settings, database
):
    with phone.opened(link()) as page:
        press(page, "Record it here")
        # Of 5.8 seconds more than 3.8 are over then.
        page.locator(".recorder").get_by_text("0:01 left").wait_for()
        phone.kill()
    with phone.opened(link()) as page:
        kept = page.locator("#kept")
        kept.get_by_text(re.compile("A recording of 0:0[2-5], from .*, was not sent.")).wait_for()
        assert broken(page) == []
        kept.get_by_role("button", name="Send it").click()
        page.get_by_text("Sending this costs about").wait_for()
        send(page)
        assert page.locator("#kept").is_hidden()
    recording = checked(settings, database)
    assert seconds_of(stored_at(settings.media_folder, recording.upload_sha256)) > 2.8


def test_whoever_refuses_the_microphone_is_told_what_to_do(phone, link):
    with phone.opened(link(), allowed=False) as page:
        press(page, "Record it here")
        said(page).get_by_text("Your browser may not use the microphone.").wait_for()


def test_without_a_recorder_the_page_offers_none(phone, link):
    with phone.opened(link()) as page:
        page.add_init_script("delete window.MediaRecorder")
        page.reload()
        assert page.locator("form.main input[name=file]").first.is_visible()
        assert page.get_by_role("button", name="Record it here").count() == 0
