"""Pages of units: all of them in one table, one of them, and a few side by side."""
