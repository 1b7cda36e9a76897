"""The listeners' page: press play, and see who is speaking."""
