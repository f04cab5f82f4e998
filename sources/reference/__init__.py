"""Reference data as files: units, officers, procedures, steps, calendars and rules."""
