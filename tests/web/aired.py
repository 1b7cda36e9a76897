"""A station whose week on air is over, with real previews of what was heard."""

import hashlib

import numpy as np
import sqlalchemy as sa

from media.ffmpeg import encode_preview
from station import profiles, rights
from station.airlog import AirLine
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.profiles import Choice
from station.recordings import Master, preview_at

SECONDS = 2
RATE_HZ = 48_000
EVERYTHING = Choice(
    shown=True,
    words="I bake bread & <b>stories</b>",
    with_place=True,
    with_coming=True,
    with_past=True,
    takes_postcards=True,
    again=True,
)


def air(database, settings, now, folder, last=None):
    """Let all that the week on air has planned be heard, up to a slot; returns its requests."""
    tone = (np.sin(np.arange(SECONDS * RATE_HZ) / 20) * 8000).astype("<i2")[:, None]
    made = folder / "made.mp3"
    encode_preview(tone, made)
    sound = made.read_bytes()
    sha256 = hashlib.sha256(sound).hexdigest()
    kept = preview_at(settings.media_folder, sha256)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(sound)
    week = Week.of(now, settings.zone)
    with database.writing() as session:
        requests = rights.requests_of(session, week)
        masters = {one.id: one.master_sha256 for one in requests}
        used = sa.update(Master).where(Master.sha256.in_(filter(None, masters.values())))
        session.execute(used.values(preview_sha256=sha256))
        planned = sa.select(AirLine).where(AirLine.request_id.is_not(None))
        if last is not None:
            planned = planned.where(AirLine.slot_number <= last)
        for line in session.scalars(planned.order_by(AirLine.slot_number)):
            line.master_sha256 = masters[line.request_id] or next(filter(None, masters.values()))
            session.add(
                Outcome(
                    channel=line.channel,
                    slot_number=line.slot_number,
                    week=line.week,
                    request_id=line.request_id,
                    kind=OutcomeKind.AIRED,
                    decided_at=now,
                )
            )
    return requests


def let(database, person, now, choice=EVERYTHING):
    """Let a person choose what others may see and hear of them."""
    with database.writing() as session:
        profiles.choose(session, person.account_id, choice, now)
