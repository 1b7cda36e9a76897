"""Logs are structured: JSON lines in a file, short lines on a terminal."""

import logging
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

import structlog


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Forgiving:
    """A stream that may be full or gone: whoever writes a log line must not fail for it."""

    stream: TextIO

    def write(self, text: str) -> None:
        """Write what can be written."""
        with suppress(OSError):
            self.stream.write(text)

    def flush(self) -> None:
        """Let go of what can be let go of."""
        with suppress(OSError):
            self.stream.flush()


def configure() -> None:
    """Send every log line to stderr, as JSON unless a person is watching."""
    _send_to(sys.stderr)


def keep_in(file: Path) -> None:
    """Send every log line to a file instead: the terminal is for people."""
    file.parent.mkdir(parents=True, exist_ok=True)
    _send_to(file.open("a", encoding="utf-8", buffering=1))


def _send_to(stream: TextIO) -> None:
    rendering: structlog.typing.Processor = (
        # Others would print what the code held at the time: passwords, too.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if stream.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            rendering,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Forgiving(stream))),
    )
    logging.basicConfig(
        stream=stream, force=True, level=logging.WARNING, format="%(name)s: %(message)s"
    )
