"""A demo station is a real one with made-up members: everything in it went the usual way.

Its members speak, play, give, sell and keep silent through the same verbs as anybody, a few
days before the week closed; the build and the publication are the operator's own.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import cycle

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

import media.demo
import media.digest
import media.store
import media.worker
import scheduler.build
import scheduler.publish
from media.demo import DemoSound
from mweya import waiting
from station import grid, issuance, jobs, ledger, rights, using
from station.airtime import Week
from station.command import progress
from station.db import Database
from station.errors import Fault, Refusal
from station.market import gifts, sales
from station.members import Applicant, Person, admit
from station.membership import years
from station.recordings import Recording
from station.rights import Request, RequestState
from station.settings import Settings
from station.wishes import Wish

logger = structlog.get_logger()

GIVEN_NAMES = (
    *("Thandi", "Janet", "Sipho", "Nomsa", "Tendai", "Lerato", "Farai", "Ayanda", "Kagiso"),
    *("Rudo", "Themba", "Naledi", "Tapiwa", "Zanele", "Bongani", "Chipo", "Lindiwe", "Pieter"),
    *("Refilwe", "Tinashe", "Nokuthula", "Anja", "Mpho", "Kudzai", "Busisiwe", "Johan"),
    *("Palesa", "Simba", "Nandi", "Tariro", "Vusi", "Karabo", "Ruvimbo", "Hannes", "Dineo"),
    "Tatenda",
)
FAMILY_NAMES = (
    *("Dlamini", "Moyo", "Khumalo", "Ncube", "van Wyk", "Mokoena", "Sibanda", "Nkosi"),
    *("Molefe", "Botha"),
)
PLACES = ("Johannesburg", "Harare", "Durban", "Bulawayo", "Cape Town", "Soweto", "Mutare")
CAUSES = (
    "George Floyd",
    "the miners of Marikana",
    "everybody who waits for rain",
)
MEMBERSHIPS = 3
SOON = timedelta(minutes=75)
# More members than places: whenever a newcomer comes, each channel has a voice on it.
AT_ONCE = timedelta(minutes=45)
# Members of a demo station send their pieces just before a week closes.
LAST_MINUTE = timedelta(minutes=30)
PRICE_CENTS = 5000
HASTY_SECONDS = 5.0
# When everybody airs once more, besides the coming hour.
DAYPARTS = (Wish(daypart="evening"), Wish(daypart="breakfast"))
SILENCE_AFTER = timedelta(minutes=25)
# The last of them keep silent, each for a cause.
SILENT_FROM = -len(CAUSES)
# Two of the members are whom a newcomer may be: the operator and a member.
OPERATOR, MEMBER = 0, 1


def furnish(settings: Settings, database: Database) -> dict[str, int]:
    """Fill a new station, build its running week and publish it; returns counts."""
    now = datetime.now(UTC)
    week = Week.of(now, settings.zone)
    # Everybody acted while the running week was still open.
    then = rights.cutoff(week, settings) - timedelta(days=2)
    with database.writing() as session:
        people = _admit(session, week, then)
        dealt = _trade(session, settings, people, week, then)
        waiting.leave(session, settings, people[MEMBER], CAUSES, now)
    with media.store.work_folder(settings.media_folder) as folder:
        progress("Recording the members …")
        sounds = media.demo.make(folder, len(people))
        with database.writing() as session:
            _use(session, settings, people, sounds, week, then, now)
    progress("Mastering their pieces …")
    _work(settings, database)
    with database.writing() as session:
        for wish in _still_to_come(week, settings, now):
            _use_again(session, week, wish, then)
    live_on(settings, database, now)
    return {"members": len(people), "sounds": len(sounds), **dealt}


def live_on(settings: Settings, database: Database, now: datetime) -> None:
    """Let a demo station's members and operator do their part, whenever it is looked after.

    In a running week whoever has not been on air yet wishes for the coming hour. Before a week
    closes, everybody uses their last piece again, and its grid is built and published.
    """
    week = Week.of(now, settings.zone)
    for coming in (week, week.plus(1)):
        with database.writing() as session:
            shown = grid.published(session, coming)
            if shown is not None:
                due = coming == week and _wish_soon(session, settings, shown, week, now)
            else:
                last_minute = rights.cutoff(coming, settings) - LAST_MINUTE
                due = now >= last_minute
                # A new station's members have done their part already.
                if due and not (coming == week and _asked(session, week)):
                    for wish in (_soon(max(now, coming.span.start), settings), *DAYPARTS):
                        _use_again(session, coming, wish, min(now, last_minute))
        if due:
            _publish(settings, database, coming, now)


def try_to_live_on(settings: Settings, database: Database, now: datetime) -> None:
    """Live on where it can be done: a demo's trouble must not stop the station."""
    try:
        live_on(settings, database, now)
    except (Refusal, Fault) as trouble:
        logger.warning("demo-stood-still", problem=str(trouble))


