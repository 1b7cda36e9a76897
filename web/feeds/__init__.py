"""What other programs fetch of a person's own: their calendar."""
