"""Reference data made ready for use: checked, matched by name, and in force at a time."""
