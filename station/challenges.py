"""What a passkey is asked carries its own time and seal; nothing is kept until it answers."""

import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from station.errors import WrongInput
from station.settings import Settings

CHALLENGE_LASTS = timedelta(minutes=30)
ISSUED_BYTES = 8
NONCE_BYTES = 16


def new_challenge(settings: Settings, bound: str, now: datetime) -> bytes:
    """When it was made, something random, and the seal of both for whom it was made."""
    made = round(now.timestamp() * 1000).to_bytes(ISSUED_BYTES) + secrets.token_bytes(NONCE_BYTES)
    return made + sealed(settings, f"challenge {bound} {made.hex()}")


def answered(settings: Settings, answer: str, bound: str, now: datetime) -> tuple[bytes, datetime]:
    """The challenge that an answer is to, which is one of ours, and when it was made.

    Raises WrongInput `passkey-wrong`.
    """
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json

    with in_doubt():
        said = json.loads(answer)["response"]["clientDataJSON"]
        challenge = parse_client_data_json(base64url_to_bytes(said)).challenge
    made, seal = challenge[: ISSUED_BYTES + NONCE_BYTES], challenge[ISSUED_BYTES + NONCE_BYTES :]
    if not hmac.compare_digest(seal, sealed(settings, f"challenge {bound} {made.hex()}")):
        raise WrongInput("passkey-wrong")
    issued_at = datetime.fromtimestamp(int.from_bytes(made[:ISSUED_BYTES]) / 1000, UTC)
    if issued_at + CHALLENGE_LASTS < now:
        raise WrongInput("passkey-wrong")
    return challenge, issued_at


@contextmanager
def in_doubt() -> Iterator[None]:
    """Whatever a stranger's answer breaks, the answer is wrong."""
    try:
        yield
    except Exception:  # noqa: BLE001  the library names what it raises for some answers only
        raise WrongInput("passkey-wrong") from None


def sealed(settings: Settings, words: str) -> bytes:
    """What only this station can make of some words: their HMAC-SHA-256, 32 bytes."""
    return hmac.digest(settings.secrets.session_key.encode(), words.encode(), "sha256")
