"""The commands about alarms: what is wrong on air, who has taken it on, and do alarms arrive."""

import time
from datetime import UTC, datetime

import click

from playout.alarms import telling
from playout.alarms.book import Trouble
from station import alarms as table
from station import trail
from station.acting import acting, as_person
from station.alarms import Alarm, AlarmKind
from station.cli import opened
from station.command import Answer, answers
from station.errors import Fault
from station.settings import Settings, load

NEXT = "mweya alarms list"


@click.group()
def alarms() -> None:
    """Alarms: what is wrong on air, and who has taken it on."""


@alarms.command("list")
@answers
def list_alarms() -> Answer:
    """List what is wrong on air, and what was. Exits 1 when something is."""
    with opened() as (settings, database), database.reading() as session:
        going_on, over = table.going_on(session), table.over(session)
        test = table.newest_test(session)
    lines = [_line(settings, alarm) for alarm in (*going_on, *over)]
    return Answer(
        {
            "going_on": [_facts(alarm) for alarm in going_on],
            "over": [_facts(alarm) for alarm in over],
            "test": test and _facts(test),
        },
        [*(lines or ["No alarm was raised."]), *([] if test is None else [_test_line(test)])],
        "mweya alarms acknowledge ALARM" if going_on else "mweya alarms test",
        found_problems=bool(going_on),
    )


@alarms.command("acknowledge")
@click.argument("alarm", type=int)
@as_person
@answers
def acknowledge(alarm: int, email: str) -> Answer:
    """Say that a person has taken ALARM on, given by its number."""
    with acting(email) as act:
        taken = table.acknowledge(act.session, alarm, act.who, act.now)
        trail.write(act.session, act.who, "alarms.acknowledge", act.now, subject=str(alarm))
    return Answer(_facts(taken), [f"{act.who.name} has taken alarm {alarm} on."], NEXT)


@alarms.command("test")
@answers
def test() -> Answer:
    """Send a test by mail and webhook now. Exits 1 when somebody was not reached."""
    settings = load()
    now_ms = time.time_ns() // 1_000_000
    trouble = Trouble(AlarmKind.TEST, None, "", now_ms, now_ms)
    problems = {way: _problem(settings, way, trouble) for way in telling.ways(settings)}
    nobody = "Alarms go to the log alone: set alarms.mail_to or alarms.webhook."
    return Answer(
        {"ways": problems},
        [f"{way}: {problem or 'reached'}" for way, problem in problems.items()] or [nobody],
        NEXT,
        found_problems=any(problems.values()),
    )


def _problem(settings: Settings, way: str, trouble: Trouble) -> str:
    try:
        telling.tell(settings, way, [trouble])
    except Fault as fault:
        return str(fault)
    return ""


def _facts(alarm: Alarm) -> dict[str, object]:
    return {
        "alarm": alarm.id,
        "kind": alarm.kind,
        "channel": alarm.channel,
        "quality": alarm.quality,
        "began_at": alarm.began_at,
        "ended_at": alarm.ended_at,
        "acknowledged_at": alarm.acknowledged_at,
        "detail": alarm.detail,
    }


def _line(settings: Settings, alarm: Alarm) -> str:
    began = alarm.began_at.astimezone(settings.zone)
    taken = "  (taken on)" if alarm.acknowledged_at else ""
    return f"{alarm.id:>5}  {began:%a %d %b}  {telling.told_of(settings, alarm)}{taken}"


def _test_line(test: Alarm) -> str:
    lasted = (test.ended_at or datetime.now(UTC)) - test.began_at
    this = f"The test of {test.began_at:%d %b %H:%M} UTC"
    if problem := test.detail.get("problem"):
        return f"{this} failed: {problem}."
    if test.ended_at is None:
        return f"{this} has not reached everybody yet."
    return f"{this} reached everybody in {lasted.seconds} s."
