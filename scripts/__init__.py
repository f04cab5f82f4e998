"""Scripts that make and CI call."""
