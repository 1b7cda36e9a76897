"""Many processes of many threads press on one station at once, and tell what each was answered.

`python -m tests.station.races.crowd` gets ready once. Each line on stdin names a station and what
is pressed, as JSON; its presses are dealt to forked processes and their threads, which all begin
at the same moment. The answer is a line of JSON: for each press `done`, or a refusal's code.
"""

import json
import multiprocessing
import os
import random
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import closing, makegoods, using
from station import settings as station_settings
from station.airtime import Week
from station.db import Database, connect
from station.errors import Busy, Refusal
from station.market import gifts, offers, sales
from station.members import Applicant, Person, with_email
from station.membership import applications, fees, upkeep, years
from station.settings import Settings
from tests.conftest import NOW

PROCESSES = 4
THREADS = 3
Press = dict[str, Any]
FORK = multiprocessing.get_context("fork")


def _person(session: Session, press: Press) -> Person:
    return session.scalars(sa.select(Person).where(Person.id == press["who"])).one()


def _somebody(session: Session, press: Press) -> Person | Applicant:
    if "new" in press:
        return Applicant("Ama", press["new"])
    return _person(session, press)


def _begin_year(session: Session, settings: Settings, press: Press, now: datetime) -> None:
    first = Week.of(now, settings.zone).plus(2)
    years.begin(session, [years.NewYear(_person(session, press), first)], now, weeks=4)


VERBS: dict[str, Callable[[Session, Settings, Press, datetime], object]] = {
    "give": lambda s, k, p, now: gifts.give(
        s, k, p["rights"], _person(s, p).account_id, p["to"], now
    ),
    "sell": lambda s, k, p, now: sales.sell(
        s, k, p["rights"], _person(s, p).account_id, 150_00, now
    ),
    "accept": lambda s, k, p, now: gifts.accept(s, k, p["offer"], _person(s, p), now),
    "refuse": lambda s, k, p, now: gifts.refuse(s, k, p["offer"], _person(s, p), now),
    "withdraw": lambda s, k, p, now: offers.withdraw(s, p["offer"], _person(s, p), now),
    "accept by link": lambda s, k, p, now: gifts.accept_by_link(
        s, k, p["token"], _somebody(s, p), now
    ),
    "refuse by link": lambda s, k, p, now: gifts.refuse_by_link(s, k, p["token"], now),
    "reserve": lambda s, k, p, now: sales.reserve(s, k, p["offer"], _person(s, p), now),
    "paid": lambda s, k, p, now: sales.paid(s, k, p["offer"], _person(s, p), now),
    "received": lambda s, k, p, now: sales.received(s, k, p["offer"], _person(s, p), now),
    "step back": lambda s, k, p, now: sales.release_reservation(
        s, k, p["offer"], _person(s, p), now
    ),
    "dispute": lambda s, k, p, now: sales.dispute(s, k, p["offer"], _person(s, p), "No.", now),
    "resolve": lambda s, k, p, now: sales.resolve(s, k, p["offer"], now, to_buyer=p["to_buyer"]),
    "dedicate": lambda s, k, p, now: using.dedicate(
        s, k, p["right"], _person(s, p).account_id, "rain", [], now
    ),
    "dedicate several": lambda s, k, p, now: using.dedicate(
        s, k, p["right"], _person(s, p).account_id, "rain", [], now, also=p["also"]
    ),
    "begin a year": _begin_year,
    "cancel": lambda s, k, p, now: years.cancel(s, k, _person(s, p), now),
    "apply": lambda s, k, p, now: applications.apply(
        s, k, Applicant("Ama", p["new"]), "I read poems aloud in Shona.", p.get("token"), now
    ),
    "confirm": lambda s, k, p, now: fees.confirm(s, k, p["reference"], now),
    "close weeks": lambda s, k, p, now: closing.close_weeks(s, k, now),
    "settle": lambda s, k, p, now: closing.settle_aired(s, now),
    "end weeks": lambda s, k, p, now: closing.end_weeks(s, k, now),
    "make good": lambda s, k, p, now: makegoods.issue(s, k, now),
    "look after": lambda s, k, p, now: upkeep.look_after(s, k, now),
}


def answer(database: Database, settings: Settings, press: Press) -> str:
    """What one press is answered; whatever should not reach a person is `broke`."""
    now = NOW + timedelta(seconds=press.get("later", 0))
    try:
        database.do(lambda session: VERBS[press["verb"]](session, settings, press, now))
    except Refusal as refusal:
        return refusal.code
    except Busy:
        return "busy"
    except Exception:  # noqa: BLE001  the test shows it
        return f"broke {traceback.format_exc()}"
    return "done"


def settings_of(asked: dict[str, Any]) -> Settings:
    """A station's settings, changed as the test wishes."""
    settings = station_settings.load(Path(asked["home"]), environment={})
    changed = {
        section: msgspec.structs.replace(getattr(settings, section), **says)
        for section, says in asked["changes"].items()
    }
    return msgspec.structs.replace(settings, **changed)


def press_all(asked: dict[str, Any], mine: list[int], together: Barrier, told: int) -> None:
    """One process: its threads press what is theirs, and it tells the answers."""
    settings, database = settings_of(asked), connect(asked["url"])
    ready = threading.Barrier(THREADS)

    def press_some(thread: int) -> list[tuple[int, str]]:
        with database.reading() as session:
            with_email(session, "nobody@example.org")
        if ready.wait() == 0:
            together.wait()
        ready.wait()
        presses = mine[thread::THREADS]
        return [(n, answer(database, settings, asked["presses"][n])) for n in presses]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [one for some in pool.map(press_some, range(THREADS)) for one in some]
    with os.fdopen(told, "w") as pipe:
        json.dump(answers, pipe)
    os._exit(0)


def race(asked: dict[str, Any]) -> list[str]:
    """What each press was answered."""
    order = list(range(len(asked["presses"])))
    random.shuffle(order)
    together = FORK.Barrier(PROCESSES)
    pipes = []
    for process in range(PROCESSES):
        listen, tell = os.pipe()
        if os.fork() == 0:
            press_all(asked, order[process::PROCESSES], together, tell)
        os.close(tell)
        pipes.append(listen)
    answers = {}
    for listen in pipes:
        with os.fdopen(listen) as pipe:
            answers.update(json.load(pipe))
        os.wait()
    return [answers[n] for n in range(len(order))]


def main() -> None:
    """Race as often as asked."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(race(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
