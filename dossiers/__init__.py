"""The pure domain: events, calendar, deadlines, state, lateness, tallies, alerts.

Plain functions and frozen types: no I/O, no clock.
"""
