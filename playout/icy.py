"""What a listener's own player shows is told to Icecast, which puts it between the sound (ICY)."""

import base64
import http.client
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from playout.mounts import icecast_port
from station.errors import Fault
from station.settings import Settings

# Icecast reads 4,096 bytes of a request's head, and each of ours may become three in an address:
# 2.4.4 took 1,200 and hung up at 1,300. A block in the stream could hold 4,080.
LONGEST_BYTES = 1000
TIMEOUT_SECONDS = 2.0
ELLIPSIS = "…"
TYPOGRAPHIC_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"

# Whoever may turn the order of letters round, hide some, or begin another text is left out. Joiners
# stay: Persian, Sinhala and a family of emoji are written with them.
_UNSEEN = frozenset(
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063"
    "\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb"
)
_BREAKS = ("Cc", "Zl", "Zp", "Zs")
_NO_TEXT = ("Cs", "Co")
_TAGS = range(0xE0000, 0xE0080)
_NO_CHARACTERS = range(0xFDD0, 0xFDF0)
_JOINERS = "\u200c\u200d"


def clean(text: str, longest_bytes: int = LONGEST_BYTES) -> str:
    """A text on one line as players can show it, in at most so many bytes of UTF-8.

    Breaks and control characters become a space; what turns the writing round or is never seen is
    left out, and so is what is no text. An apostrophe becomes a typographic one: an upright one
    would end the title for a player, and what follows it could be an address to open.
    """
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(_as_shown(character) for character in composed)
    return _cut(" ".join(seen.split()), longest_bytes)


def _as_shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in _BREAKS:
        return " "
    number = ord(character)
    hidden = character in _UNSEEN or number in _TAGS or category in _NO_TEXT
    if hidden or number in _NO_CHARACTERS or number & 0xFFFE == 0xFFFE:  # noqa: PLR2004  Unicode's
        return ""
    return TYPOGRAPHIC_APOSTROPHE if character == "'" else character


def _cut(text: str, longest_bytes: int) -> str:
    encoded = text.encode()
    if len(encoded) <= longest_bytes:
        return text
    kept = len(encoded[: longest_bytes - len(ELLIPSIS.encode())].decode(errors="ignore"))
    while kept and _belongs_to_the_one_before(text, kept):
        kept -= 1
    return text[:kept].rstrip() + ELLIPSIS


def _belongs_to_the_one_before(text: str, index: int) -> bool:
    mark = unicodedata.category(text[index]).startswith("M")
    return mark or text[index] in _JOINERS or text[index - 1] in _JOINERS


def tell(settings: Settings, path: str, text: str) -> bool:
    """Have a mount's listeners shown a text; whether the mount has a source that it belongs to.

    Raises Fault when Icecast does not answer.
    """
    told = {"mode": "updinfo", "mount": path, "song": text, "charset": "UTF-8"}
    status, _ = ask(settings, f"/admin/metadata?{urlencode(told)}")
    return status == http.HTTPStatus.OK


def shown(settings: Settings) -> Mapping[str, str]:
    """What Icecast shows on each mount that has a source, by path; empty where nothing was told.

    Raises Fault when Icecast does not answer.
    """
    status, answer = ask(settings, "/admin/stats")
    if status != http.HTTPStatus.OK:
        raise Fault(f"Icecast does not say what it shows: {status}", permanent=False)
    try:
        sources = ET.fromstring(answer).iter("source")  # noqa: S314  our own Icecast
    except ET.ParseError as problem:
        raise Fault(f"Icecast answers nonsense: {problem}", permanent=False) from None
    return {source.get("mount", ""): source.findtext("title", "") for source in sources}


def ask(settings: Settings, address: str) -> tuple[int, bytes]:
    """Icecast's answer to its administrator: status and body.

    Raises Fault when there is none.
    """
    signed = base64.b64encode(f"admin:{settings.secrets.icecast_admin}".encode()).decode()
    connection = http.client.HTTPConnection(
        settings.icecast.host, icecast_port(settings), timeout=TIMEOUT_SECONDS
    )
    try:
        connection.request("GET", address, headers={"Authorization": f"Basic {signed}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as problem:
        raise Fault(f"Icecast does not answer: {problem!r}", permanent=False) from None
    finally:
        connection.close()
