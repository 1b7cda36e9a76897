"""What the API's tests may ask for: a full station, and programs with a token and without."""

import pytest

from station import tokens
from station.tokens import Scope


@pytest.fixture
def bearer(database, seeded, now):
    """Makes the header that shows a new token of the operator's."""

    def made(scope=Scope.ACT):
        with database.writing() as session:
            _, secret = tokens.make(session, seeded.operator, "The lamp", scope, now)
        return {"Authorization": f"Bearer {secret}"}

    return made


@pytest.fixture
def program(app):
    """A program without a browser's cookies."""
    return app.test_client(use_cookies=False)
