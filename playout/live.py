"""Who may be heard live lies on playout's disk: a slot's password beside its master.

`<air>/<channel>/<slot>.live` lets whoever connects with that password be heard in that slot, and
in no other. A slot in which a member's piece is planned never has one.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from playout.disk import AirFolder
from station import airlog, blocks, live
from station.airlog import LineKind
from station.airtime import Span
from station.settings import Settings

SUFFIX = ".live"

# (channel, slot number)
Place = tuple[int, int]


def due(session: Session, settings: Settings, slots: range) -> dict[Place, str]:
    """The password of each slot in which a presenter may be heard."""
    span = Span(settings.slots.start(slots.start), settings.slots.start(slots.stop))
    passwords = {}
    for show in live.shows_between(session, settings, span):
        on = blocks.span_of(settings, show.block)
        first, last = settings.slots.number(on.start), settings.slots.number(on.end)
        for slot in range(max(first, slots.start), min(last, slots.stop)):
            passwords[show.block.channel, slot] = show.password
    return _without(passwords, _members_places(session, slots) if passwords else ())


def keep(folder: AirFolder, passwords: Mapping[Place, str]) -> None:
    """Let playout's disk hold these passwords and no others."""
    for channel in range(folder.channels):
        here = folder.channel(channel)
        wanted = {slot: one for (on, slot), one in passwords.items() if on == channel}
        for file in here.glob(f"*{SUFFIX}"):
            if not (file.stem.isdecimal() and int(file.stem) in wanted):
                file.unlink(missing_ok=True)
        for slot, password in wanted.items():
            _write(here / f"{slot}{SUFFIX}", f"{password}\n")


def _members_places(session: Session, slots: range) -> Iterable[Place]:
    for line in airlog.lines_between(session, slots.start, slots.stop):
        if line.kind in (LineKind.SEGMENT, LineKind.SILENCE):
            yield line.channel, line.slot_number


def _without(passwords: Mapping[Place, str], taken: Iterable[Place]) -> dict[Place, str]:
    never = set(taken)
    return {place: password for place, password in passwords.items() if place not in never}


def _write(file: Path, content: str) -> None:
    """By one rename, readable by its owner and its folder's group alone."""
    group = file.parent.stat().st_gid
    if file.exists() and (file.read_text(), file.stat().st_gid) == (content, group):
        return
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "w") as opened:
        os.fchown(descriptor, -1, group)
        opened.write(content)
    part.replace(file)
