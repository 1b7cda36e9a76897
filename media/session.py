"""A session in the studio: what is asked of it about an upload, and what came of it."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from media.facts import Facts
from media.orders import UPLOAD, Examine, Made, Render
from media.report import Report, received
from media.studio import EngineerLostError, Studio
from media.verdict import Outcome, found
from media.wanted import FillFile, Wanted
from station.errors import Fault

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Session:
    """Uploads are examined and rendered; one that no engineer survives can't be read."""

    studio: Studio

    def examine(self, file: Path, wanted: Wanted) -> Report:
        """Find out what an upload is and whether it can air.

        Raises WrongInput `file-missing` or `file-unreadable`, and Fault for a missing tool.
        """
        report = received(file, wanted.audio)
        if report.outcome is Outcome.REJECTED:
            return report
        try:
            examined: Report = self.studio.do(Examine(wanted), Report, {UPLOAD: file})
        except EngineerLostError:
            return report.stopped(found("unreadable"))
        return examined

    def render(
        self,
        file: Path,
        wanted: Wanted,
        fills: tuple[FillFile, ...] = (),
        beside: Mapping[str, Path] | None = None,
        tell: Tell = lambda _: None,
    ) -> tuple[Report, Facts | None]:
        """Make an upload's master and all that is shown of it, in the studio's spool.

        There are no facts of one that can't air. Raises what `examine` does.
        """
        report = received(file, wanted.audio)
        if report.outcome is Outcome.REJECTED:
            return report, None
        files = {**(beside or {}), UPLOAD: file}
        try:
            made: Made = self.studio.do(Render(wanted, fills), Made, files, tell)
        except EngineerLostError:
            return report.stopped(found("unreadable")), None
        if made.report is None or made.report.upload_sha256 != report.upload_sha256:
            raise Fault("The studio answered for another upload.", permanent=False)
        return made.report, made.facts


@contextmanager
def in_a_studio(slot_seconds: float) -> Iterator[Session]:
    """A session in a studio of its own, for one command."""
    with (
        tempfile.TemporaryDirectory(prefix="mweya-") as folder,
        Studio(Path(folder), slot_seconds) as studio,
    ):
        yield Session(studio)
