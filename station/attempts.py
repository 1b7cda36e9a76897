"""What may be asked for only so often is counted, by the clock's hour and by who or where."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.codes import hashed
from station.db import Base, compare_and_set
from station.errors import Refusal
from station.moments import local_text
from station.settings import Settings

HOUR_SECONDS = 3600
KEPT_HOURS = 24
# The most that one subscriber of IPv6 has for itself (RFC 6177, section 2).
IPV6_SUBSCRIBER_BITS = 48


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be asked for in one hour of the clock, and what more is refused as.

    A refusal's sentence says `until` when.
    """

    kind: str
    most: int
    refusal: str = "asked-often"


# With five tries for each code, who guesses at one address finds it once in 10,000 hours.
ADDRESS = Limit("address", 20)
# Less from one place, so that nobody shuts the owner of an address out by asking for it.
ASKER = Limit("asker", 6)
# A mobile network puts thousands of phones behind one address.
NETWORK = Limit("network", 300)
# Wrong codes: with a million codes, who guesses from everywhere finds one in 3,000 hours.
WRONG_NETWORK = Limit("wrong-network", 30)
WRONG_STATION = Limit("wrong-station", 300)
EVERYBODY = "everybody"
SENT_BYTES = "sent-bytes"


class Attempts(Base):
    """How often something was tried in an hour, or how many bytes were sent.

    `hour` counts from the Unix epoch.
    """

    __tablename__ = "attempts"

    kind: Mapped[str] = mapped_column(primary_key=True)
    subject_hash: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True, index=True)
    count: Mapped[int]


def count(session: Session, limit: Limit, subject: str, settings: Settings, now: datetime) -> None:
    """Count one more attempt for an address or a network; an empty subject is not counted.

    Raises the limit's Refusal when there were as many in this hour as it allows.
    """
    if subject and not _counted(session, limit, hashed(subject), _hour(now)):
        raise Refusal(limit.refusal, until=_next_hour(settings, now))


def count_letter(
    session: Session,
    address: str,
    network: str,
    settings: Settings,
    now: datetime,
    *,
    returning: bool = False,
) -> None:
    """Count one more letter or message to an address that somebody at a network asks for.

    A browser where its owner was signed in before is `returning`: strangers, however many they
    are, leave it its own letters. Raises Refusal `asked-often`.
    """
    if returning:
        count(session, ASKER, f"{address} returning", settings, now)
        return
    count(session, NETWORK, network, settings, now)
    count(session, ASKER, f"{address} {network}", settings, now)
    count(session, ADDRESS, address, settings, now)


def require_few_wrong(session: Session, network: str, settings: Settings, now: datetime) -> None:
    """Raises Refusal `codes-guessed` after too many wrong codes of a network, or of all."""
    for limit, subject in _guessers(network):
        found = session.get(Attempts, (limit.kind, hashed(subject), _hour(now)))
        if found is not None and found.count >= limit.most:
            raise Refusal("codes-guessed", until=_next_hour(settings, now))


def count_wrong(session: Session, network: str, now: datetime) -> None:
    """Count one more wrong code that somebody at a network typed."""
    for limit, subject in _guessers(network):
        _counted(session, limit, hashed(subject), _hour(now))


def count_bytes(
    session: Session, person_id: int, size_bytes: int, most_bytes: int, now: datetime
) -> bool:
    """Count what a person sends; False when it would be more than `most_bytes` within a day."""
    subject, hour = hashed(f"person {person_id}"), _hour(now)
    sent = sa.select(sa.func.coalesce(sa.func.sum(Attempts.count), 0)).where(
        Attempts.kind == SENT_BYTES,
        Attempts.subject_hash == subject,
        Attempts.hour > hour - KEPT_HOURS,
    )
    if session.scalars(sent).one() + size_bytes > most_bytes:
        return False
    return _counted(session, Limit(SENT_BYTES, most_bytes), subject, hour, size_bytes)


def network_of(address: str | None) -> str:
    """The network that a visitor comes from; empty where a proxy hides it behind this machine."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, IPV6_SUBSCRIBER_BITS), strict=False))
    return str(found)


def clear_old(session: Session, now: datetime) -> int:
    """Forget what was counted in hours long over."""
    old = sa.delete(Attempts).where(Attempts.hour < _hour(now) - KEPT_HOURS)
    return len(session.scalars(old.returning(Attempts.hour)).all())


def _counted(session: Session, limit: Limit, subject_hash: str, hour: int, by: int = 1) -> bool:
    key = {"kind": limit.kind, "subject_hash": subject_hash, "hour": hour}
    try:
        with session.begin_nested():
            session.add(Attempts(**key, count=by))
    except sa.exc.IntegrityError:
        still = [getattr(Attempts, name) == value for name, value in key.items()]
        still.append(Attempts.count <= limit.most - by)
        return compare_and_set(session, Attempts, *still, count=Attempts.count + by)
    return True


def _guessers(network: str) -> list[tuple[Limit, str]]:
    everybody = [(WRONG_STATION, EVERYBODY)]
    return [(WRONG_NETWORK, network), *everybody] if network else everybody


def _next_hour(settings: Settings, now: datetime) -> str:
    return local_text(datetime.fromtimestamp((_hour(now) + 1) * HOUR_SECONDS, UTC), settings)


def _hour(now: datetime) -> int:
    return int(now.timestamp() // HOUR_SECONDS)
