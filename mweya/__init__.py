"""One command over all rooms, and what needs several of them at once."""
