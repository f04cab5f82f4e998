"""The pure domain: events, calendar, deadlines, state, lateness, tallies, alerts. No I/O, no clock."""
