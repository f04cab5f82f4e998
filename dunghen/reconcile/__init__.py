"""Dossiers here against somebody else's count, or list, of them.

In it: reading the files of the other side, and the comparison.
"""
