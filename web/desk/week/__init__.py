"""The page of one week: where it stands, what is next, who is ready, what was built and changes."""
