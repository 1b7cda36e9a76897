"""A station with people in it: a week on air, a week being built, a week still open."""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from station import fill as fill_pieces
from station import grid, recordings, rights, using
from station.airlog import AirLine, LineKind, write
from station.airtime import Week
from station.db import Database
from station.ledger import Right, held
from station.market import gifts, sales
from station.members import Applicant, Person, admit
from station.membership import years
from station.recordings import Master, MasterKind, Recording
from station.rights import Request, RequestKind
from station.settings import Settings
from station.treatment import FillKind
from station.wishes import Wish

PEOPLE = [
    ("Thandi Mokoena", "The river behind our school", "en"),
    ("Sipho Dlamini", "What the taxi rank taught me", "zu"),
    ("Naledi Khumalo", "", "en"),
    ("Johan van Wyk", "Reën op 'n sinkdak", "af"),
    ("Rudo Chikomo", "Mweya: a word for breath", "sn"),
    ("Ayanda Nkosi", "Gogo's umngqusho, slowly", "xh"),
    ("Lerato Molefe", "Letter to my first teacher", "st"),
    ("Pieter Botha", "Night shift at the bakery", "en"),
    ("Zanele Mthembu", "Three poems for rain", "zu"),
    ("Farai Moyo", "Mbira at the window", "sn"),
    ("Kagiso Tau", "Why I walk to work", "tn"),
    ("Amina Patel", "My mother's sewing machine", "en"),
]
# What each of them speaks on air; all of them read the pages in English.
ON_AIR = {name: language for name, _, language in PEOPLE}
OPERATOR = ("Nomsa Radebe", "operator@example.org")
CAUSE = "George Floyd"
LOUD = "It was quiet: we made it 6 dB louder."
TOO_LONG = "Too long by 12 s: it lasts 5:12 and 5:00 fit. Cut it, or send a shorter one."


@dataclass(frozen=True, slots=True)
class Seeded:
    """Who is in the station."""

    members: list[Person]
    operator: Person


def fill(database: Database, settings: Settings, now: datetime) -> Seeded:
    """Fill an empty station; `now` lies in the week on air, after the next one closed."""
    this, before = Week.of(now, settings.zone), now - timedelta(days=12)
    with database.writing() as session:
        members = [admit(session, Applicant(name, _email(name)), before) for name, *_ in PEOPLE]
        operator = admit(session, Applicant(*OPERATOR), before)
        operator.operator = True
        years.begin(session, [years.NewYear(one, this) for one in members], before, weeks=9)
        for week in (this, this.plus(1)):
            ask(session, settings, members, week, before)
        put_on_air(session, settings, this, now)
        draft_next(session, settings, this.plus(1), now)
        open_week(session, settings, members, this.plus(2), now)
    return Seeded(members, operator)


def ask(
    session: Session, settings: Settings, members: list[Person], week: Week, when: datetime
) -> None:
    """Let everybody send a recording or dedicate a silence for a week."""
    for person, (_, title, _) in zip(members, PEOPLE, strict=True):
        right = right_of(session, person, week)
        if title:
            send(session, settings, person, right, title, when)
        else:
            using.dedicate(session, settings, right.id, person.account_id, CAUSE, [], when)


def send(
    session: Session, settings: Settings, person: Person, right: Right, title: str, when: datetime
) -> Request:
    """A recording that was received, accepted with a finding, and asks to air."""
    taken = received(session, settings, person, right, title, when)
    master = recordings.keep_master(session, finished(settings, title, when))
    recordings.conclude(
        session, taken.id, codes=["quiet"], sentences=[LOUD], master=master, now=when
    )
    session.refresh(taken)
    request = using.air(session, taken, when)
    assert request is not None
    return request


def received(
    session: Session, settings: Settings, person: Person, right: Right, title: str, when: datetime
) -> Recording:
    """A recording that waits for its check."""
    recording = Recording(
        account_id=person.account_id,
        title=title,
        language=ON_AIR.get(person.name, "en"),
        permission=True,
        file_name="PTT-20261109-WA0003.opus",
        upload_sha256=_hash(title),
        upload_bytes=740_000,
    )
    return using.receive(session, settings, right.id, recording, [Wish(daypart="breakfast")], when)


def finished(settings: Settings, title: str, when: datetime) -> Master:
    """A master whose preview and waveform lie in the media folder."""
    length_ms = settings.station.slot_seconds * 1000
    sha256 = _hash(f"master of {title}")
    loud = [round(60 + 50 * math.sin(at / 9) * math.sin(at / 70)) for at in range(800)]
    pairs = bytes(byte for one in loud for byte in (256 - one, one))
    _keep(recordings.waveform_at(settings.media_folder, sha256), pairs)
    return Master(
        sha256=sha256,
        kind=MasterKind.SEGMENT,
        duration_ms=length_ms,
        preview_sha256=_preview(settings, title),
        facts={
            "piece_ms": length_ms * 4 // 5,
            "cues": [{"kind": "piece"}, {"kind": "bed"}],
            "gain_db": 4.2,
            "plain_preview_sha256": _preview(settings, f"{title} as it was sent"),
        },
        made_at=when,
    )


