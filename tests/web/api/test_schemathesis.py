"""Schemathesis asks everything that the description allows, and much that it does not."""

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

from station import alarms, grid, jobs
from station.airtime import Week
from station.alarms import AlarmKind, Raised
from station.jobs import JobKind

STEADY = hypothesis.settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def described(app, database, settings, seeded, now):
    """The description of a station in which much of what can be asked for is there."""
    with database.writing() as session:
        week = Week.of(now, settings.zone)
        jobs.promise(session, JobKind.BUILD, week, now)
        alarms.keep(session, Raised(AlarmKind.QUIET, 0, "standard", now, now, None, {}))
        assert grid.published(session, week) is not None
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


def test_every_answer_is_as_described(described, bearer):
    # Schemathesis does not unpack what an application answers without a server.
    plain = {"Accept-Encoding": "identity"}
    shown, seen = {**plain, **bearer()}, set()
    for operation in (found.ok() for found in described.get_all_operations()):
        takes_something = bool(operation.definition.raw["parameters"])
        for mode in list(GenerationMode) if takes_something else [GenerationMode.POSITIVE]:

            @STEADY
            @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
            def ask(case):
                header = case.meta.components.get(ParameterLocation.HEADER)
                # What is wrong about a question may be that it shows no token.
                bare = header is not None and header.mode is GenerationMode.NEGATIVE
                answer = case.call_and_validate(headers=plain if bare else shown)
                seen.add(answer.status_code)

            ask()
    assert seen >= {200, 202, 401, 404, 409, 422}
