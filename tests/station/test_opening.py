import pytest

from station.errors import WrongInput
from station.opening import open_new


@pytest.mark.parametrize("name", ["Radio Ubuntu", 'The "Air"', "back\\slash", "Umoya 🎙", "{name}"])
def test_a_station_may_have_any_name(tmp_path, name):
    settings, database = open_new(tmp_path / "station", demo=False, name=name)
    database.close()
    assert settings.station.name == name


def test_a_zone_that_is_none_is_refused_by_name(tmp_path):
    with pytest.raises(WrongInput, match="no time zone “Mars/Base”"):
        open_new(tmp_path / "station", demo=False, zone="Mars/Base")
