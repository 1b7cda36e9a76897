"""Over HTTP, too: however many press a button at once, nobody sees an error page."""

import html
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar

import pytest
import sqlalchemy as sa
import waitress

from station import books, signin
from station.ledger import held
from station.market import gifts, sales
from station.market.offers import Offer
from tests.web.visitor import FORM, HIDDEN
from web.app import create_app

WEEKS = ["2026-W49", "2026-W50"]
THREADS = 16


class Browser:
    """One person's browser: it keeps cookies, follows links, and sends the forms it was shown."""

    def __init__(self, address):
        self.address = address
        self.cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(self.cookies)

    def ask(self, path, fields=None):
        """The status and the page of a request."""
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        asked = urllib.request.Request(self.address + path, body)
        try:
            with self.opener.open(asked, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def form(self, path, action):
        """The hidden fields of the form on a page that has an action."""
        _, page = self.ask(path)
        forms = {html.unescape(one[1]): dict(HIDDEN.findall(one[0])) for one in FORM.finditer(page)}
        found = [fields for name, fields in forms.items() if re.match(action + r"(\?|$)", name)]
        assert found, f"no form {action} on {path}, only {sorted(forms)}"
        return found[0]

    def press(self, action, fields):
        return self.ask(action, fields)[0]


@pytest.fixture
def served(settings, database, now):
    """The station's pages, served by waitress as they are in earnest."""
    app = create_app(settings, database, lambda: now)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(lambda: waitress.wasyncore.close_all(server._map))
    thread.join()


@pytest.fixture
def browser_of(served, database, now):
    def enter(person):
        with database.writing() as session:
            link = f"/signin/{signin.new_link(session, person, now)}"
        browser = Browser(served)
        status, _ = browser.ask(link, browser.form(link, link))
        assert status == 200
        return browser

    return enter


def press_together(presses):
    """What each press is answered, when all are pressed at once."""
    together = threading.Barrier(len(presses))

    def press(one):
        browser, action, fields = one
        together.wait(30)
        return browser.press(action, fields)

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


def test_nobody_who_presses_at_once_sees_an_error_page(
    database, settings, now, admit_member, browser_of
):
    janet, peter = admit_member("Janet"), admit_member("Peter")
    buyers = [admit_member(f"Buyer{n}") for n in range(4)]
    with database.writing() as session:
        (first,), (second,) = (held(session, janet.account_id, week) for week in WEEKS)
        sale = sales.sell(session, settings, [first.id], janet.account_id, 150_00, now)
        gift = gifts.give(session, settings, [second.id], janet.account_id, peter.email, now).offer
    presses = []
    for buyer in buyers:
        browser, action = browser_of(buyer), f"/market/offers/{sale.id}/buy"
        # Everybody presses twice, as impatient people do.
        presses += [(browser, action, browser.form("/market/", action))] * 2
    browser, action = browser_of(peter), f"/member/offers/{gift.id}/accept"
    presses += [(browser, action, browser.form("/member/", action))] * 3
    browser = browser_of(janet)
    for offer in (sale, gift):
        action = f"/member/offers/{offer.id}/withdraw"
        presses += [(browser, action, browser.form("/member/", action))] * 2
    answers = Counter(press_together(presses))
    assert set(answers) <= {200, 409}
    with database.reading() as session:
        states = sorted(session.scalars(sa.select(Offer.state)))
        assert states in (
            ["accepted", "reserved"],
            ["accepted", "withdrawn"],
            ["reserved", "withdrawn"],
            ["withdrawn", "withdrawn"],
        )
        assert books.verify(session) == []
