"""A visitor loads pages and sends the forms that are on them, like a browser without scripts."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FORM = re.compile(r"<form[^>]*action=\"([^\"]*)\".*?</form>", re.DOTALL)
HIDDEN = re.compile(r"<input type=\"hidden\" name=\"(\w+)\" value=\"([^\"]*)\"")


@dataclass
class Visitor:
    """Somebody at a browser; `page` is what it shows."""

    client: FlaskClient
    page: str = ""
    forms: dict[str, dict[str, str]] = field(default_factory=dict)

    def open(self, path: str) -> TestResponse:
        answer = self.client.get(path, follow_redirects=True)
        self._read(answer)
        return answer

    def send(self, action: str, follow: bool = True, **fields: Any) -> TestResponse:
        """Send the form on this page that has an action, with what is typed into it."""
        answer = self.client.post(
            action, data={**self.forms[action], **fields}, follow_redirects=follow
        )
        self._read(answer)
        return answer

    def enter(self, link: str) -> TestResponse:
        """Open a sign-in link and press its button."""
        self.open(link)
        return self.send(link)

    def _read(self, answer: TestResponse) -> None:
        if answer.mimetype != "text/html":
            return
        self.page = html.unescape(answer.text)
        self.forms = {
            html.unescape(form[1]): dict(HIDDEN.findall(form[0]))
            for form in FORM.finditer(answer.text)
        }
