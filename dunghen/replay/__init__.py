"""A log replayed on a time line of its own, and the figures of that."""
