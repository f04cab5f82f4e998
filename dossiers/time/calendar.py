"""Working time. All instants are UTC epoch milliseconds, all amounts are working milliseconds.

An office calendar is a table of working segments (half open: closing time itself is outside
hours) with the working time that lies before each, so that every question is one bisection.
``24x7`` has no table: all time is working time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from datetime import date, datetime, timedelta
from functools import lru_cache

from dossiers.time.day_table import (
    DAYS,
    EARLIEST,
    FIRST_DAY,
    LATEST,
    NO_TABLE,
    build_table,
    day_number,
    instant,
)
from dossiers.time.hours import (
    DAY,
    HOUR,
    NOMINAL_HOURS,
    counts_by_clock,
    week_segments,
)
from dossiers.time.local_time import LocalTime
from dossiers.wire.calendar_spec import CalendarSpec, calendar_version


class Calendar(LocalTime):
    """Working time of one kind of office in one time zone.

    ``day_length``: of a usual working day (ms). ``even``: all working days are equally long.
    ``by_clock``: an hour of a limit is an hour by the clock (hours.counts_by_clock), not an eighth
    of a working day. ``version``: see calendar_version.
    """

    def __init__(self, spec: CalendarSpec, timezone: str) -> None:
        self.spec = spec
        self.version = calendar_version(spec)
        self.always = spec.kind == "24x7"
        super().__init__(timezone)
        self._table = table = NO_TABLE if self.always else build_table(spec, timezone)
        self.by_clock = self.always or counts_by_clock(week_segments(spec.hours, spec.name))
        self._starts, self._ends, self._before = table.starts, table.ends, table.before
        self._first_of_day, self._day_before = table.first_of_day, table.day_before
        self._first_of_work_day = table.first_of_work_day
        self._total = table.day_before[-1]
        before = table.day_before
        lengths = Counter(map(int.__sub__, before[1:], before))
        self.day_length = max(lengths, key=lambda n: (lengths[n], n)) if lengths else DAY
        # Where all days are equally long, an hour of a limit has a length, which is quicker.
        self.even = len(lengths) == 1 and self.day_length % NOMINAL_HOURS == 0
        self._hour = self.day_length // NOMINAL_HOURS

    def _index(self, at: int) -> int:
        """The place of the local day of ``at`` in lists by day, kept within them."""
        if self._offset is None:
            index = bisect_right(self._midnights, at) - 1
        else:
            index = (at + self._offset) // DAY - FIRST_DAY
        return index if 0 <= index < DAYS else 0 if index < 0 else DAYS - 1

    def elapsed(self, at: int) -> int:
        """Working time from the beginning of the table to ``at``."""
        if self.always:
            return at
        if self._offset is None:
            day = self._index(at)
        else:  # _index, written out: this is asked for all the time
            day = (at + self._offset) // DAY - FIRST_DAY
            if not 0 <= day < DAYS:
                day = 0 if day < 0 else DAYS - 1
        first = self._first_of_day
        i = bisect_right(self._starts, at, first[day], first[day + 1]) - 1
        if i < 0:
            return 0
        end = self._ends[i]
        return self._before[i] + (at if at < end else end) - self._starts[i]

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
        return self._reached(self.elapsed(start) + amount)

    def _reached(self, elapsed: int) -> int:
        """The earliest instant with so much working time (> 0) before it."""
        if elapsed > self._total:
            return LATEST
        if self.even:
            day = (elapsed - 1) // self.day_length
        else:
            day = bisect_left(self._day_before, elapsed) - 1
        return self._reached_on(day, elapsed)

    def _reached_on(self, day: int, elapsed: int) -> int:
        first = self._first_of_work_day
        i = bisect_left(self._before, elapsed, first[day], first[day + 1]) - 1
        return self._starts[i] + elapsed - self._before[i]

    def add_hours(self, start: int, hours: int) -> int:
        """The earliest instant at which so many hours of a limit are used up: 8 of them are one
        working day of the office, also if that is shorter or longer, unless they count by the
        clock."""
        if self.by_clock:
            return min(self.add(start, hours * HOUR), LATEST)
        return self._add_nominal(start, hours)

    def _add_nominal(self, start: int, hours: int) -> int:
        if hours <= 0:
            return start
        if self.even:
            return self._reached(self.elapsed(start) + hours * self._hour)
        day, part, whole = self.share(start)
        return self.at_share(day, part * NOMINAL_HOURS + hours * whole, whole * NOMINAL_HOURS)

    def add_working_days(self, start: int, days: int) -> int:
        """The earliest instant at which so many working days are used up, whatever their length."""
        if self.always:
            return self.add_hours(start, days * 24)
        return self._add_nominal(start, days * NOMINAL_HOURS)

    def share(self, at: int) -> tuple[int, int, int]:
        """How many working days of the table lie before ``at``: (n, a, b) is n + a/b of them."""
        before = self._day_before
        day = min(self._table.work_days[self._index(at)], len(before) - 2)
        start = before[day]
        return day, self.elapsed(at) - start, before[day + 1] - start

    def at_share(self, day: int, part: int, whole: int) -> int:
        """The earliest instant with ``day`` + ``part``/``whole`` working days of the table before
        it: the reverse of ``share``, rounded up to the millisecond."""
        more, part = divmod(part, whole)
        day += more
        before = self._day_before
        if not part:  # at the end of a day, not at the beginning of the next
            day, part = day - 1, whole
        if not 0 <= day < len(before) - 1:
            return LATEST if day >= 0 else EARLIEST
        start = before[day]
        return self._reached_on(day, start - (start - before[day + 1]) * part // whole)

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
        day = self._index(at)
        first = self._first_of_day
        i = bisect_right(self._ends, at, first[day], first[day + 1])
        if i >= len(self._starts):
            return at
        start = self._starts[i]
        return at if at > start else start

    def works_on(self, day: int) -> bool:
        """Whether day number ``day`` is a working day."""
        index = day - FIRST_DAY
        return self.always or (0 <= index < DAYS and self._table.working[index] == 1)

    def closing_of(self, day: int) -> int:
        """Closing time of the first working day from day number ``day`` on; for 24x7, and if
        hours end at 24:00, the day's last millisecond."""
        if self.always:
            return self.at_clock(day + 1, 0) - 1
        index = day - FIRST_DAY
        return self._table.closings[max(index, 0)] if index < DAYS else LATEST

    def opening_of(self, day: int) -> int:
        """When day number ``day``, a working day, begins to be one; for 24x7 its midnight."""
        if self.always:
            return self.at_clock(day, 0)
        return self._starts[self._first_of_day[day - FIRST_DAY]]

    def is_working_day(self, day: date) -> bool:
        return self.works_on(day_number(day))

    def closing(self, day: date) -> int:
        """Closing time of the first working day from ``day`` on."""
        return self.closing_of(day_number(day))

    def previous_working_moment(self, at: int) -> int:
        """The same clock time one working day earlier: what a wall compares with."""
        local = self.local(at)
        day = local.date() - timedelta(days=1)
        while not self.is_working_day(day):
            day -= timedelta(days=1)
        return instant(datetime.combine(day, local.time(), self.zone))


@lru_cache(maxsize=64)
def calendar_of(spec: CalendarSpec, timezone: str) -> Calendar:
    """The calendar for ``spec``. Building one takes about 30 ms, so they are kept."""
    return Calendar(spec, timezone)
