"""Playout keeps the station on air: every slot at its time, whatever else is down."""
