"""Event logs (CSV, XES, either gzipped) become dossier events, sorted by time on disk."""
