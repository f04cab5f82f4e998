"""The embedded stack: its processes, their supervision, and who runs or attaches to it.

In it: how processes are started, watched and stopped, in general (supervisor, child, backoff) and
for ours (process specs, readiness, plans).
"""
