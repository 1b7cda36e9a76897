"""Reading a problem refuses what is unknown or contradicts itself, and names where.

What is merely hard to satisfy (nothing allowed, too long for every opening) is no wrong
input: the plan says it.
"""

import json
import re
from codecs import BOM_UTF8
from pathlib import Path

import msgspec

from scheduler.problem import Problem
from scheduler.soundness import contradictions
from station.errors import WrongInput


def read(file: Path) -> Problem:
    """Read a problem file.

    Raises WrongInput `file-missing`, `file-unreadable`, `json-wrong` or `problem-wrong`.
    """
    return parse(read_bytes(file), file)


def read_bytes(file: Path) -> bytes:
    """The bytes of a file, without the mark that some editors begin it with.

    Raises WrongInput `file-missing` or `file-unreadable`.
    """
    try:
        return file.read_bytes().removeprefix(BOM_UTF8)
    except FileNotFoundError:
        raise WrongInput("file-missing", file=file) from None
    except OSError as error:
        raise WrongInput("file-unreadable", file=file, problem=error.strerror) from None


def parse(raw: bytes, file: Path | str = "the problem") -> Problem:
    """Read a problem's JSON. Raises WrongInput `json-wrong` or `problem-wrong`."""
    try:
        problem = msgspec.json.decode(raw, type=Problem)
    except msgspec.ValidationError as error:
        trouble, _, path = str(error).partition(" - at ")
        where = _where(raw, path.strip("`"))
        raise WrongInput("problem-wrong", file=file, where=where, problem=trouble) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WrongInput("json-wrong", file=file, problem=error) from None
    require_sound(problem, file)
    return problem


def dump(problem: Problem) -> bytes:
    """A problem as JSON, which `parse` reads back equal."""
    return msgspec.json.format(msgspec.json.encode(problem), indent=1) + b"\n"


def require_sound(problem: Problem, file: Path | str = "the problem") -> None:
    """Refuse a problem that contradicts itself. Raises WrongInput `problem-wrong`."""
    for where, trouble in contradictions(problem):
        raise WrongInput("problem-wrong", file=file, where=where, problem=trouble)


def _where(raw: bytes, path: str) -> str:
    """A path like `$.requests[3].pin`, with the request's own id where it has one."""
    found = re.match(r"\$\.(requests|published)\[(\d+)\](?:\.(.*))?$", path)
    if not found:
        return path.removeprefix("$.").removeprefix("$") or "the file"
    group, index, key = found[1], int(found[2]), found[3]
    try:
        one = json.loads(raw)[group][index]
    except RecursionError:
        return path.removeprefix("$.")
    name = one.get("id") if isinstance(one, dict) else None
    of = f"request “{name}”" if group == "requests" else f"the published place of “{name}”"
    where = of if isinstance(name, str) else f"{group}[{index}]"
    return f"{where}, {key}" if key else where
