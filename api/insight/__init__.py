"""The questions behind pages: a filter of dossiers, what it counts and which dossiers these are."""
