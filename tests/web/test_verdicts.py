from station.rights import open_request
from tests.web.seed import LOUD


def test_the_verdict_is_read_on_the_page(send, sender, accept):
    send()
    accept()
    sender.open("/member/")
    assert LOUD in sender.page
    assert "“The river” is ready to air." in sender.page


def test_the_piece_is_heard_whole_and_in_parts(send, sender, accept, right):
    send()
    accept()
    path = f"/member/rights/{right.id}/piece"
    with sender.client.get(path) as piece:
        assert (piece.status_code, piece.mimetype) == (200, "audio/mpeg")
        assert "private" in piece.headers["Cache-Control"]
        whole = piece.data
    with sender.client.get(path, headers={"Range": "bytes=3-10"}) as part:
        assert (part.status_code, part.data) == (206, whole[3:11])
        assert part.headers["Content-Range"] == f"bytes 3-10/{len(whole)}"


def test_a_rejected_take_says_why_and_what_to_do(send, sender, reject):
    send()
    reject("We can't hear anything in it: please record it again.")
    sender.open("/member/")
    assert "We can't hear anything in it: please record it again." in sender.page
    assert "Send another before Friday 27 November, 24:00 (in 6 days)." in sender.page


def test_an_earlier_good_take_stays_when_a_new_one_cannot_air(
    send, sender, accept, reject, database, right
):
    send()
    first = accept()
    sender.open("/member/")
    send(title="The river, again")
    reject("Too quiet.")
    sender.open("/member/")
    assert "Your newer recording can't air; the earlier one stays." in sender.page
    with database.reading() as session:
        request = open_request(session, right.id)
        assert request is not None
        assert request.recording_id == first.id


def test_a_piece_is_heard_by_its_holder_only(send, accept, right, signed_in, admit_member, nobody):
    send()
    accept()
    path = f"/member/rights/{right.id}/piece"
    assert signed_in(admit_member("Sipho")).open(path).status_code == 403
    assert nobody.open(path).request.path == "/signin"


def test_there_is_nothing_to_hear_before_the_check(send, sender, right):
    send()
    assert sender.open(f"/member/rights/{right.id}/piece").status_code == 403
