"""A passkey is a key that never leaves a person's device: it signs what the station asks.

The station keeps its public half. A passkey answers each challenge once.
"""

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station import ways_in
from station.challenges import answered, in_doubt, new_challenge, sealed
from station.db import Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.members import Person
from station.rights import clean_text
from station.settings import Settings

LONGEST_NAME = 60
MOST_PASSKEYS = 10


class Passkey(Base):
    """One device's key; `challenged_at` is when the newest question that it answered was made."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    public_key: Mapped[str]
    sign_count: Mapped[int]
    name: Mapped[str]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    challenged_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Site:
    """Whom passkeys are for: the host of the pages, and their whole origin."""

    host: str
    origin: str


def site_of(settings: Settings) -> Site | None:
    """Where passkeys work; nowhere when the pages have no name, or a name without TLS.

    W3C Web Authentication, level 3: the relying party's id is a domain, and its page is a secure
    context, which is TLS or `localhost`.
    """
    parts = urlsplit(settings.web_url)
    host = parts.hostname or ""
    if _is_address(host) or (parts.scheme != "https" and host != "localhost"):
        return None
    return Site(host, f"{parts.scheme}://{parts.netloc}")


def of(session: Session, person_id: int) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    query = sa.select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    return list(session.scalars(query))


def question_for_new(
    session: Session, settings: Settings, site: Site, person: Person, bound: str, now: datetime
) -> str:
    """What a browser is asked so that it makes a passkey, as JSON; `bound` names its session."""
    import webauthn
    from webauthn.helpers import structs

    chosen = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=settings.station.name,
        # It says nothing about the person to who finds it on a device.
        user_id=sealed(settings, f"person {person.id}"),
        user_name=person.email,
        user_display_name=person.name,
        challenge=new_challenge(settings, bound, now),
        authenticator_selection=chosen,
        exclude_credentials=_named(of(session, person.id)),
    )
    return webauthn.options_to_json(options)


def question(
    settings: Settings, site: Site, bound: str, now: datetime, which: Sequence[Passkey] = ()
) -> str:
    """What a browser is asked so that a passkey answers, as JSON: any, or one of `which`."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=new_challenge(settings, bound, now),
        allow_credentials=_named(which),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def add(
    session: Session,
    settings: Settings,
    site: Site,
    person: Person,
    answer: str,
    name: str,
    bound: str,
    now: datetime,
) -> Passkey:
    """Keep the passkey that a browser made, and tell its owner.

    Raises WrongInput `passkey-wrong` or `passkeys-many`.
    """
    import webauthn
    from webauthn.helpers import bytes_to_base64url

    name = clean_text(name, _("name"), LONGEST_NAME)
    challenge, issued_at = answered(settings, answer, bound, now)
    if len(of(session, person.id)) >= MOST_PASSKEYS:
        raise WrongInput("passkeys-many", most=MOST_PASSKEYS)
    with in_doubt():
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    passkey = Passkey(
        credential_id=bytes_to_base64url(found.credential_id),
        person_id=person.id,
        public_key=bytes_to_base64url(found.credential_public_key),
        sign_count=found.sign_count,
        name=name,
        added_at=now,
        challenged_at=issued_at,
    )
    session.add(passkey)
    try:
        session.flush()
    except sa.exc.IntegrityError:
        raise WrongInput("passkey-wrong") from None
    ways_in.tell_passkey_added(session, settings, person, name, now)
    return passkey


def use(
    session: Session, settings: Settings, site: Site, answer: str, bound: str, now: datetime
) -> Passkey:
    """The passkey that answered, which can't answer the same again.

    Raises WrongInput `passkey-wrong`.
    """
    import webauthn
    from webauthn.helpers import base64url_to_bytes

    challenge, issued_at = answered(settings, answer, bound, now)
    passkey = session.scalars(
        sa.select(Passkey).where(Passkey.credential_id == str(json.loads(answer).get("id")))
    ).first()
    if passkey is None:
        raise WrongInput("passkey-wrong")
    with in_doubt():
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    unanswered = (Passkey.id == passkey.id, Passkey.challenged_at < issued_at)
    after = {"challenged_at": issued_at, "used_at": now, "sign_count": found.new_sign_count}
    if not compare_and_set(session, Passkey, *unanswered, **after):
        raise WrongInput("passkey-wrong")
    return passkey


def rename(session: Session, passkey_id: int, person_id: int, name: str) -> Passkey:
    """Call a passkey something else. Raises Refusal `passkey-gone`."""
    passkey = _mine(session, passkey_id, person_id)
    passkey.name = clean_text(name, _("name"), LONGEST_NAME)
    return passkey


def remove(
    session: Session, settings: Settings, passkey_id: int, person: Person, now: datetime
) -> Passkey:
    """Let a passkey work no more, and tell its owner. Raises Refusal `passkey-gone`."""
    passkey = _mine(session, passkey_id, person.id)
    session.delete(passkey)
    ways_in.tell_passkey_removed(session, settings, person, passkey.name, now)
    return passkey


def _mine(session: Session, passkey_id: int, person_id: int) -> Passkey:
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.person_id != person_id:
        raise Refusal("passkey-gone")
    return passkey


def _named(passkeys: Sequence[Passkey]) -> list[Any]:
    from webauthn.helpers import base64url_to_bytes, structs

    ids = [base64url_to_bytes(one.credential_id) for one in passkeys]
    return [structs.PublicKeyCredentialDescriptor(id=each) for each in ids]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
