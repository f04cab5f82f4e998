"""What "today" and "since yesterday's close" are, by the pipeline's clock and a unit's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dossiers.time.calendar import Calendar
from dossiers.time.day_table import date_of
from dossiers.time.hours import HOUR

EARLY_CLOCK = 10 * HOUR  # what is due before ten has to be done first
_MOST_DAYS = 60  # no office is closed for longer


@dataclass(frozen=True)
class OfficeDay:
    """``now`` and all instants: ms. ``working``: whether the local day is a working day.
    ``opens_at``, ``closes_at``: of today, or of the next working day if today is none. ``since``:
    the closing time of the last working day before today (of a 24x7 calendar: midnight);
    ``next_day``: the working day after today."""

    now: int
    today: date
    working: bool
    opens_at: int
    closes_at: int
    since: int
    next_day: date
    calendar: Calendar

    @property
    def before_hours(self) -> bool:
        """Whether today's office hours have not begun."""
        return self.working and self.now < self.opens_at

    @property
    def after_hours(self) -> bool:
        """Whether today's office hours are over."""
        return self.working and self.now >= self.closes_at

    @property
    def early(self) -> bool:
        """Whether it is before ten on a working day."""
        return self.working and self.calendar.clock_of(self.now) < EARLY_CLOCK

    @property
    def due_day(self) -> date:
        """The day whose due times are looked at: today, or the next working day if today is none or
        its hours are over."""
        return self.today if self.working and not self.after_hours else self.next_day

    @property
    def of_today(self) -> bool:
        """Whether the due day is today."""
        return self.due_day == self.today

    def window_since(self) -> str:
        """``since`` as a window of a filter (api.insight.windows): open to the end."""
        return f"{self._minute(self.since)}.."

    def window_due(self) -> str:
        """From today to the end of the due day, as a window: on a day off, and after hours, there
        may be due times before it, of units with other hours or late by the date alone."""
        return f"{self.today.isoformat()}..{self.due_day.isoformat()}"

    def window_early(self) -> str:
        """From today to ten on the due day, as a window."""
        return f"{self.today.isoformat()}T00:00..{self.due_day.isoformat()}T10:00"

    def window_later(self) -> str:
        """All days after the due day, as a window."""
        return f"{(self.due_day + timedelta(days=1)).isoformat()}.."

    def _minute(self, at: int) -> str:
        return self.calendar.local(at).strftime("%Y-%m-%dT%H:%M")


def office_day(now: int, calendar: Calendar) -> OfficeDay:
    """The day of ``now`` (ms)."""
    day = calendar.day_of(now)
    working = calendar.works_on(day)
    following = _working_day(calendar, day, 1)
    here = day if working else following
    return OfficeDay(
        now=now,
        today=date_of(day),
        working=working,
        opens_at=calendar.opening_of(here),
        closes_at=calendar.closing_of(here),
        since=_last_close(calendar, day),
        next_day=date_of(following),
        calendar=calendar,
    )


def _last_close(calendar: Calendar, day: int) -> int:
    if calendar.always:
        return calendar.at_clock(day, 0)
    return calendar.closing_of(_working_day(calendar, day, -1))


def _working_day(calendar: Calendar, day: int, step: int) -> int:
    """The nearest working day after ``day`` (``step`` 1) or before it (-1)."""
    for distance in range(1, _MOST_DAYS):
        if calendar.works_on(day + step * distance):
            return day + step * distance
    return day + step
