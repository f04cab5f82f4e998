"""A log replayed on a timeline of its own.

In it: import, publishing, waiting until everything has caught up, and the figures of that.
"""
