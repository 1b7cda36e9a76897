"""A full station, served over real sockets, with somebody of every kind signed in at it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, StorageState

from station import alarms, calendars, postcards, schema, thanks, tokens, webhooks
from station.airtime import Week
from station.alarms import AlarmKind, Raised
from station.db import Database, connect
from station.members import Person, open_station_accounts
from station.membership import invitations
from station.postcards import Said
from station.settings import Settings, load, write_new
from station.signin import new_link
from station.tokens import Scope
from tests.web.aired import air, let
from tests.web.screens import PHONE
from tests.web.seed import bring_fill, fill
from tests.web.seed_air import go_out, keep_hours
from tests.web.seed_building import ask_what_ifs
from tests.web.seed_judged import judge
from tests.web.seed_market import Trade, trade
from tests.web.seed_membership import MEMBERSHIP, Joined, fill_membership
from web.app import create_app, open_server

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Full:
    """Where the station is served, who is in it, and what its pages' addresses name."""

    url: str
    settings: Settings
    database: Database
    people: Mapping[str, Person]
    traded: Trade
    joined: Joined
    invited: str
    calendar: str
    heard: int

    def link(self, role: str) -> str:
        """A fresh one-time link that signs a person in."""
        with self.database.writing() as session:
            token = new_link(session, self.people[role], datetime.now(UTC))
        return f"{self.url}/signin/{token}"

    def app(self) -> Flask:
        """The application that is served, to be asked for its routes."""
        return create_app(self.settings, self.database)


@contextmanager
def full_station(folder: Path) -> Iterator[Full]:
    """Make a station, fill it as of now, and serve it until the end."""
    home = folder / "station"
    write_new(home, MEMBERSHIP)
    settings = load(home, environment={})
    database = connect(settings.database_url)
    schema.upgrade(database)
    now = datetime.now(UTC)
    with database.writing() as session:
        open_station_accounts(session)
    seeded = fill(database, settings, now)
    joined = fill_membership(database, settings, seeded, now)
    thandi = seeded.members[0].account_id
    heard = air(database, settings, now, folder, settings.slots.number(now))[0].id
    let(database, seeded.members[0], now)
    with database.writing() as session:
        said = Said("Busi", "Your river made me cry.", "busi@example.net")
        postcards.write(session, settings, thandi, said, "203.0.113.7", now)
        thanks.thank(session, settings, heard, "203.0.113.7", now)
        bring_fill(session, settings, now)
        ask_what_ifs(session, settings, Week.of(now, settings.zone).plus(1), now)
        go_out(session, settings, now)
        keep_hours(session, settings, now)
        for channel, ended in ((0, None), (1, now)):
            alarms.keep(session, Raised(AlarmKind.QUIET, channel, "standard", now, now, ended, {}))
        judge(session, settings, seeded, now)
        tokens.make(session, seeded.operator, "The lamp in the studio", Scope.READ, now)
        webhooks.add(session, "https://lamp.example/on-air", now)
        traded = trade(session, settings, seeded, now)
        _, invited = invitations.invite(session, settings, seeded.members[1], 1, now)
        calendar = calendars.make_address(session, seeded.members[1].account_id, now).token
    people = {
        "member": seeded.members[0],
        "trader": seeded.members[-1],
        "checked": seeded.members[3],
        "refused": seeded.members[4],
        "payable": joined.payable,
        "waiting": joined.waiting,
        "newcomer": joined.newcomer,
        "operator": seeded.operator,
    }
    serving = open_server(settings, database, "127.0.0.1", 0)
    running = threading.Thread(target=serving.run)
    running.start()
    try:
        yield Full(
            serving.url, settings, database, people, traded, joined, invited, calendar, heard
        )
    finally:
        serving.stop()
        running.join(timeout=10)
        database.close()


def signed_in(station: Full, opened: Browser, role: str) -> StorageState | None:
    """A browser's cookies once somebody of a role has pressed the button of their link."""
    if role == NOBODY:
        return None
    context = opened.new_context()
    page = context.new_page()
    page.goto(station.link(role))
    page.click("main button")
    state = context.storage_state()
    context.close()
    return state


def phone(
    opened: Browser,
    state: StorageState | None = None,
    size: tuple[int, int] = PHONE,
    scripts: bool = True,
) -> BrowserContext:
    """A phone's browser, with the cookies of somebody who is signed in."""
    width, height = size
    return opened.new_context(
        viewport={"width": width, "height": height},
        storage_state=state,
        java_script_enabled=scripts,
        has_touch=True,
    )


def draft_week(station: Full) -> Week:
    """The week that has a draft."""
    return Week.of(datetime.now(UTC), station.settings.zone).plus(1)
