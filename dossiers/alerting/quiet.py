"""When a message may go out: not in quiet hours, nor on days off by the calendar of the unit.

A make-up Saturday is a working day. Somebody whose quiet hours begin and end at one clock time has
none, and wants to be told on days off as well.
"""

from __future__ import annotations

from typing import NamedTuple

from dossiers.time.calendar import Calendar
from dossiers.time.hours import DAY, clock_ms

_MOST_DAYS = (
    60  # without a working day: then the calendar has none, and nothing is gained by waiting
)


class QuietHours(NamedTuple):
    """``begins``, ``ends``: ms after local midnight; over midnight if the end comes first."""

    begins: int
    ends: int

    @property
    def never(self) -> bool:
        """Whether nothing is ever quiet."""
        return self.begins == self.ends

    def holds(self, clock: int) -> bool:
        """Whether it is quiet at ``clock`` (ms after local midnight)."""
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


def quiet_hours(clocks: tuple[str, str]) -> QuietHours:
    """From two clock times. Raises CalendarError if they are none."""
    return QuietHours(clock_ms(clocks[0]) % DAY, clock_ms(clocks[1]) % DAY)


def may_go_at(at: int, quiet: QuietHours, calendar: Calendar) -> int:
    """The first instant (ms) from ``at`` on at which a message may go out; ``at`` itself if it may
    now. A day off is quiet until the quiet hours of the next working day's morning are over."""
    if quiet.never:
        return at
    day, clock = calendar.day_of(at), calendar.clock_of(at)
    if calendar.works_on(day) and not quiet.holds(clock):
        return at
    if calendar.works_on(day) and clock < quiet.ends:
        return calendar.at_clock(day, quiet.ends)
    opens = quiet.ends if quiet.holds(0) else 0
    for following in range(day + 1, day + _MOST_DAYS):
        if calendar.works_on(following):
            return calendar.at_clock(following, opens)
    return at
