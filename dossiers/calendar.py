"""Working time. All instants are UTC epoch milliseconds, all amounts are working milliseconds.

An office calendar is a table of working segments (half open: closing time itself is outside
hours) with the working time that lies before each, so that every question is one bisection.
``24x7`` has no table: all time is working time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dossiers.reference import CalendarSpec

MINUTE = 60_000
HOUR = 3_600_000
DAY = 24 * HOUR

# Times outside these years are refused as bad input, so the table may end there.
FIRST_YEAR = 2000
LAST_YEAR = 2069
EARLIEST = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp() * 1000)
LATEST = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp() * 1000)

OFFICE_HOURS = ((time(7, 30), time(11, 30)), (time(13, 0), time(17, 0)))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(moment: datetime) -> int:
    """Milliseconds since the epoch, exactly (floats lose the last one)."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


class Calendar:
    """Working time of one kind of office in one time zone."""

    def __init__(self, spec: CalendarSpec, timezone: str) -> None:
        self.spec = spec
        self.zone = ZoneInfo(timezone)
        self.always = spec.kind == "24x7"
        self.day_length = DAY if self.always else 8 * HOUR
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []  # working time before each segment
        self._month = (0, 0)  # the last month asked for: ticks ask for the same one again
        if not self.always:
            self._fill()

    def _fill(self) -> None:
        off = set(self.spec.days_off)
        make_up = set(self.spec.make_up_days)
        day = date(FIRST_YEAR - 1, 12, 1)
        end = date(LAST_YEAR + 1, 1, 1)
        total = 0
        while day < end:
            iso = day.isoformat()
            if iso in make_up or (day.weekday() < 5 and iso not in off):
                for opens, closes in OFFICE_HOURS:
                    start = instant(datetime.combine(day, opens, self.zone))
                    stop = instant(datetime.combine(day, closes, self.zone))
                    self._starts.append(start)
                    self._ends.append(stop)
                    self._before.append(total)
                    total += stop - start
            day += timedelta(days=1)
        self._total = total

    def elapsed(self, at: int) -> int:
        """Working time from the beginning of the table to ``at``."""
        if self.always:
            return at
        i = bisect_right(self._starts, at) - 1
        if i < 0:
            return 0
        return self._before[i] + min(at, self._ends[i]) - self._starts[i]

    def between(self, start: int, end: int) -> int:
        """Working time from ``start`` to ``end``; negative when ``end`` comes first."""
        return self.elapsed(end) - self.elapsed(start)

    def add(self, start: int, amount: int) -> int:
        """The earliest instant at which ``amount`` (>= 0) of working time after ``start`` is used
        up: Monday 07:30 plus 8 h is Monday 17:00."""
        if self.always:
            return start + amount
        if amount <= 0:
            return start
        target = self.elapsed(start) + amount
        if target > self._total:
            return LATEST
        i = bisect_left(self._before, target) - 1
        return self._starts[i] + target - self._before[i]

    def subtract(self, end: int, amount: int) -> int:
        """The latest instant from which ``amount`` of working time is left until ``end``."""
        if self.always:
            return end - amount
        if amount <= 0:
            return end
        target = self.elapsed(end) - amount
        if target < 0:
            return EARLIEST
        i = bisect_right(self._before, target) - 1
        return self._starts[i] + target - self._before[i]

    def next_working(self, at: int) -> int:
        """``at`` itself within hours, else the next opening."""
        if self.always:
            return at
        i = bisect_right(self._ends, at)
        return at if i >= len(self._starts) else max(at, self._starts[i])

    def is_working_day(self, day: date) -> bool:
        if self.always:
            return True
        iso = day.isoformat()
        return iso in self.spec.make_up_days or (
            day.weekday() < 5 and iso not in self.spec.days_off
        )

    def closing(self, day: date) -> int:
        """Closing time of the first working day from ``day`` on."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return instant(datetime.combine(day, OFFICE_HOURS[-1][1], self.zone))

    def local(self, at: int) -> datetime:
        return (_EPOCH + timedelta(milliseconds=at)).astimezone(self.zone)

    def local_date(self, at: int) -> date:
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

    def previous_working_moment(self, at: int) -> int:
        """The same clock time one working day earlier: what a wall compares with."""
        local = self.local(at)
        day = local.date() - timedelta(days=1)
        while not self.is_working_day(day):
            day -= timedelta(days=1)
        return instant(datetime.combine(day, local.time(), self.zone))


@lru_cache(maxsize=64)
def calendar_of(spec: CalendarSpec, timezone: str) -> Calendar:
    """The calendar for ``spec``; building an office table takes about 0.1 s, so they are kept."""
    return Calendar(spec, timezone)
