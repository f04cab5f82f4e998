"""Event logs (CSV, XES, either gzipped) become dossier events, sorted by time on disk."""

from sources.importer.counts import Counts
from sources.importer.log import ImportedLog, import_log
from sources.importer.rows import LogError

__all__ = ["Counts", "ImportedLog", "LogError", "import_log"]
