"""Listeners say what is wrong with what they hear."""
