"""A plan says where each request starts or why it was bumped, and how good that is.

The format `mweya-plan/1` is described in `docs/problem-format.md`.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from scheduler.problem import Count, Place
from scheduler.problem_file import read_bytes
from station.errors import Violation, WrongInput

FORMAT: Final = "mweya-plan/1"


class Status(StrEnum):
    """How much is proven: the best, a plan, that there is none, or nothing."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class Placement(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a request starts."""

    id: str
    channel: Count
    start: Count

    @property
    def place(self) -> Place:
        """Its channel and start."""
        return Place(self.channel, self.start)


class Bumped(Struct, frozen=True, forbid_unknown_fields=True):
    """A request that got no place, and why, in its holder's words."""

    id: str
    reason: str


class Plan(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An answer to a problem, with its certificate.

    `bound` is proven: no plan that bumps the same weight scores more. Where there is no
    plan (`infeasible`, `unknown`) the figures are null and `conflict` says what clashes.
    """

    format: Literal["mweya-plan/1"]
    status: Status
    placements: tuple[Placement, ...] = ()
    bumped: tuple[Bumped, ...] = ()
    bumped_weight: int | None = None
    score: int | None = None
    bound: int | None = None
    gap: float | None = None
    seconds: Annotated[float, Meta(ge=0)]
    seed: Count
    conflict: tuple[Violation, ...] = ()

    @property
    def has_grid(self) -> bool:
        """Whether there is anything to put on air."""
        return self.status in {Status.OPTIMAL, Status.FEASIBLE}


def gap_of(score: int, bound: int) -> float:
    """How far a score may be from the best: a share of the bound."""
    return (bound - score) / max(1, abs(bound))


def read(file: Path) -> Plan:
    """Read a plan file.

    Raises WrongInput `file-missing`, `file-unreadable`, `json-wrong` or `plan-wrong`.
    """
    return parse(read_bytes(file), file)


def parse(raw: bytes, file: Path | str = "the plan") -> Plan:
    """Read a plan's JSON. Raises WrongInput `json-wrong` or `plan-wrong`."""
    try:
        return msgspec.json.decode(raw, type=Plan)
    except msgspec.ValidationError as error:
        raise WrongInput("plan-wrong", file=file, problem=error) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WrongInput("json-wrong", file=file, problem=error) from None


def dump(plan: Plan) -> bytes:
    """A plan as JSON, which `parse` reads back equal."""
    return msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"


def figures(plan: Plan) -> dict[str, object]:
    """What a plan proves, by the plan file's own keys."""
    return {
        "status": plan.status,
        "bumped_weight": plan.bumped_weight,
        "score": plan.score,
        "bound": plan.bound,
        "gap": plan.gap,
        "seconds": plan.seconds,
        "seed": plan.seed,
    }
