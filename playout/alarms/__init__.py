"""Trouble on air is found by ear, told to people until one takes it on, and ends by itself."""