def _publish(settings: Settings, database: Database, week: Week, now: datetime) -> None:
    """Build and publish a week; a running one from the slot that is on air now."""
    running = settings.slots.start(settings.slots.number(now))
    notice = timedelta(seconds=settings.week.notice_seconds)
    progress(f"Building week {week} …")
    # A newcomer waits for this: a good grid soon is better than the best one later.
    hasty = msgspec.structs.replace(settings.solver, seconds=HASTY_SECONDS)
    hurried = msgspec.structs.replace(settings, solver=hasty)
    scheduler.build.build(database, hurried, week, running - notice)
    with database.writing() as session:
        scheduler.publish.publish(session, settings, week, running)


def guides(session: Session) -> list[tuple[str, Person]]:
    """Whom a newcomer may sign in as, each with their role."""
    people = session.scalars(sa.select(Person).order_by(Person.id).limit(2)).all()
    return [("a member", people[MEMBER]), ("the operator", people[OPERATOR])]


def _admit(session: Session, week: Week, then: datetime) -> list[Person]:
    names = [
        f"{given} {family}" for given, family in zip(GIVEN_NAMES, cycle(FAMILY_NAMES), strict=False)
    ]
    people = [
        admit(
            session,
            Applicant(name, f"{name.split()[0].lower()}@demo.localhost.test", place=place),
            then - timedelta(days=30),
        )
        for name, place in zip(names, cycle(PLACES), strict=False)
    ]
    people[OPERATOR].operator = True
    years.begin(session, [years.NewYear(person, week) for person in people], then)
    for _ in range(MEMBERSHIPS - 1):
        issuance.issue_years(session, [person.account_id for person in people], week, then)
    return people


