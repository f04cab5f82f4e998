"""Dossiers as pages: the list, one of them explained, and those of an officer."""
