"""The upload form as a member fills it in, and what the station then knows."""

import io

import sqlalchemy as sa

from station.recordings import Recording

VOICE = b"OggS" + bytes(range(256)) * 40
WEEK = "2026-W49"


def voice(content=VOICE, name="PTT-20261121-WA0007.opus"):
    return (io.BytesIO(content), name, "application/octet-stream")


def filled(**changes):
    """The upload form as a member fills it in."""
    form = {"file": voice(), "title": "The river", "language": "zu", "permission": "yes", **changes}
    return {name: said for name, said in form.items() if said is not None}


def recordings_in(database):
    with database.reading() as session:
        return list(session.scalars(sa.select(Recording).order_by(Recording.id)))
