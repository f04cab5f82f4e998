"""What became of a log's rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RowCounts:
    """``read``: rows of the file, bad ones included: data rows of a CSV log; of XES, events and
    traces without events. ``duplicates``: rows equal to an earlier one in all columns (published
    all the same). ``dead_lettered``: rows with something that could not be taken, and the place
    where the file breaks off, if it does: then ``broken_off`` is 1. ``events``: records that a
    replay publishes. ``taken``: all other rows; read + broken_off = taken + dead_lettered +
    duplicates."""

    read: int
    duplicates: int
    dead_lettered: int
    events: int
    dossiers: int
    broken_off: int = 0

    @property
    def taken(self) -> int:
        """Rows that are neither duplicates nor left a dead letter."""
        return self.read + self.broken_off - self.dead_lettered - self.duplicates
