"""The home of one's role, at ``/``."""
