"""A log replayed on a timeline of its own, and the figures of that."""
