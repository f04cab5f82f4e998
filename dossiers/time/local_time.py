"""Instants (UTC epoch milliseconds) on the clocks of one place."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dossiers.time.day_table import FIRST_DAY, date_of, instant, midnights
from dossiers.time.hours import DAY

_EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))


class LocalTime:
    """Of one time zone."""

    def __init__(self, timezone: str) -> None:
        self.zone = ZoneInfo(timezone)
        self._offset, self._midnights = midnights(timezone)
        self._month = (0, 0)  # the last month asked for: ticks ask for the same one again

    def day_of(self, at: int) -> int:
        """The number of the local day of ``at`` (ms); see dossiers.time.day_table."""
        if self._offset is not None:
            return (at + self._offset) // DAY
        return bisect_right(self._midnights, at) - 1 + FIRST_DAY

    def clock_of(self, at: int) -> int:
        """The local clock time of ``at`` (ms), as ms after midnight."""
        if self._offset is not None:
            return (at + self._offset) % DAY
        local = self.local(at).replace(tzinfo=None)
        return (local - datetime.combine(local, time())) // timedelta(milliseconds=1)

    def at_clock(self, day: int, clock: int) -> int:
        """The instant at which local clocks show ``clock`` (ms after midnight) on day ``day``."""
        if self._offset is not None:
            return day * DAY + clock - self._offset
        wall = datetime.combine(date_of(day), time(), self.zone) + timedelta(milliseconds=clock)
        return instant(wall)

    def local(self, at: int) -> datetime:
        """What the clocks show at ``at`` (ms)."""
        return (_EPOCH + timedelta(milliseconds=at)).astimezone(self.zone)

    def local_date(self, at: int) -> date:
        """The day that it is there at ``at`` (ms)."""
        return self.local(at).date()

    def month_start(self, at: int) -> int:
        """The instant at which the local month of ``at`` began."""
        start, end = self._month
        if not start <= at < end:
            first = self.local_date(at).replace(day=1)
            following = (first + timedelta(days=31)).replace(day=1)
            start = instant(datetime.combine(first, time(), self.zone))
            self._month = (start, instant(datetime.combine(following, time(), self.zone)))
        return start
