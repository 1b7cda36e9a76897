"""Liquidsoap is met here alone: its script, the bytes it speaks, the verbs we need of it."""
