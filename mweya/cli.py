"""The `mweya` command: the rooms' commands, and those that need several rooms."""

import os
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

import media.cli
import media.fill_cli
import playout.alarms.cli
import playout.cli
import playout.listeners_cli
import playout.live_cli
import scheduler.by_hand_cli
import scheduler.cli
import scheduler.promised_cli
import scheduler.sim.cli
import scheduler.swap_cli
import scheduler.week_cli
import station.airtime_cli
import station.books.cli
import station.causes_cli
import station.cli
import station.figures.cli
import station.jobs_cli
import station.market.cli
import station.membership.cli
import station.membership.fees_cli
import station.programs_cli
import station.trail_cli
import web.cli
from mweya import backup, doctor, init, logs, status, up, worker
from station.command import LEFT_BEHIND, ExitCode
from station.settings import home_folder


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mweya")
def mweya() -> None:
    """The airtime engine of a member-owned digital radio.

    The station lives in the folder MWEYA_HOME (by default ./station-home).

    Exit codes: 0 done, 1 found problems, 2 wrong usage, 3 could not.
    """


for command in (
    init.init,
    up.up,
    worker.worker,
    station.jobs_cli.jobs_command,
    station.programs_cli.token_group,
    station.programs_cli.webhook_group,
    doctor.doctor,
    backup.backup,
    backup.restore,
    station.cli.member,
    station.books.cli.ledger_group,
    station.figures.cli.report,
    station.market.cli.market,
    station.airtime_cli.airtime,
    station.membership.cli.membership,
    station.membership.fees_cli.fees_group,
    station.trail_cli.trail_command,
    scheduler.cli.solve,
    scheduler.cli.check,
    scheduler.week_cli.week,
    scheduler.sim.cli.sim,
    media.cli.media,
    media.fill_cli.fill_group,
    playout.cli.playout,
    playout.listeners_cli.listeners,
    playout.live_cli.live_group,
    playout.cli.asrun,
    playout.alarms.cli.alarms,
    web.cli.web,
    web.cli.signin,
):
    mweya.add_command(command)
scheduler.week_cli.week.add_command(status.week_status)
for command in (*scheduler.promised_cli.COMMANDS, *scheduler.by_hand_cli.COMMANDS):
    scheduler.week_cli.week.add_command(command)
station.airtime_cli.airtime.add_command(station.causes_cli.causes)
station.airtime_cli.airtime.add_command(scheduler.swap_cli.swaps)


def main() -> None:
    """Run a command; what nobody foresaw is kept in a file and told in one sentence."""
    logs.configure()
    try:
        mweya()
    except SystemExit as ended:
        _leave(ended.code)
        raise
    except Exception:  # noqa: BLE001  the last entry point: no traceback reaches a person
        file = _keep(traceback.format_exc())
        click.echo(f"Something broke that should not have. What happened is in {file}.", err=True)
        sys.exit(ExitCode.COULD_NOT)


def _leave(code: object) -> None:
    """End at once when a thread was left behind: Python aborts when that comes back too late."""
    if any(thread.name == LEFT_BEHIND for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else ExitCode.COULD_NOT)


def _keep(report: str) -> Path:
    name = f"mweya-crash-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
    for folder in (home_folder(), Path.cwd()):
        with suppress(OSError):
            file = folder / name
            file.write_text(f"{' '.join(sys.argv)}\n\n{report}")
            return file
    with tempfile.NamedTemporaryFile("w", prefix=name, delete=False) as kept:
        kept.write(report)
        return Path(kept.name)
