"""What goes wrong is told in words that carry no more than they must."""

from structlog.testing import capture_logs

from playout.attempts import Attempts


def test_what_could_not_be_sent_is_not_shown_in_the_log():
    def sign_in():
        "geheim\N{LATIN SMALL LETTER E WITH ACUTE}".encode("ascii")

    with capture_logs() as told:
        assert not Attempts().attempt("mail", sign_in)
    (line,) = told
    assert line["problem"].startswith("UnicodeEncodeError: ")
    assert "geheim" not in str(line)
