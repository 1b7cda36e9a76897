"""A year of a station is played, to see what the build makes of it for everybody."""
