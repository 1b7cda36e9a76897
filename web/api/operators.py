"""What an operator's program may ask for and do with a token; each deed is in the trail."""

from datetime import datetime

from sqlalchemy.orm import Session

from playout.alarms import telling
from station import alarms, grid, jobs, readiness, trail, weeks
from station.alarms import Alarm, AlarmKind
from station.errors import Refusal
from station.jobs import Job, JobKind, JobState
from station.readiness import Readiness
from web.api import asked, grids, named
from web.api import operator_shapes as shapes
from web.api.bearer import maker, token_shown
from web.session import do_now, now, station


def week(wanted: asked.OneWeek) -> weeks.WeekOverview:
    """Where a week stands, and how full it is."""
    with station().database.reading() as session:
        return weeks.overview(session, named.week(wanted.week), station().settings, now())


def ready(wanted: asked.SomeHolders) -> shapes.HoldersSoFar:
    """Who is ready for a week, and by name who is not."""
    chosen = named.week(wanted.week)
    with station().database.reading() as session:
        counts = readiness.counts(session, chosen)
        rejected, missing = (
            tuple(
                shapes.HowFar(one.name, one.email, one.title, one.sentences)
                for one in readiness.holders(
                    session, chosen, state, wanted.first, asked.MOST_AT_ONCE
                )
            )
            for state in (Readiness.REJECTED, Readiness.MISSING)
        )
    told = shapes.Counts(**{state.value: count for state, count in counts.items()})
    return shapes.HoldersSoFar(str(chosen), told, rejected, missing)


def version(wanted: asked.OneVersion) -> shapes.GridVersion:
    """Who airs when in a version of a week, and who was bumped."""
    with station().database.reading() as session:
        shown = grid.require_version(session, named.week(wanted.week), wanted.version)
        return grids.told(session, station().settings, shown)


def building(wanted: asked.OneWeek) -> shapes.Promise:
    """How far the build that was promised last for a week is; 409 where none was."""
    with station().database.reading() as session:
        chosen = named.week(wanted.week)
        job = jobs.newest(session, JobKind.BUILD, chosen)
        if job is None:
            raise Refusal("build-none", week=chosen)
        return _promise(job)


def build(wanted: asked.OneWeek) -> shapes.Promise:
    """Promise a build of a week; one that waits already is not promised twice.

    Its draft is looked at and published at the desk, where a person proves that it is them.
    """
    chosen = named.week(wanted.week)

    def act(session: Session) -> shapes.Promise:
        job = jobs.promise(session, JobKind.BUILD, chosen, now())
        _write(session, "week.build", str(chosen), "promised")
        return _promise(job)

    return do_now(act)


def alarms_seen(_: asked.Nothing) -> shapes.AlarmsSeen:
    """What is wrong on air, and what was."""
    with station().database.reading() as session:
        return shapes.AlarmsSeen(
            going_on=tuple(map(_alarm, alarms.going_on(session))),
            over=tuple(map(_alarm, alarms.over(session))),
        )


def acknowledge(wanted: asked.OneAlarm) -> shapes.AlarmSeen:
    """Say that somebody has taken an alarm on: the token's maker."""

    def act(session: Session) -> shapes.AlarmSeen:
        alarm = alarms.acknowledge(session, wanted.alarm, maker(), now())
        _write(session, "alarms.acknowledge", str(alarm.id), "taken on")
        return _alarm(alarm)

    return do_now(act)


def deeds(wanted: asked.SomeDeeds) -> shapes.Deeds:
    """What operators did, newest first."""
    with station().database.reading() as session:
        found = trail.newest(session, trail.Wanted(kind=wanted.kind, before=wanted.before))
    return shapes.Deeds(
        tuple(
            shapes.DeedDone(
                deed=one.deed.id,
                at=_local(one.deed.at),
                who=one.name,
                act=one.deed.act,
                subject=one.deed.subject,
                reason=one.deed.reason,
                said=one.deed.said,
            )
            for one in found
        )
    )


def _local(at: datetime) -> datetime:
    return at.astimezone(station().settings.zone)


def _write(session: Session, act: str, subject: str, said: str) -> None:
    """Write down what a program does for its maker, and by which token."""
    token = token_shown()
    by = f"{said}, by the token “{token.name}” ({token.id})"
    trail.write(session, maker(), act, now(), subject=subject, said=by)


def _promise(job: Job) -> shapes.Promise:
    return shapes.Promise(JobState(job.state), _local(job.promised_at), job.step, job.answer)


def _alarm(alarm: Alarm) -> shapes.AlarmSeen:
    return shapes.AlarmSeen(
        alarm=alarm.id,
        kind=AlarmKind(alarm.kind),
        channel=alarm.channel,
        quality=alarm.quality,
        began=_local(alarm.began_at),
        ended=alarm.ended_at and _local(alarm.ended_at),
        acknowledged=alarm.acknowledged_at and _local(alarm.acknowledged_at),
        sentence=telling.told_of(station().settings, alarm),
    )
