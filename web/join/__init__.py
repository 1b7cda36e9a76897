"""Whoever wants to be a member says who they are, with an invitation or without one."""
