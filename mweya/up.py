"""`mweya up` runs the whole station in the foreground and says when it can be heard."""

import json
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import structlog

import playout.mounts
import playout.watch
from mweya.logs import keep_in
from mweya.processes import Process, keep_running
from station import signin
from station.command import Answer, answers
from station.db import connect
from station.errors import Fault, Refusal
from station.members import Person
from station.schema import newest, open_station, revision, upgrade
from station.settings import Settings, load

DEMO_LINK_LASTS = timedelta(hours=12)
POLL_SECONDS = 0.25

logger = structlog.get_logger()


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The web pages' port, this time.")
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the addresses to this file as JSON once there is sound on every mount.",
)
@answers
def up(port: int | None, ready_file: Path | None) -> Answer:
    """Run the station in the foreground: Icecast, Liquidsoap, playout, its watch, worker and web.

    Ctrl-C stops all of it.
    """
    if ready_file is not None:
        # What an earlier run wrote is no longer true.
        ready_file.unlink(missing_ok=True)
    if port is not None:
        os.environ["MWEYA_WEB_PORT"] = str(port)
    settings = load()
    keep_in(_logs(settings) / "up.log")
    _require_free(settings.web.host, settings.web.port)
    prepare(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    announcing = threading.Thread(target=_announce, args=(settings, ready_file, stop), daemon=True)
    announcing.start()
    keep_running(processes(settings), stop.is_set)
    announcing.join(timeout=5)
    return Answer({"stopped": True}, ["The station is off."], "mweya up")


def processes(settings: Settings) -> list[Process]:
    """What runs: playout first, so that sound does not wait for pages."""
    logs = settings.run_folder / "log"
    environment = {**os.environ, "MWEYA_HOME": str(settings.home)}
    return [
        Process("playout", ["playout", "run"], environment, logs / "playout.log"),
        Process("watch", ["playout", "watch"], environment, logs / "watch.log"),
        # The worker shows the letters it sends.
        Process("worker", ["worker"], environment, logs / "worker.log", speaks=True),
        Process("web", ["web", "run"], environment, logs / "web.log"),
    ]


def prepare(settings: Settings) -> None:
    """Bring the database up to date, keeping a copy, and let a demo station live on."""
    database = connect(settings.database_url)
    try:
        found = revision(database)
        if found != newest():
            _keep_copy(settings, found)
            upgrade(database)
        if settings.station.demo:
            from mweya import demo

            demo.try_to_live_on(settings, database, datetime.now(UTC))
    finally:
        database.close()


def addresses(settings: Settings) -> dict[str, object]:
    """Where people go, as the ready file says it."""
    return {
        "member": f"{settings.web_url}/member/",
        "desk": f"{settings.web_url}/desk/",
        "listen": f"{settings.web_url}/",
        "mounts": [
            {"channel": mount.channel, "quality": mount.quality, "url": mount.url}
            for mount in playout.mounts.mounts(settings)
        ],
    }


def _announce(settings: Settings, ready_file: Path | None, stop: threading.Event) -> None:
    click.echo("Starting the station …")
    if not _wait_until_on_air(settings, stop):
        return
    where = addresses(settings)
    click.echo(f"\n  Listen    {where['listen']}\n  Members   {where['member']}")
    click.echo(f"  Desk      {where['desk']}\n")
    if settings.station.demo:
        _offer_demo_links(settings)
    click.echo("On air. Ctrl-C stops the station; its logs are in " + str(_logs(settings)))
    if ready_file is not None:
        _write_whole(ready_file, json.dumps(where, indent=1))


def _wait_until_on_air(settings: Settings, stop: threading.Event) -> bool:
    """Whether the pages answer and every public mount has sound, before `stop`."""
    told = time.monotonic()
    while not stop.wait(POLL_SECONDS):
        if _answers(_own_address(settings)) and all(
            playout.watch.sounding(mount.url) for mount in playout.mounts.mounts(settings)
        ):
            return True
        if time.monotonic() - told > 30:  # noqa: PLR2004  a person should not sit in silence
            told = time.monotonic()
            click.echo(f"Still starting; the logs are in {_logs(settings)}", err=True)
    return False


def _own_address(settings: Settings) -> str:
    """Where the pages are from here; what people use may lead through a proxy."""
    host = settings.web.host
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{settings.web.port}"  # noqa: S104


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)  # noqa: PLR2004  HTTP's OK
    except (urllib.error.URLError, OSError):
        return False


def _offer_demo_links(settings: Settings) -> None:
    from mweya import demo

    database = open_station(settings)
    try:
        with database.writing() as session:
            for role, person in demo.guides(session):
                token = signin.new_link(session, person, datetime.now(UTC), DEMO_LINK_LASTS)
                _tell_link(role, person, f"{settings.web_url}/signin/{token}")
    finally:
        database.close()
    click.echo("")


def _tell_link(role: str, person: Person, url: str) -> None:
    click.echo(f"  Sign in as {person.name}, {role}, once:\n    {url}")


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise Refusal("port-taken", host=host, port=port, problem=problem.strerror) from None


def _keep_copy(settings: Settings, found: str | None) -> None:
    file = settings.home / "station.db"
    if file.exists() and not settings.database.url:
        from mweya.backup import copy_database

        copy_database(settings, settings.home / f"station-before-{found}-upgrade.db")


def _logs(settings: Settings) -> Path:
    return settings.run_folder / "log"


def _write_whole(file: Path, text: str) -> None:
    """Write a file that nobody ever sees half of."""
    try:
        part = file.with_name(f".{file.name}.part")
        part.write_text(text)
        part.replace(file)
    except OSError as problem:
        raise Fault(f"{file} can't be written: {problem.strerror}", permanent=True) from None
