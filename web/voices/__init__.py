"""People and causes have pages of their own, as far as they chose; listeners say thanks there."""
