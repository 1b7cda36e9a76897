"""The grid to look at and to work on: a week as a heat map, a day by slots, a piece by hand."""
