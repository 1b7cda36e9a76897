"""The member's page: the one card that matters lies open, and what was wished is wished anew."""

import gzip
import re

import pytest

from station.rights import cutoff, open_request
from station.wishes import Wish
from tests.web.uploads import WEEK
from web.filters import STATIC
from web.member.page import MOST_WHOLE

STYLE = STATIC / "air.css"
MOST_BYTES = 14_000


def unfolded(page):
    """The rights whose cards lie open."""
    return [int(right) for right in re.findall(r'id="right-(\d+)" open', page)]


def test_what_is_to_be_sent_first_lies_open_and_all_else_is_folded(sender, right):
    sender.open("/member/")
    assert unfolded(sender.page) == [right.id]
    assert sender.page.count('class="card right"') == 4


def test_a_card_that_was_just_dealt_with_lies_open(sender, right, send, right_of, thandi):
    sender.open("/member/")
    send()
    assert unfolded(sender.page) == [right.id]
    sender.open("/member/")
    assert unfolded(sender.page) == [right_of(thandi, "2026-W50").id]


def test_what_is_refused_lies_open_with_what_was_typed(sender, right_of, thandi):
    later = right_of(thandi, "2026-W50")
    sender.open("/member/")
    sender.send(f"/member/rights/{later.id}/gift", email="nobody@example.org")
    assert unfolded(sender.page) == [later.id]
    assert 'value="nobody@example.org"' in sender.page


def test_who_looks_far_ahead_has_rows_that_lead_to_the_later_cards(signed_in, admit_member):
    visitor = signed_in(admit_member("Bongi", weeks=52))
    page = visitor.open("/member/?weeks=53").data
    assert len(gzip.compress(page)) + len(gzip.compress(STYLE.read_bytes())) < MOST_BYTES
    assert visitor.page.count('class="card right"') == MOST_WHOLE
    assert "Show more weeks" not in visitor.page
    rows = re.findall(r'<li><a href="(/member/\?[^"#]*)#right-(\d+)', visitor.page)
    assert len(rows) == 52 - MOST_WHOLE
    path, right_id = rows[-1]
    visitor.open(path)
    assert unfolded(visitor.page) == [int(right_id)]


@pytest.fixture
def wished(database, right):
    def found():
        with database.reading() as session:
            return open_request(session, right.id).wished

    return found


def test_a_wish_is_changed_and_nothing_is_sent_again(send, accept, sender, right, wished):
    sender.open("/member/")
    send(daypart="breakfast")
    accept()
    sender.open("/member/")
    action = f"/member/rights/{right.id}/wishes"
    assert '<option value="breakfast" selected>' in sender.page
    sender.send(action, moment="2026-12-02T18:35", minutes="30")
    assert wished() == [Wish(moment="2026-12-02T18:35", minutes=30)]
    assert 'value="2026-12-02T18:35"' in sender.page
    sender.send(action)
    assert wished() == []


def test_a_wish_for_another_week_or_for_nothing_is_refused(sender, send, right, right_of, thandi):
    sender.open("/member/")
    send()
    action = f"/member/rights/{right.id}/wishes"
    assert sender.send(action, moment="2026-12-20T18:35").status_code == 422
    assert f"The moment you wish for is not in week {WEEK}." in sender.page
    other = right_of(thandi, "2026-W50")
    token = sender.forms[action]
    empty = sender.client.post(f"/member/rights/{other.id}/wishes", data=token)
    assert empty.status_code == 409
    assert "Send a recording or choose silence first." in empty.text


def test_when_its_week_has_closed_a_wish_stays_as_it_is(sender, send, right, clock, settings):
    sender.open("/member/")
    send()
    form = sender.forms[f"/member/rights/{right.id}/wishes"]
    clock.now = cutoff(right.parsed_week(settings.zone), settings)
    answer = sender.client.post(f"/member/rights/{right.id}/wishes", data=form)
    assert answer.status_code == 409
