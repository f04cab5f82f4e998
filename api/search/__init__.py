"""Search by name and id."""
