"""The worker does each promised piece of audio work; done twice, it changes nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from media import ffmpeg, fill, ingest, master, silence, store
from media.ingest import Report
from media.judge import Wanted
from media.samples import Samples
from station import recordings, rights
from station.db import Database
from station.errors import Fault
from station.jobs import Handler, JobKind
from station.members import Person
from station.recordings import Master, MasterKind, Recording, RecordingState
from station.rights import Request, RequestState
from station.settings import Settings

PREVIEW_NAME = "preview.mp3"


@dataclass(frozen=True, slots=True)
class Worker:
    """A station's audio work: uploads, silences, and the station's own fill."""

    settings: Settings
    database: Database

    def handlers(self) -> Mapping[JobKind, Handler]:
        """What it can do, by the kind of job."""
        return {JobKind.INGEST: self.ingest, JobKind.SILENCE: self.silence}

    @property
    def wanted(self) -> Wanted:
        """What every master of this station must be."""
        return Wanted(self.settings.station.slot_seconds, self.settings.audio)

    def ingest(self, subject: str, now: datetime) -> str:
        """Check one recording, master it, and let its right ask for it.

        Raises Fault when the upload is gone or a tool is missing.
        """
        recording = self._waiting(int(subject))
        if recording is None:
            return "it waits no longer"
        upload = recordings.stored_at(self.settings.media_folder, recording.upload_sha256)
        if not upload.exists():
            raise Fault(f"The upload of recording {subject} is gone.", permanent=True)
        with store.work_folder(self.settings.media_folder) as folder:
            rendered = ingest.render(upload, folder, self.wanted)
            made = None
            if rendered.master is not None:
                facts = {"upload_sha256": recording.upload_sha256, "piece_ms": rendered.piece_ms}
                made = self._keep(rendered.master, folder, MasterKind.SEGMENT, facts, now)
        return self._conclude(recording.id, rendered.report, made, now)

    def silence(self, subject: str, now: datetime) -> str:
        """Make the master of one dedication to silence. Raises Fault when a tool is missing."""
        with self.database.reading() as session:
            request = session.get(Request, int(subject))
            if request is None or request.state != RequestState.OPEN or request.master_sha256:
                return "it waits no longer"
            who = session.scalars(
                sa.select(Person.name).where(Person.account_id == request.account_id)
            ).one_or_none()
            dedication = silence.Dedication(who or self.settings.station.name, request.cause or "")
        sound = silence.silence(dedication, self.wanted.slot_seconds, self.settings.audio)
        with store.work_folder(self.settings.media_folder) as folder:
            finished = master.finish(sound, folder, self.settings.audio)
            made = self._keep(finished, folder, MasterKind.SILENCE, {}, now)
        with self.database.writing() as session:
            recordings.keep_master(session, made)
            session.execute(
                sa.update(Request)
                .where(Request.id == request.id, Request.state == RequestState.OPEN)
                .values(master_sha256=made.sha256)
            )
        return "the silence is ready"

    def stock(self, now: datetime) -> int:
        """Make the station's own fill and emergency piece where missing; how many were made.

        Raises Fault when a tool is missing.
        """
        station, slot = self.settings.station.name, self.wanted.slot_seconds
        audio = self.settings.audio
        made = 0
        for seed in range(self._missing(MasterKind.FILL, fill.VARIETY), fill.VARIETY):
            self._stock(fill.fill(slot, station, seed, audio), MasterKind.FILL, now)
            made += 1
        for _ in range(self._missing(MasterKind.EMERGENCY, 1), 1):
            self._stock(fill.emergency(slot, station, audio), MasterKind.EMERGENCY, now)
            made += 1
        return made

    def _missing(self, kind: MasterKind, enough: int) -> int:
        """How many usable masters of a kind there are, at most `enough`."""
        slot_ms = self.settings.station.slot_seconds * 1000
        with self.database.reading() as session:
            found = recordings.masters_of(session, kind)
        usable = [one for one in found if one.duration_ms == slot_ms and self._lies(one)]
        return min(len(usable), enough)

    def _lies(self, made: Master) -> bool:
        return recordings.master_at(self.settings.media_folder, made.sha256).exists()

    def _stock(self, sound: Samples, kind: MasterKind, now: datetime) -> None:
        with store.work_folder(self.settings.media_folder) as folder:
            finished = master.finish(sound, folder, self.settings.audio)
            made = self._keep(finished, folder, kind, {}, now)
        with self.database.writing() as session:
            recordings.keep_master(session, made)

    def _waiting(self, recording_id: int) -> Recording | None:
        with self.database.reading() as session:
            recording = session.get(Recording, recording_id)
        waits = recording is not None and recording.state == RecordingState.RECEIVED
        return recording if waits else None

    def _keep(
        self,
        finished: master.Finished,
        folder: Path,
        kind: MasterKind,
        facts: Mapping[str, Any],
        now: datetime,
    ) -> Master:
        """Put a master and its preview into the store; the row is the caller's to write."""
        media_folder = self.settings.media_folder
        measured = finished.measured
        preview = ffmpeg.encode_preview(finished.file, folder, PREVIEW_NAME)
        preview_sha256 = store.sha256_of(preview)
        store.keep(media_folder, preview, preview_sha256, recordings.PREVIEW_SUFFIX)
        store.keep(media_folder, finished.file, finished.sha256, recordings.MASTER_SUFFIX)
        silent = not math.isfinite(measured.integrated_lufs)
        return Master(
            sha256=finished.sha256,
            kind=kind,
            duration_ms=measured.duration_ms,
            preview_sha256=preview_sha256,
            facts={
                **facts,
                "integrated_lufs": None if silent else round(measured.integrated_lufs, 2),
                "true_peak_dbtp": round(measured.true_peak_dbtp, 2),
                "range_lu": round(measured.range_lu, 2),
                "gain_db": round(finished.gain_db, 2),
            },
            made_at=now,
        )

    def _conclude(
        self, recording_id: int, report: Report, made: Master | None, now: datetime
    ) -> str:
        """Write the verdict, and let the right ask for what was accepted, in one transaction."""
        with self.database.writing() as session:
            kept = None if made is None else recordings.keep_master(session, made)
            concluded = recordings.conclude(
                session,
                recording_id,
                codes=[finding.code for finding in report.findings],
                sentences=[finding.sentence for finding in report.findings],
                master=kept,
                now=now,
            )
            if not concluded:
                return "it waits no longer"
            recording = session.get_one(Recording, recording_id, populate_existing=True)
            if kept is not None:
                rights.air(session, recording, now)
        return str(report.outcome)
