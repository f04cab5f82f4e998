"""The embedded stack: its processes, their supervision, and who runs or attaches to it."""
