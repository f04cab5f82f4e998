"""Due times by walking the minutes one by one: the plain way, and the oracle of the tables.

It shares the reference data with the product and nothing else. Instants and results are UTC epoch
ms on whole minutes, except that a due time may end within one. Zones with one offset only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import lcm
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dossiers.wire.calendar_spec import CalendarSpec, MakeUpDay
from dossiers.wire.facts import Limit

MINUTE = 60_000
Minutes = frozenset[int]  # of a day, that are worked


class Minute(NamedTuple):
    """When it begins (ms), whether it is worked, and how many of its day are."""

    at: int
    worked: bool
    of_day: int


class MinuteLoop:
    """One office, minute by minute."""

    def __init__(self, spec: CalendarSpec, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        week = spec.hours
        self._week = [
            _minutes(day)
            for day in (week.mon, week.tue, week.wed, week.thu, week.fri, week.sat, week.sun)
        ]
        self._days: dict[str, Minutes] = dict.fromkeys(spec.days_off, frozenset())
        for entry in spec.make_up_days:
            if isinstance(entry, MakeUpDay):
                weekday = date.fromisoformat(entry.instead_of).weekday()
                self._days[entry.day] = self._week[weekday]
            else:
                self._days[entry] = self._week[0]
        self._days |= dict.fromkeys(spec.local_holidays, frozenset())
        # If no working day has 12 hours or less, an hour of a limit is one by the clock.
        self._by_clock = all(len(minutes) > 12 * 60 for minutes in self._week if minutes)
        # A working day in parts so small that each minute of any day is a whole number of them.
        self._parts = lcm(8, *(8 * len(minutes) for minutes in self._week if minutes))

    def worked(self, day: date) -> Minutes:
        """The minutes after midnight that are worked on ``day``."""
        return self._days.get(day.isoformat(), self._week[day.weekday()])

    def between(self, start: int, end: int) -> int:
        """Worked ms from ``start`` to ``end``."""
        total = 0
        for minute in self._walk(start):
            if minute.at >= end:
                break
            total += MINUTE if minute.worked else 0
        return total

    def due(self, received_at: int, limit: Limit) -> int:
        """The instant at which ``limit`` is used up."""
        start = next(minute.at for minute in self._walk(received_at) if minute.worked)
        if limit.unit == "hours" and self._by_clock:
            return self._after(start, limit.amount * 60)
        if limit.unit in ("hours", "working_days"):
            days = limit.amount * self._parts
            return self._use_up(start, days // 8 if limit.unit == "hours" else days)
        local = datetime.fromtimestamp(start / 1000, self._zone)
        day = local.date()
        if limit.unit == "days":
            for _ in range(limit.amount):
                day += timedelta(days=1)
        else:
            day = _months_later(day, limit.amount)
        if self.worked(day):
            return self._instant(day, local.hour * 60 + local.minute)
        while not self.worked(day):
            day += timedelta(days=1)
        last = max(self.worked(day))
        # Midnight would be the next day: a day that is worked to its end closes just before.
        return self._instant(day, last + 1) - (last == 24 * 60 - 1)

    def _after(self, start: int, minutes: int) -> int:
        """When so many minutes have been worked."""
        if not minutes:
            return start
        for minute in self._walk(start):
            minutes -= minute.worked
            if not minutes:
                return minute.at + MINUTE
        raise AssertionError("the walk has no end")

    def _use_up(self, start: int, left: int) -> int:
        """Each worked minute takes its share of a working day; ``left`` is in parts of one."""
        if not left:
            return start
        for minute in self._walk(start):
            if minute.worked:
                share = self._parts // minute.of_day
                if left <= share:
                    return minute.at - (-MINUTE * left // share)  # rounded up
                left -= share
        raise AssertionError("the walk has no end")

    def _walk(self, start: int) -> Iterator[Minute]:
        local = datetime.fromtimestamp(start / 1000, self._zone)
        day, at = local.date(), start
        of_day = local.hour * 60 + local.minute
        while True:
            worked = self.worked(day)
            for number in range(of_day, 24 * 60):
                yield Minute(at, number in worked, len(worked))
                at += MINUTE
            day, of_day = day + timedelta(days=1), 0

    def _instant(self, day: date, minute: int) -> int:
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return round(midnight.timestamp()) * 1000 + minute * MINUTE


def _minutes(segments: tuple[str, ...]) -> Minutes:
    found: set[int] = set()
    for text in segments:
        opens, closes = (int(clock[:2]) * 60 + int(clock[3:]) for clock in text.split("-"))
        found.update(range(opens, closes))
    return frozenset(found)


def _months_later(day: date, amount: int) -> date:
    year, month = day.year, day.month
    for _ in range(amount):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
