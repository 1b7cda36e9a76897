"""A recording arrives in small chunks, and goes on where it was cut off."""
