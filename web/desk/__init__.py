"""The operator's desk: one page runs the week."""
