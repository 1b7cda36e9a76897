"""What another program shares waits for its form: in the browser, or with us where it can't."""

import io
import json
import re

import pytest

from station.arrivals import Arrival
from tests.web.uploads import VOICE, filled, recordings_in, voice

NAME = "PTT-20261121-WA0007.opus"
MOST_SHARED = 4
OFFLINE = "/offline?language=en"

# What a phone does when a voice note is shared into the installed page.
SHARE = """([bytes, name]) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/member/share", enctype: "multipart/form-data" });
  const input = Object.assign(document.createElement("input"), { type: "file", name: "file" });
  const shared = new DataTransfer();
  shared.items.add(new File([new Uint8Array(bytes)], name, { type: "audio/ogg" }));
  input.files = shared.files;
  form.append(input);
  document.body.append(form);
  form.submit();
}"""


def arrivals_in(database):
    with database.reading() as session:
        return [(one.file_name, one.size_bytes) for one in session.query(Arrival)]


def share(page, name):
    page.evaluate(SHARE, [list(VOICE), name])
    page.get_by_text("There is no network just now.").wait_for()


def chosen(page):
    return page.evaluate("document.querySelector('form.main input[name=file]').files.length")


def test_a_shared_voice_note_waits_in_the_browser_even_without_a_network(phone, link, database):
    with phone.opened(link()) as page:
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        # A browser offers it for a page that can be installed, and for no other.
        page.get_by_role("button", name="Put it on my phone").wait_for()
        page.context.set_offline(True)
        # Whoever sends us more and more takes no more room with it.
        for number in range(MOST_SHARED):
            share(page, f"{number}.opus")
        share(page, NAME)
        rows = page.locator("#kept li", has_text="Another program or page gave us this recording")
        rows.nth(MOST_SHARED - 1).wait_for()
        assert rows.count() == MOST_SHARED
        page.context.set_offline(False)
        page.get_by_role("link", name="Try again").click()
        rows.nth(MOST_SHARED - 1).wait_for()
        # They are hers now: who comes after her on this phone does not see them.
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("link", name="Sign in").first.wait_for()
        page.goto("/".join(page.url.split("/")[:3]) + OFFLINE)
        page.get_by_text("There is no network just now.").wait_for()
        page.wait_for_timeout(300)
        assert page.locator("#kept").is_hidden()
        page.goto(link())
        page.click("main button")
        # Any page can give us a file: it is in no form until its member puts it there.
        page.locator("#kept").get_by_role("button", name="Send it").first.click()
        page.wait_for_url("**/member/share**")
        rows.nth(MOST_SHARED - 1).wait_for()
        assert chosen(page) == 0
        rows.first.get_by_role("button", name="Send it").click()
        page.get_by_text("Sending this costs about").wait_for()
        assert chosen(page) == 1
        assert arrivals_in(database) == []
        page.locator("input[name=title]").fill("The river")
        page.get_by_label("You may air this").check()
        page.locator("form.main").get_by_role("button", name="Send it").click()
        page.locator("p.done", has_text="We have your recording").wait_for()
    (recording,) = recordings_in(database)
    assert (recording.file_name, recording.upload_bytes) == (NAME, len(VOICE))


@pytest.fixture
def sharer(admit_member, signed_in):
    return signed_in(admit_member("Thandi"))


def shared(visitor, **form):
    return visitor.client.post("/member/share", data=form, follow_redirects=True)


def test_without_a_worker_the_station_keeps_what_is_shared_until_its_form(
    sharer, database, admit_member
):
    answer = shared(sharer, file=voice())
    assert f"Use “{NAME}”, which has arrived" in answer.text
    assert (arrivals_in(database), recordings_in(database)) == ([(NAME, len(VOICE))], [])
    sharer.open("/member/share")
    (action,) = [one for one in sharer.forms if one.endswith("/recording")]
    key = re.findall('name="arrival" value="([^"]+)"', sharer.page)[0]
    sharer.send(action, **filled(file=None, arrival=key))
    (recording,) = recordings_in(database)
    assert (recording.file_name, recording.upload_bytes) == (NAME, len(VOICE))


def test_what_is_shared_without_signing_in_reaches_nobody(nobody, database):
    answer = shared(nobody, file=voice())
    assert answer.status_code == 401
    assert "Please sign in first." in answer.text
    assert arrivals_in(database) == []


def test_nothing_that_is_shared_is_said_in_words(sharer):
    answer = shared(sharer, file=(io.BytesIO(b""), NAME))
    assert "The file is empty" in answer.text


def test_another_week_can_be_picked(sharer):
    sharer.open("/member/share")
    assert "Send it for the week of 30 November?" in sharer.page
    others = re.findall(r'href="(/member/share\?right=\d+)"', sharer.page)
    sharer.open(others[-1])
    assert others[-1] not in sharer.page
    assert f"/member/rights/{others[-1].rpartition('=')[2]}/recording" in sharer.forms


def test_the_page_can_be_installed_and_takes_voice_notes(nobody, settings):
    said = json.loads(nobody.client.get("/manifest.webmanifest").text)
    assert (said["name"], said["display"]) == (settings.station.name, "standalone")
    assert said["share_target"]["action"] == "/member/share"
    assert {"audio/*", ".opus"} <= set(said["share_target"]["params"]["files"][0]["accept"])
    for icon in said["icons"]:
        with nobody.client.get(icon["src"]) as answer:
            picture = answer.data
        side = int.from_bytes(picture[16:20], "big")
        assert (icon["sizes"], len(picture) < 6000) == (f"{side}x{side}", True)


def test_what_is_kept_for_no_network_names_nobody(sharer):
    page = sharer.client.get("/offline?language=af").text
    assert 'lang="af"' in page
    assert 'data-days="Sondag Maandag ' in page
    assert "Thandi" not in page
    assert "csrf_token" not in page


def test_whoever_has_no_week_open_is_told_that_nothing_is_lost(admit_member, signed_in):
    visitor = signed_in(admit_member("Zanele", weeks=1))
    visitor.open("/member/share")
    assert "You have no week open now." in visitor.page
    assert "stays on this phone until you have one" in visitor.page
