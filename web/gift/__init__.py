"""A gift's link is opened, and its gift accepted or refused, by whoever holds it."""
