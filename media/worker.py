"""The worker does each promised piece of audio work; done twice, it changes nothing."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from media import ffmpeg, fill, flac, ingest, master, silence, store
from media.digest import sha256_of
from media.judge import Wanted
from media.verdict import Outcome
from station import recordings, using
from station.db import Database
from station.errors import Fault
from station.jobs import Duty, JobKind
from station.members import Person
from station.recordings import Master, MasterKind, Recording, RecordingState
from station.rights import Request, RequestState
from station.settings import Settings
from station.treatment import Treatment

PREVIEW_NAME = "preview.mp3"


@dataclass(frozen=True, slots=True)
class Worker:
    """A station's audio work: uploads, silences, and the station's own fill."""

    settings: Settings
    database: Database

    def duties(self) -> Mapping[JobKind, Duty]:
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
        before = self._made_before(recording)
        if before is not None:
            return self._conclude(recording.id, before.codes, before.sentences, before.master, now)
        with store.work_folder(self.settings.media_folder) as folder:
            treatment = msgspec.convert(recording.treatment, Treatment)
            wanted = dataclasses.replace(self.wanted, treatment=treatment)
            rendered = ingest.render(upload, folder, wanted)
            made = None
            if rendered.master is not None:
                facts = {"upload_sha256": recording.upload_sha256, "piece_ms": rendered.piece_ms}
                made = self._keep(rendered.master, folder, MasterKind.SEGMENT, facts, now)
        findings = rendered.report.findings
        codes = [finding.code for finding in findings]
        return self._conclude(recording.id, codes, [f.sentence for f in findings], made, now)

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
            finished = master.finish(sound, folder / master.MASTER_NAME, self.settings.audio)
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
        there = self._stocked()
        wanted = [(MasterKind.FILL, seed) for seed in range(fill.VARIETY)]
        missing = [one for one in [*wanted, (MasterKind.EMERGENCY, 0)] if one not in there]
        for kind, seed in missing:
            if kind is MasterKind.FILL:
                sound = fill.fill(slot, station, seed, audio).sound
            else:
                sound = fill.emergency(slot, station, audio)
            with store.work_folder(self.settings.media_folder) as folder:
                finished = master.finish(sound, folder / master.MASTER_NAME, audio)
                made = self._keep(finished, folder, kind, {"seed": seed}, now)
            with self.database.writing() as session:
                recordings.keep_master(session, made)
        return len(missing)

    def _stocked(self) -> set[tuple[MasterKind, int]]:
        """The kinds and seeds of the station's own pieces that are there and can be used."""
        with self.database.reading() as session:
            return {
                (kind, int(made.facts.get("seed", -1)))
                for kind in (MasterKind.FILL, MasterKind.EMERGENCY)
                for made in recordings.masters_of(session, kind)
                if self._usable(made)
            }

    def _usable(self, made: Master) -> bool:
        """Whether a master is what this station's settings ask for, and its file is there."""
        audio = self.settings.audio
        file = recordings.master_at(self.settings.media_folder, made.sha256)
        return (
            made.duration_ms == self.settings.station.slot_seconds * 1000
            and made.facts["target_lufs"] == audio.target_lufs
            and made.facts["ceiling_dbtp"] == audio.ceiling_dbtp
            and file.exists()
        )

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
        file, preview = folder / master.MASTER_NAME, folder / PREVIEW_NAME
        ffmpeg.encode_preview(flac.read(file), preview)
        preview_sha256 = sha256_of(preview)
        store.keep(media_folder, preview, preview_sha256, recordings.PREVIEW_SUFFIX)
        store.keep(media_folder, file, finished.sha256, recordings.MASTER_SUFFIX)
        silent = not math.isfinite(measured.integrated_lufs)
        return Master(
            sha256=finished.sha256,
            kind=kind,
            duration_ms=measured.duration_ms,
            preview_sha256=preview_sha256,
            facts={
                **facts,
                "target_lufs": self.settings.audio.target_lufs,
                "ceiling_dbtp": self.settings.audio.ceiling_dbtp,
                "integrated_lufs": None if silent else round(measured.integrated_lufs, 2),
                "true_peak_dbtp": round(measured.true_peak_dbtp, 2),
                "range_lu": round(measured.range_lu, 2),
                "gain_db": round(finished.gain_db, 2),
            },
            made_at=now,
        )

    def _made_before(self, recording: Recording) -> Recording | None:
        """An accepted recording of the same bytes whose master can be used again."""
        same = sa.select(Recording).where(
            Recording.upload_sha256 == recording.upload_sha256,
            Recording.treatment == recording.treatment,
            Recording.state == RecordingState.ACCEPTED,
        )
        with self.database.reading() as session:
            found = session.scalars(same.options(joinedload(Recording.master))).all()
        return next((one for one in found if one.master and self._usable(one.master)), None)

    def _conclude(
        self,
        recording_id: int,
        codes: list[str],
        sentences: list[str],
        made: Master | None,
        now: datetime,
    ) -> str:
        """Write the verdict, and let the right ask for what was accepted, in one transaction."""

        def conclude(session: Session) -> str:
            kept = None if made is None else recordings.keep_master(session, made)
            concluded = recordings.conclude(
                session, recording_id, codes=codes, sentences=sentences, master=kept, now=now
            )
            if not concluded:
                return "it waits no longer"
            recording = session.get_one(Recording, recording_id, populate_existing=True)
            if kept is not None:
                using.air(session, recording, now)
            return str(Outcome.REJECTED if made is None else Outcome.ACCEPTED)

        return self.database.do(conclude)
