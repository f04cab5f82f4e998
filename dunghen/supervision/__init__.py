"""Keeping the embedded processes running, and leaving none behind."""
