"""A timeline: its topics, its record, its hash key and its reference data."""
