"""Figures are read from what the station kept, in frozen rows, and never kept themselves."""
