"""Reference data as files: units, officers, procedures, steps, calendars and rules."""

from sources.reference.findings import Finding
from sources.reference.folder import Loaded, read_folder

__all__ = ["Finding", "Loaded", "read_folder"]
