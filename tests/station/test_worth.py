"""What a start is worth is the dayparts' word, unless the station's file knows better."""

import pytest

from station import worth
from station.airtime import Week
from station.errors import WrongInput

HEAD = "channel,weekday,hour,worth\n"


@pytest.fixture
def written(settings):
    """Writes the station's file; answers what it is read as."""

    def write(text):
        worth.worth_file(settings).write_text(text)
        return worth.read(settings)

    return write


def values(settings, worths, week="2026-W48"):
    return worth.by_channel(settings, Week.parse(week, settings.zone), worths)


def test_without_a_file_dayparts_say_what_a_start_is_worth(settings):
    one, two, three = values(settings, worth.read(settings))
    assert one[:8] == (2, 2, 2, 2, 2, 6, 20, 20)
    assert one == two == three
    assert len(one) == 168


def test_the_file_has_the_last_word_for_a_channel_or_for_all(settings, written):
    worths = written(HEAD + "Two,1,6,50\n,7,23,9\n")
    one, two, three = values(settings, worths)
    assert (one[6], two[6], three[6]) == (20, 50, 20)
    assert one[-1] == two[-1] == three[-1] == 9


def test_an_hour_that_the_clocks_repeat_is_worth_as_much_both_times(make_settings):
    settings = make_settings('[station]\nzone = "Europe/Berlin"\n')
    worths = {(0, 7, 2): 33}
    one, *_ = values(settings, worths, "2026-W43")
    assert [hour for hour, value in enumerate(one) if value == 33] == [146, 147]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "columns"),
        ("channel,day,hour,worth\n", 1, "columns"),
        (HEAD + "\nFour,1,6,50\n", 3, "Four"),
        (HEAD + "One,0,6,50\n", 2, "1 to 7"),
        (HEAD + "One,1,24,50\n", 2, "0 to 23"),
        (HEAD + "One,1,6,-1\n", 2, "0 to 1000"),
        (HEAD + "One,1,6\n", 2, ""),
    ],
)
def test_a_broken_file_is_refused_with_its_line(written, text, line, problem):
    with pytest.raises(WrongInput) as refused:
        written(text)
    assert refused.value.code == "value-wrong"
    assert f"line {line}:" in refused.value.sentence
    assert problem in refused.value.sentence


def test_what_is_written_is_read_back(settings, written):
    worths = {(0, 1, 6): 50, (2, 7, 23): 0}
    assert written(worth.text_of(settings, worths)) == worths
