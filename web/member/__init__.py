"""The member's page: your five minutes, from a phone."""
