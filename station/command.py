"""Every command answers the same way: for people or as JSON, with an exit code that means it.

Exit codes: 0 done, 1 found problems, 2 wrong usage, 3 could not. `--json` keys are stable.
Progress goes to stderr, and only on a terminal. Each answer ends by naming the next
sensible command.
"""

import functools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NoReturn

import click

from station.errors import Fault, Refusal, WrongInput

# The name of a thread in a library that nothing can interrupt, and that nobody waits for any more.
LEFT_BEHIND = "left behind"


class ExitCode(IntEnum):
    """What a command's exit code means."""

    DONE = 0
    FOUND = 1
    USAGE = 2
    COULD_NOT = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found: facts for programs, lines for people, and what to do next."""

    facts: Mapping[str, object]
    lines: Sequence[str] = ()
    next_command: str | None = None
    found_problems: bool = False


def answers(command: Callable[..., Answer]) -> Callable[..., None]:
    """Turn a function that returns an Answer into a command's body, adding `--json`.

    Refusals and faults become one sentence on stderr (or `{"error": …}` on stdout with
    `--json`) and an exit code; nothing else is caught here.
    """

    @click.option("--json", "as_json", is_flag=True, help="Answer as JSON with stable keys.")
    @functools.wraps(command)
    def body(*, as_json: bool, **given: object) -> None:
        try:
            sys.exit(_answered(command, given, as_json=as_json))
        except WrongInput as refusal:
            _stop(refusal.sentence, refusal.code, ExitCode.USAGE, as_json)
        except Refusal as refusal:
            _stop(refusal.sentence, refusal.code, ExitCode.COULD_NOT, as_json)
        except Fault as fault:
            _stop(str(fault), "fault", ExitCode.COULD_NOT, as_json)
        except KeyboardInterrupt:
            stopped = Refusal("interrupted")
            _stop(stopped.sentence, stopped.code, ExitCode.COULD_NOT, as_json)

    return body


def _answered(
    command: Callable[..., Answer], given: Mapping[str, object], *, as_json: bool
) -> ExitCode:
    answer = command(**given)
    if as_json:
        click.echo(json.dumps(answer.facts, ensure_ascii=False, default=str))
    else:
        for line in answer.lines:
            click.echo(line)
        if answer.next_command:
            click.echo(f"\nNext: {answer.next_command}")
    return ExitCode.FOUND if answer.found_problems else ExitCode.DONE


def progress(line: str) -> None:
    """Tell a person at a terminal how far things are; programs hear nothing."""
    if sys.stderr.isatty():
        click.echo(line, err=True)


def _stop(sentence: str, code: str, exit_code: ExitCode, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"error": code, "sentence": sentence}, ensure_ascii=False))
    else:
        click.echo(sentence, err=True)
    sys.exit(exit_code)
