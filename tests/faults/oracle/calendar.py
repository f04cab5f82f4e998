"""Working time, counted day by day as docs/deadlines.md says it.

Knows calendars on which every working day has the same eight hours, so that an hour of a limit is
an hour. Instants in ms, days as dates.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HOUR = 3_600_000
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ONE = timedelta(days=1)


class Calendar:
    """``spec``: as reference data have it, as JSON."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.always = spec.get("kind") == "24x7"
        self._hours = {name: spec.get("hours", {}).get(name, ()) for name in WEEKDAYS}
        self._off = set(spec.get("days_off", ()))
        self._local = set(spec.get("local_holidays", ()))
        self._instead = {each["day"]: each["instead_of"] for each in spec.get("make_up_days", ())}
        self._known: dict[date, list[tuple[int, int]]] = {}

    def of_day(self, day: date) -> list[tuple[int, int]]:
        """When a day's hours begin and end, in order; empty on a day without."""
        found = self._known.get(day)
        if found is None:
            found = self._known[day] = [
                tuple(_instant(day, clock) for clock in span.split("-"))  # type: ignore[misc]
                for span in self._spans(day)
            ]
        return found

    def _spans(self, day: date) -> tuple[str, ...]:
        name = day.isoformat()
        if name in self._local:
            return ()
        if name in self._instead:
            day = date.fromisoformat(self._instead[name])
        elif name in self._off:
            return ()
        return tuple(self._hours[WEEKDAYS[day.weekday()]])

    def _from(self, at: int) -> Iterator[tuple[int, int]]:
        """Working hours that end after ``at``."""
        day = local_day(at)
        while True:
            yield from (span for span in self.of_day(day) if span[1] > at)
            day += _ONE

    def between(self, begin: int, end: int) -> int:
        """Working ms in [begin, end)."""
        if self.always or end <= begin:
            return max(0, end - begin)
        worked = 0
        for opens, closes in self._from(begin):
            if opens >= end:
                break
            worked += min(closes, end) - max(opens, begin)
        return worked

    def add(self, begin: int, amount: int) -> int:
        """The earliest instant at which ``amount`` working ms after ``begin`` are used up."""
        if self.always or amount == 0:
            return begin + amount
        for opens, closes in self._from(begin):
            start = max(opens, begin)
            if amount <= closes - start:
                return start + amount
            amount -= closes - start
        raise AssertionError("time does not end")

    def opening(self, at: int) -> int:
        """``at`` if that is within hours, else when they begin again."""
        if self.always:
            return at
        return max(at, next(self._from(at))[0])

    def rolled(self, day: date, clock: time) -> int:
        """That clock time of a working day; closing time of the next one if it is none."""
        if self.always or self.of_day(day):
            return round(datetime.combine(day, clock, ZONE).timestamp() * 1000)
        while not self.of_day(day):
            day += _ONE
        return self.of_day(day)[-1][1]

    def due(self, received: int, amount: int, unit: str) -> int:
        """The end of a limit of so many hours, working_days, days or months."""
        if unit == "hours":
            return self.add(received, amount * HOUR)
        if unit == "working_days" and not self.always:
            return self.add(received, amount * 8 * HOUR)
        begin = local(self.opening(received))
        if unit == "months":
            months = begin.year * 12 + begin.month - 1 + amount
            year, month = divmod(months, 12)
            day = date(year, month + 1, min(begin.day, monthrange(year, month + 1)[1]))
        else:
            day = begin.date() + amount * _ONE
        return self.rolled(day, begin.time())

    def after_stop(self, due: int, begin: int, end: int, unit: str) -> int:
        """Where a due time goes by a stop; ``unit`` of the limit, "" without one."""
        if self.always or unit not in ("days", "months"):
            return self.add(due, self.between(begin, end))
        moved = due + end - begin
        day = local_day(moved)
        spans = self.of_day(day)
        if spans and spans[0][0] <= moved <= spans[-1][1]:
            return moved
        while not (spans := self.of_day(day)):
            day += _ONE
        return spans[-1][1]


def local(at: int) -> datetime:
    """In Vietnam, to the ms."""
    return datetime.fromtimestamp(at // 1000, ZONE) + timedelta(milliseconds=at % 1000)


def local_day(at: int) -> date:
    return local(at).date()


def _instant(day: date, clock: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    midnight = datetime.combine(day, time(), ZONE)
    return round((midnight + timedelta(hours=hours, minutes=minutes)).timestamp() * 1000)
