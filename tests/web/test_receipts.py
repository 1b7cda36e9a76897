"""A receipt is told at once, is on the card, and finds its recording again whatever happened."""

import re

import pytest

from station import receipt_codes
from station.members import Person
from tests.web.seed import LOUD
from tests.web.uploads import recordings_in

CODE = re.compile(r"[34679CDFGHJKMNPQRTVWXY]{3}-[34679CDFGHJKMNPQRTVWXY]{3}")


@pytest.fixture
def receipt(send):
    """The receipt of a recording that was sent, as it was told."""
    return re.search(rf"Its receipt is ({CODE.pattern})\.", send().text)[1]


def test_what_became_of_a_recording_is_found_by_its_receipt(receipt, sender, accept):
    path = f"/receipt/{receipt}"
    assert f'<a href="{path}">Receipt {receipt}</a>' in sender.page
    sender.open(path)
    assert "We have it and are checking it." in sender.page
    accept()
    # As somebody types it from a scrap of paper.
    sender.open(path.lower().replace("-", " "))
    assert "It can air. Its week: ready." in sender.page
    assert LOUD in sender.page
    sender.open("/member/")
    action = next(action for action in sender.forms if action.endswith("withdrawal"))
    sender.send(action)
    sender.open(path)
    assert "It can air, and was withdrawn." in sender.page
    sender.open("/member/")
    sender.send(action.replace("withdrawal", "silence"), cause="rain")
    sender.open(path)
    assert "It can air, and something else airs in its place." in sender.page


def test_a_receipt_is_for_its_sender_and_for_operators(
    receipt, database, signed_in, admit_member, nobody
):
    sipho = admit_member("Sipho")
    other = signed_in(sipho).open(f"/receipt/{receipt}")
    assert other.status_code == 404
    assert f"There is no recording of yours with the receipt {receipt}." in other.text
    assert "with the receipt 1 2 3." in signed_in(sipho).open("/receipt/1 2 3").text
    assert nobody.open(f"/receipt/{receipt}").request.path == "/signin"
    with database.writing() as session:
        session.get_one(Person, sipho.id).operator = True
    operator = signed_in(sipho)
    assert "The river" in operator.open(f"/receipt/{receipt}").text
    operator.open(f"/desk/members/?q={receipt.lower()}")
    assert "thandi@example.org" in operator.page


def test_each_recording_has_a_receipt_of_its_own(send, database, sender):
    send()
    sender.open("/member/")
    send()
    codes = [one.receipt for one in recordings_in(database)]
    assert len(set(codes)) == 2
    assert all(CODE.fullmatch(code) for code in codes)
    assert receipt_codes.read(" " + codes[0].lower().replace("-", "")) == codes[0]
