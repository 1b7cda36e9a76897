"""What is written is read back equal, and a sound file has nothing wrong."""

from hypothesis import given

from scheduler import plan as plans
from scheduler.problem_file import dump, parse
from scheduler.soundness import contradictions
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import planned, request, week


@QUICK
@given(problems(most_requests=5, most_starts=12, most_channels=3))
def test_what_is_written_is_read_back_equal(problem):
    assert list(contradictions(problem)) == []
    assert parse(dump(problem)) == problem
    plan = planned(problem)
    assert plans.parse(plans.dump(plan)) == plan


def test_what_is_published_of_a_request_that_is_gone_counts_for_nothing():
    gone = week(request("r17"), published=[("r9", 0, 2, False)])
    assert parse(dump(gone)).was == {}
