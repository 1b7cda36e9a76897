"""The station's own material: what its operator brought, and the slots of fill made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from media import orders
from media.keeping import keep_master, keep_sound
from media.orders import Emergency, Fill, Made, Prepare
from media.report import Prepared
from media.studio import EngineerLostError, Studio
from media.verdict import found
from media.wanted import FillFile, Wanted
from station import fill, recordings
from station.db import Database
from station.errors import Fault
from station.fill import FillPiece, FillState
from station.recordings import Master, MasterKind
from station.settings import Settings
from station.treatment import FillKind

# How many different slots of fill a station has, so that two in a row do not sound alike.
VARIETY = 3
# What is laid before the engineer for one slot; the others have their turn in another.
MOST_OF_A_KIND: Mapping[FillKind, int] = {
    FillKind.BED: 1,
    FillKind.IDENT: 3,
    FillKind.PROMO: 6,
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A station's own material, and the studio that works on it."""

    settings: Settings
    database: Database
    studio: Studio

    @property
    def wanted(self) -> Wanted:
        """What every master of this station must be."""
        return Wanted(self.settings.station.slot_seconds, self.settings.audio)

    def laid_out(self, seed: int) -> tuple[tuple[FillFile, ...], dict[str, Path]]:
        """What of the operator's fill may be used in one slot, and where its files lie."""
        used = self._used()
        chosen = [
            piece
            for kind, most in MOST_OF_A_KIND.items()
            for piece in _turned([one for one in used if one.kind == kind], seed)[:most]
        ]
        files = {f"fill-{piece.id}": self._file(piece) for piece in chosen}
        described = tuple(
            FillFile(f"fill-{piece.id}", FillKind(piece.kind), _lufs(piece), piece.id)
            for piece in chosen
        )
        return described, files

    def said(self, kind: FillKind) -> Path | None:
        """The newest recording that is said around silences, if the operator brought one."""
        of_kind = [piece for piece in self._used() if piece.kind == kind]
        return self._file(of_kind[-1]) if of_kind else None

    def work_off(self, now: datetime) -> int:
        """Prepare what waits, then make the station's fill anew where needed; how many were made.

        Raises Fault when a tool is missing.
        """
        with self.database.reading() as session:
            waiting = fill.in_state(session, FillState.RECEIVED)
        broken: Exception | None = None
        for piece in waiting:
            try:
                self.prepare(piece, now)
            except (Fault, OSError) as error:
                # One piece that can't be prepared keeps neither the others nor the station waiting.
                broken = error
        made = self.stock(now)
        if broken is not None:
            raise broken
        return made

    def prepare(self, piece: FillPiece, now: datetime) -> FillPiece:
        """Prepare what an operator brought: from now on it is used, or says why it can't be.

        Raises Fault when a tool is missing.
        """
        upload = recordings.stored_at(self.settings.media_folder, piece.upload_sha256)
        order = Prepare(self.wanted, FillKind(piece.kind))
        try:
            made = self.studio.do(order, Prepared, {orders.UPLOAD: upload})
        except EngineerLostError:
            made = Prepared((found("unreadable"),))
        facts: dict[str, Any] = {"sentences": [finding.sentence for finding in made.findings]}
        if made.integrated_lufs is None:
            self.database.do(lambda session: fill.reject(session, piece.id, facts))
        else:
            sound_sha256, preview_sha256 = keep_sound(self.studio, self.settings.media_folder)
            facts |= {"preview_sha256": preview_sha256, "integrated_lufs": made.integrated_lufs}
            self.database.do(
                lambda session: fill.accept(
                    session, piece.id, sound_sha256, made.duration_ms, facts, now
                )
            )
        with self.database.reading() as session:
            return session.get_one(FillPiece, piece.id)

    def stock(self, now: datetime) -> int:
        """Make the station's fill and emergency piece where missing; how many were made.

        What was made of other material, or for other settings, is used no longer. Raises Fault
        when a tool is missing.
        """
        library = self._library()
        wanted = [(MasterKind.FILL, {"seed": seed, "library": library}) for seed in range(VARIETY)]
        wanted.append((MasterKind.EMERGENCY, {"seed": 0, "library": []}))
        there = self._stocked()
        missing = [(kind, recipe) for kind, recipe in wanted if not _among(kind, recipe, there)]
        for kind, recipe in missing:
            made = self._made(kind, recipe, now)
            self.database.do(partial(recordings.keep_master, master=made))
        if self._library() != library:
            # Somebody brought more meanwhile: whoever makes that anew retires the rest.
            return len(missing)
        current = [one for one in self._stocked() if (MasterKind(one.kind), _recipe(one)) in wanted]
        kept = {one.sha256 for one in current}
        self.database.do(lambda session: recordings.retire_fill(session, kept))
        return len(missing)

    def usable(self, made: Master) -> bool:
        """Whether a master is what this station's settings ask for, and its file is there."""
        audio = self.settings.audio
        file = recordings.master_at(self.settings.media_folder, made.sha256)
        return (
            made.duration_ms == self.settings.station.slot_seconds * 1000
            and made.facts["target_lufs"] == audio.target_lufs
            and made.facts["ceiling_dbtp"] == audio.ceiling_dbtp
            and file.exists()
        )

    def _made(self, kind: MasterKind, recipe: Mapping[str, Any], now: datetime) -> Master:
        station = self.settings.station.name
        files: dict[str, Path] = {}
        if kind is MasterKind.FILL:
            laid, files = self.laid_out(recipe["seed"])
            order: orders.Order = Fill(self.wanted, station, recipe["seed"], laid)
        else:
            order = Emergency(self.wanted, station)
        try:
            made = self.studio.do(order, Made, files)
        except EngineerLostError:
            raise Fault("The station's own fill could not be made.", permanent=False) from None
        return keep_master(self.studio, self.settings, kind, made.facts, now, recipe)

    def _stocked(self) -> list[Master]:
        """The station's own pieces that are there and can be used."""
        with self.database.reading() as session:
            return [
                made
                for kind in (MasterKind.FILL, MasterKind.EMERGENCY)
                for made in recordings.masters_of(session, kind)
                if self.usable(made)
            ]

    def _used(self) -> list[FillPiece]:
        """Every piece that is used and whose sound is there, oldest first."""
        with self.database.reading() as session:
            used = fill.in_state(session, FillState.USED)
        return [piece for piece in used if self._file(piece).exists()]

    def _library(self) -> list[int]:
        """The numbers of what slots of fill are made of, in the order of its kinds."""
        used = self._used()
        return [piece.id for kind in MOST_OF_A_KIND for piece in used if piece.kind == kind]

    def _file(self, piece: FillPiece) -> Path:
        return recordings.master_at(self.settings.media_folder, piece.sound_sha256)


def _turned(pieces: Sequence[FillPiece], seed: int) -> list[FillPiece]:
    """The same pieces, another one first for each seed."""
    first = seed % len(pieces) if pieces else 0
    return [*pieces[first:], *pieces[:first]]


def _lufs(piece: FillPiece) -> float:
    return float(piece.facts["integrated_lufs"])


def _recipe(made: Master) -> dict[str, Any]:
    return {"seed": made.facts.get("seed"), "library": made.facts.get("library", [])}


def _among(kind: MasterKind, recipe: Mapping[str, Any], there: Sequence[Master]) -> bool:
    return any(made.kind == kind and _recipe(made) == recipe for made in there)