def bring_fill(session: Session, settings: Settings, now: datetime) -> None:
    """A bed and an ident that are used, a promo that can't be, and one that waits."""
    for kind, title, seconds in (("bed", "Morning bed", 192), ("ident", "This is Mweya", 7)):
        piece = fill_pieces.receive(session, FillKind(kind), title, _hash(title), now)
        facts = {"sentences": [], "preview_sha256": _preview(settings, title)}
        fill_pieces.accept(session, piece.id, _hash(title), seconds * 1000, facts, now)
    kind = FillKind.PROMO
    refused = fill_pieces.receive(session, kind, "Friday's talk", _hash("Friday"), now)
    fill_pieces.reject(session, refused.id, {"sentences": [TOO_LONG]})
    fill_pieces.receive(session, kind, "Sunday's choir", _hash("Sunday"), now)


def _preview(settings: Settings, title: str) -> str:
    """The hash of a preview that is kept."""
    preview = (b"ID3" + title.encode()) * 400
    sha256 = hashlib.sha256(preview).hexdigest()
    _keep(recordings.preview_at(settings.media_folder, sha256), preview)
    return sha256


def _keep(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def put_on_air(session: Session, settings: Settings, week: Week, now: datetime) -> None:
    """Publish a week in which everybody airs around now, with its air log."""
    first = week.start_at(now, settings.slots)
    requests = rights.requests_of(session, week)
    places = [
        grid.Place(one.id, number % settings.channels, first + number // settings.channels * 2)
        for number, one in enumerate(requests)
    ]
    version = grid.draft(session, week, places, [], certificate(), now - timedelta(days=6))
    grid.put_on_air(session, version, _hash("ledger"), now - timedelta(days=5))
    planned = {(place.channel, place.start): place.request_id for place in places}
    asked = {one.id: one for one in requests}
    lines = [
        _line(
            session,
            settings,
            week,
            version.id,
            channel,
            start,
            asked.get(planned.get((channel, start), 0)),
        )
        for start in range(first - 6, first + 60)
        for channel in range(settings.channels)
    ]
    write(session, str(week), lines, 0)


def draft_next(session: Session, settings: Settings, week: Week, now: datetime) -> None:
    """Build a draft of a week in which one request was bumped, around a reserved hour."""
    per_hour = settings.slots.per_hour
    session.add(
        grid.ReservedBlock(
            week=str(week),
            channel=0,
            start=10 * per_hour,
            length=per_hour,
            label="An hour with Gogo",
        )
    )
    requests = rights.requests_of(session, week)
    places = [
        grid.Place(one.id, number % settings.channels, 6 * per_hour + number * 3)
        for number, one in enumerate(requests[:-1])
    ]
    reason = "Every place you allowed was taken by members who had waited longer."
    grid.draft(session, week, places, [(requests[-1].id, reason)], certificate(), now)


def open_week(
    session: Session, settings: Settings, members: list[Person], week: Week, now: datetime
) -> None:
    """Somebody is ready, being checked, refused; rights are given and sold."""
    thandi, sipho, naledi, johan, rudo, ayanda, lerato, *_ = members
    send(session, settings, sipho, right_of(session, sipho, week), PEOPLE[1][1], now)
    received(session, settings, johan, right_of(session, johan, week), PEOPLE[3][1], now)
    refused = received(session, settings, rudo, right_of(session, rudo, week), PEOPLE[4][1], now)
    recordings.conclude(
        session, refused.id, codes=["too-long"], sentences=[TOO_LONG], master=None, now=now
    )
    given = right_of(session, ayanda, week)
    gifts.give(session, settings, [given.id], ayanda.account_id, thandi.email, now)
    for person, cents in ((lerato, 15000), (naledi, 12050)):
        right = right_of(session, person, week)
        sales.sell(session, settings, [right.id], person.account_id, cents, now)


def right_of(session: Session, person: Person, week: Week) -> Right:
    """The right that a person holds for a week."""
    return held(session, person.account_id, str(week))[0]


def certificate() -> dict[str, object]:
    """What a build says it reached and proved."""
    return {
        "status": "feasible",
        "score": 184_250,
        "bound": 184_305,
        "gap": 0.0003,
        "seconds": 27.4,
        "seed": 1,
    }


def _line(
    session: Session,
    settings: Settings,
    week: Week,
    grid_id: int,
    channel: int,
    start: int,
    request: Request | None,
) -> AirLine:
    line = AirLine(
        channel=channel,
        slot_number=week.first_slot(settings.slots) + start,
        week=str(week),
        grid_id=grid_id,
        kind=LineKind.FILL,
        title="Morning bed in five parts",
        speaker="",
    )
    if request is not None:
        line.kind = LineKind.SILENCE if request.kind == RequestKind.SILENCE else LineKind.SEGMENT
        line.silence = request.kind == RequestKind.SILENCE
        line.request_id, line.title = request.id, request.title
        line.speaker = session.query(Person).filter_by(account_id=request.account_id).one().name
    return line


def _email(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower()}@example.org"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
