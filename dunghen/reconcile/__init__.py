"""Dossiers here against somebody else's count, or list, of them."""
