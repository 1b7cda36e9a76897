"""People become members, pay, stay and leave; a place is never promised twice."""
