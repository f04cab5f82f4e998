"""Reference data loaded, shown and compared by commands."""
