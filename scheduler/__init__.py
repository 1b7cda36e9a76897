"""The scheduler answers one question: which request starts where."""