def _trade(
    session: Session, settings: Settings, people: Sequence[Person], week: Week, then: datetime
) -> dict[str, int]:
    """Gifts and sales of the running and the next week, some of them still open."""
    giver, receiver, seller, buyer, lister, friend = people[4:10]
    given = [_right(session, giver, week)]
    gift = gifts.give(session, settings, given, giver.account_id, receiver.email, then)
    gifts.accept(session, settings, gift.offer.id, receiver, then)
    listed = [_right(session, seller, week)]
    sold = sales.sell(session, settings, listed, seller.account_id, PRICE_CENTS, then)
    sales.reserve(session, settings, sold.id, buyer, then)
    sales.received(session, settings, sold.id, seller, then)
    later = week.plus(2)
    now = datetime.now(UTC)
    for person, price_cents in ((lister, PRICE_CENTS), (friend, PRICE_CENTS // 2)):
        listed = [_right(session, person, later)]
        sales.sell(session, settings, listed, person.account_id, price_cents, now)
    guest = people[MEMBER]
    given = [_right(session, friend, later)]
    gifts.give(session, settings, given, friend.account_id, guest.email, now)
    return {"gifts": 2, "sales": 3}


def _right(session: Session, person: Person, week: Week) -> int:
    return ledger.held(session, person.account_id, str(week))[0].id


def _use(
    session: Session,
    settings: Settings,
    people: Sequence[Person],
    sounds: Sequence[DemoSound],
    week: Week,
    then: datetime,
    now: datetime,
) -> None:
    """Everybody sends a piece for one of their rights, or keeps it silent, to be heard soon."""
    wish = _soon(now, settings, AT_ONCE)
    # The first thing that a newcomer hears should be heard.
    later = _soon(now + SILENCE_AFTER, settings)
    silent = dict(zip(people[SILENT_FROM:], CAUSES, strict=False))
    for person, sound in zip(people, sounds, strict=True):
        right_id = _right(session, person, week)
        if person in silent:
            account, cause = person.account_id, silent[person]
            using.dedicate(session, settings, right_id, account, cause, [later], then)
        else:
            _send(session, settings, right_id, person, sound, wish, then)


def _soon(now: datetime, settings: Settings, within: timedelta = SOON) -> Wish:
    running = settings.slots.start(settings.slots.number(now)).astimezone(settings.zone)
    minutes = within.total_seconds() / 60
    return Wish(moment=running.replace(tzinfo=None).isoformat(), minutes=minutes)


def _send(
    session: Session,
    settings: Settings,
    right_id: int,
    person: Person,
    sound: DemoSound,
    wish: Wish,
    then: datetime,
) -> None:
    sha256, size = media.digest.sha256_of(sound.file), sound.file.stat().st_size
    media.store.keep(settings.media_folder, sound.file, sha256)
    recording = Recording(
        account_id=person.account_id,
        title=sound.title,
        language=sound.language,
        permission=True,
        file_name=sound.file.name,
        upload_sha256=sha256,
        upload_bytes=size,
    )
    using.receive(session, settings, right_id, recording, [wish], then)


def _work(settings: Settings, database: Database) -> None:
    """Do everything that was promised, with both hands."""

    def work(_: int) -> None:
        with media.worker.Worker.of(settings, database) as worker:
            while jobs.work_once(database, worker.duties(), lambda: datetime.now(UTC)):
                pass

    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as hands:
        list(hands.map(work, range(cores)))


def _asked(session: Session, week: Week) -> bool:
    """Whether anybody asks for anything in a week."""
    query = sa.select(Request.id).where(
        Request.week == str(week), Request.state == RequestState.OPEN
    )
    return session.scalars(query.limit(1)).first() is not None


def _still_to_come(week: Week, settings: Settings, now: datetime) -> list[Wish]:
    """The dayparts that a week still has: late in it, all would be more than its hours hold."""
    return [
        wish for wish in DAYPARTS if any(span.start > now for span in wish.spans(week, settings))
    ]


def _use_again(session: Session, week: Week, wish: Wish, now: datetime) -> None:
    """Everybody asks again, for one more of their rights, for what they asked for last."""
    query = sa.select(Request).where(Request.state == RequestState.OPEN)
    ready = query.where(Request.master_sha256.is_not(None)).order_by(Request.id)
    last = {request.account_id: request for request in session.scalars(ready)}
    for account_id, request in last.items():
        unused = [
            right
            for right in ledger.held(session, account_id, str(week))
            if rights.open_request(session, right.id) is None
        ]
        if unused:
            again = rights.for_the_same(unused[0], request, [wish], now)
            rights.ask(session, [again], now)


def _wish_soon(
    session: Session, settings: Settings, shown: grid.Grid, week: Week, now: datetime
) -> bool:
    """Let whoever is still to come wish for the coming hour, once an hour; False when they don't.

    They don't when the hour is full enough already.
    """
    if shown.published_at is None or shown.published_at > now - SOON:
        return False
    start = week.start_at(now, settings.slots)
    soon = start + int(SOON.total_seconds()) // settings.station.slot_seconds
    if sum(start <= placed.start < soon for placed in shown.placements) > settings.channels:
        return False
    wish = _soon(now, settings)
    later = [placed.request for placed in shown.placements if placed.start >= soon]
    for request in later:
        request.wishes = [msgspec.to_builtins(wish)]
    session.flush()
    return bool(later)
