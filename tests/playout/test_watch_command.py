"""One watch listens for a station, and says so to a second one."""

from click.testing import CliRunner

from playout.cli import playout
from playout.only_one import WATCH, holding, is_held
from station.command import ExitCode


def test_a_second_watch_is_refused_in_words(settings):
    with holding(settings, WATCH) as alone:
        assert alone
        assert is_held(settings, WATCH)
        ran = CliRunner().invoke(playout, ["watch"], env={"MWEYA_HOME": str(settings.home)})
    assert ran.exit_code != ExitCode.DONE
    assert "The watch runs already" in ran.output
    assert not is_held(settings, WATCH)
