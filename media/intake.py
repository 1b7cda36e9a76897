"""Every piece of fill that waits is prepared, and from then on used, or says why it can't be."""

from datetime import datetime

from media import store
from media.prepare import Prepared, prepare
from media.wanted import Wanted
from station import fill, recordings
from station.db import Database
from station.fill import FillKind, FillPiece, FillState
from station.settings import Settings


def prepare_received(settings: Settings, database: Database, now: datetime) -> int:
    """Prepare every piece of fill that waits for it; how many there were.

    Raises what `prepare` does.
    """
    with database.reading() as session:
        waiting = fill.in_state(session, FillState.RECEIVED)
    for piece in waiting:
        prepare_piece(settings, database, piece, now)
    return len(waiting)


def prepare_piece(
    settings: Settings, database: Database, piece: FillPiece, now: datetime
) -> Prepared:
    """Prepare one piece that an operator brought: from now on it is used, or says why not.

    Raises what `prepare` does.
    """
    media_folder = settings.media_folder
    upload = recordings.stored_at(media_folder, piece.upload_sha256)
    wanted = Wanted(settings.station.slot_seconds, settings.audio)
    with store.work_folder(media_folder) as folder:
        made = prepare(upload, folder, FillKind(piece.kind), wanted)
        files = made.files
        if files is None:
            told = {"sentences": made.sentences}
            database.do(lambda session: fill.reject(session, piece.id, told))
            return made
        store.keep(media_folder, files.preview, files.preview_sha256, recordings.PREVIEW_SUFFIX)
        store.keep(media_folder, files.sound, files.sound_sha256, recordings.MASTER_SUFFIX)
    facts = {
        "sentences": made.sentences,
        "preview_sha256": files.preview_sha256,
        "integrated_lufs": files.integrated_lufs,
    }
    sound = (files.sound_sha256, files.duration_ms, facts)
    database.do(lambda session: fill.accept(session, piece.id, *sound, now))
    return made
