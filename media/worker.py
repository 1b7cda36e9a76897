"""The worker does each promised piece of audio work; done twice, it changes nothing."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy import orm
from sqlalchemy.orm import joinedload

from media import orders
from media.facts import Facts
from media.keeping import keep_master
from media.orders import Made, Silence
from media.report import Report
from media.session import Session
from media.shelf import Shelf
from media.studio import EngineerLostError, Studio
from media.verdict import Finding, Outcome, sentence
from media.wanted import Wanted
from media.words import ENGLISH
from station import jobs, recordings, rights, using
from station.db import Database
from station.errors import Fault
from station.jobs import Duty, JobKind
from station.ledger import lock
from station.members import Person
from station.recordings import Master, MasterKind, Recording, RecordingState
from station.rights import Request, RequestState
from station.settings import Settings
from station.treatment import FillKind, Treatment

STUDIO_FOLDER = "studio"

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Worker:
    """A station's audio work: uploads, silences, and the station's own material.

    One worker does one thing at a time, in its own studio; it is to be closed.
    """

    settings: Settings
    database: Database
    studio: Studio

    @classmethod
    def of(cls, settings: Settings, database: Database) -> "Worker":
        """A worker with a studio on the store's own disk."""
        seconds = settings.station.slot_seconds
        return cls(settings, database, Studio(settings.media_folder / STUDIO_FOLDER, seconds))

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the studio."""
        self.studio.close()

    def duties(self) -> Mapping[JobKind, Duty]:
        """What it can do, by the kind of job."""
        return {
            JobKind.INGEST: self.ingest,
            JobKind.SILENCE: self.silence,
            JobKind.STOCK: self.stock,
        }

    @property
    def shelf(self) -> Shelf:
        """The station's own material."""
        return Shelf(self.settings, self.database, self.studio)

    def ingest(self, subject: str, now: datetime) -> str:
        """Check one recording, master it, and let its right ask for it.

        Raises Fault when the upload is gone or a tool is missing.
        """
        recording = self._waiting(int(subject))
        if recording is None:
            return "it waits no longer"
        upload = self._stored(recording.upload_sha256)
        if not upload.exists():
            raise Fault(f"The upload of recording {subject} is gone.", permanent=True)
        before = self._made_before(recording)
        if before is not None:
            told = tuple(msgspec.convert(one, Finding) for one in before.findings)
            return self._conclude(recording, told, before.master, now)
        report, facts = self._render(recording, upload)
        made = None if facts is None else self._kept(MasterKind.SEGMENT, facts, now)
        return self._conclude(recording, report.findings, made, now)

    def silence(self, subject: str, now: datetime) -> str:
        """Make the master of one slot dedicated to silence. Raises Fault when a tool is missing."""
        with self.database.reading() as session:
            request = session.get(Request, int(subject))
            if request is None or request.state != RequestState.OPEN or request.master_sha256:
                return "it waits no longer"
            run = [one.id for one in rights.run_of(session, request)]
            who, language = _speaker(session, request.account_id)
        wanted = self._wanted(language)
        who = who or self.settings.station.name
        order = Silence(wanted, who, request.cause or "", run.index(request.id), len(run))
        tell = self._tell(JobKind.SILENCE, subject)
        try:
            made = self.studio.do(order, Made, self._said_around(request), tell)
        except EngineerLostError:
            raise Fault("The silence could not be made.", permanent=False) from None
        master = self._kept(MasterKind.SILENCE, made.facts, now)
        with self.database.writing() as session:
            kept = recordings.keep_master(session, master)
            session.execute(
                sa.update(Request)
                .where(Request.id == request.id, Request.state == RequestState.OPEN)
                .values(master_sha256=kept.sha256)
            )
        return "the silence is ready"

    def stock(self, subject: str, now: datetime) -> str:
        """Prepare what the operator brought, and make the station's fill anew of it.

        Raises Fault when a tool is missing.
        """
        del subject
        return f"{self.shelf.work_off(now)} made"

    def _wanted(self, language: str, treatment: Treatment | None = None) -> Wanted:
        """What a master of somebody's must be."""
        return dataclasses.replace(
            self.shelf.wanted, treatment=treatment or Treatment(), language=language
        )

    def _render(self, recording: Recording, upload: Path) -> tuple[Report, Facts | None]:
        """What the studio made of an upload."""
        with self.database.reading() as session:
            _, language = _speaker(session, recording.account_id)
        treatment = recording.chosen
        laid, files = self.shelf.laid_out(int(recording.upload_sha256[:8], 16))
        beside = {orders.PIECE: treatment.piece_sha256, orders.IDENT: treatment.ident_sha256}
        files |= {
            name: self._stored(sha256)
            for name, sha256 in beside.items()
            if sha256 and self._stored(sha256).exists()
        }
        wanted = self._wanted(language, treatment)
        tell = self._tell(JobKind.INGEST, str(recording.id))
        return Session(self.studio).render(upload, wanted, laid, files, tell)

    def _said_around(self, request: Request) -> dict[str, Path]:
        """The recordings that are said before and after a silence, where there are any."""
        own = self._stored(request.announcement_sha256) if request.announcement_sha256 else None
        said = {
            orders.OPENING: own or self.shelf.said(FillKind.OPENING),
            orders.CLOSE: self.shelf.said(FillKind.CLOSE),
        }
        return {name: file for name, file in said.items() if file is not None and file.exists()}

    def _kept(self, kind: MasterKind, facts: Facts, now: datetime) -> Master:
        return keep_master(self.studio, self.settings, kind, facts, now)

    def _tell(self, kind: JobKind, subject: str) -> Callable[[str], None]:
        """Let whoever waits for a job see which step of it is being done."""

        def tell(step: str) -> None:
            try:
                self.database.do(lambda session: jobs.tell(session, kind, subject, step))
            except (Fault, sa.exc.DatabaseError):
                # It is only shown: the work itself goes on.
                logger.warning("step-not-told", kind=kind, subject=subject, step=step)

        return tell

    def _stored(self, sha256: str) -> Path:
        return recordings.stored_at(self.settings.media_folder, sha256)

    def _waiting(self, recording_id: int) -> Recording | None:
        with self.database.reading() as session:
            recording = session.get(Recording, recording_id)
        waits = recording is not None and recording.state == RecordingState.RECEIVED
        return recording if waits else None

    def _made_before(self, recording: Recording) -> Recording | None:
        """An accepted recording of the same bytes whose master can be used again."""
        same = sa.select(Recording).where(
            Recording.upload_sha256 == recording.upload_sha256,
            Recording.treatment == recording.treatment,
            Recording.state == RecordingState.ACCEPTED,
        )
        with self.database.reading() as session:
            accepted = session.scalars(same.options(joinedload(Recording.master))).all()
        return next((one for one in accepted if self._serves_again(one)), None)

    def _serves_again(self, accepted: Recording) -> bool:
        usable = accepted.master is not None and self.shelf.usable(accepted.master)
        # What was told before findings had facts can't be told again in another language.
        return usable and len(accepted.findings) == len(accepted.codes)

    def _conclude(
        self,
        recording: Recording,
        findings: Sequence[Finding],
        made: Master | None,
        now: datetime,
    ) -> str:
        """Write the verdict, and let the right ask for what was accepted, in one transaction."""

        def conclude(session: orm.Session) -> str:
            if recording.chosen.part:
                # Before any other row: the other part may be concluded, or given away, just now.
                lock(session)
            _, language = _speaker(session, recording.account_id)
            kept = None if made is None else recordings.keep_master(session, made)
            concluded = recordings.conclude(
                session,
                recording.id,
                codes=[one.code for one in findings],
                sentences=[sentence(one.code, one.facts, language) for one in findings],
                findings=[msgspec.to_builtins(one) for one in findings],
                master=kept,
                now=now,
            )
            if not concluded:
                return "it waits no longer"
            current = session.get_one(Recording, recording.id, populate_existing=True)
            if kept is not None:
                using.air(session, current, now)
            return str(Outcome.REJECTED if made is None else Outcome.ACCEPTED)

        return self.database.do(conclude)


def _speaker(session: orm.Session, account_id: int) -> tuple[str, str]:
    """Whose account it is, and their language; no name for an account of the station's own."""
    query = sa.select(Person.name, Person.language).where(Person.account_id == account_id)
    found_one = session.execute(query).one_or_none()
    return ("", ENGLISH) if found_one is None else (found_one.name, found_one.language)
