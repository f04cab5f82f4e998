"""The month under which a dossier that has ended is kept, so that few rows are read for a window.

It is the same for every installation and for ever: rows are sorted by it. So it goes by clocks
SHIFT ms ahead of UTC, where the product is used, and not by the reference data.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dossiers.time.hours import HOUR

SHIFT = 7 * HOUR
NO_MONTH = 0  # of what is open, or of what no month is certain
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def end_month(at: int) -> int:
    """The month (yyyymm) of an instant (ms) between the years 1 and 9999."""
    there = _EPOCH + timedelta(milliseconds=at + SHIFT)
    return there.year * 100 + there.month
