"""What goes wrong is told in words that carry no more than they must."""

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from playout.alarms.book import Trouble
from playout.alarms.telling import tell
from playout.attempts import Attempts
from station.alarms import AlarmKind
from station.errors import Fault


def test_what_could_not_be_sent_is_not_shown_in_the_log():
    def sign_in():
        "geheim\N{LATIN SMALL LETTER E WITH ACUTE}".encode("ascii")

    with capture_logs() as told:
        assert not Attempts().attempt("mail", sign_in)
    (line,) = told
    assert line["problem"].startswith("UnicodeEncodeError: ")
    assert "geheim" not in str(line)


@pytest.mark.parametrize("address", ["http://u:s3cret@host/", "http://host/s3cret topic"])
def test_a_webhook_that_cant_be_used_does_not_show_its_secret(settings, address):
    unusable = replace(settings, alarms=replace(settings.alarms, webhook=address))
    with pytest.raises(Fault, match="the webhook's address can't be used") as fault:
        tell(unusable, "webhook", [Trouble(AlarmKind.TEST, None, "", 0, 0)])
    assert "s3cret" not in str(fault.value)
