"""A horizontal axis that has working time only: places are percentages of its width.

Every working day is a column as wide as its hours, a run of days off is a narrow gap, and a night
is nothing at all. So equal lengths on the axis are equal amounts of working time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Literal

from dossiers.time.calendar import Calendar
from dossiers.time.day_table import EARLIEST, LATEST, date_of
from dossiers.time.hours import DAY

MOST_LABELS = 9  # that fit side by side
LABEL_WIDTH = 9.0  # percent that the text of a label takes
LABELLED_GAP = 2.6  # percent; a gap this wide has room for words
_ALL_GAPS = 18.0  # percent of the width that gaps take at most
_LONGEST_DAYS = 4000  # days; what is longer is shown as 24 hours a day

Grain = Literal["day", "week", "month"]


@dataclass(frozen=True)
class DayColumn:
    """One working day at ``x``, ``width`` wide (percent)."""

    day: date
    x: float
    width: float


@dataclass(frozen=True)
class DaysOff:
    """Days off from ``first`` to ``last`` at ``x`` (percent). ``weekend``: Saturdays and Sundays
    alone. ``labelled``: whether there is room for words."""

    first: date
    last: date
    x: float
    width: float
    weekend: bool
    labelled: bool


@dataclass(frozen=True)
class AxisLabel:
    """``day`` written at ``x`` (percent), from there on to the right."""

    day: date
    x: float


@dataclass(frozen=True)
class _Run:
    """Working time from ``start`` to ``end`` (ms) without a day off; ``x``: where it begins."""

    start: int
    end: int
    x: float


class Axis:
    """From the opening of the day of ``start`` to the closing of the day of ``end`` (ms).

    ``grain``: what a label stands for; of a long life only weeks or months are labelled.
    """

    def __init__(self, calendar: Calendar, start: int, end: int) -> None:
        self._calendar = calendar
        days = _working_days(calendar, start, max(start, end))
        runs = list(_runs(days))
        gap = min(LABELLED_GAP, _ALL_GAPS / max(1, len(runs) - 1))
        amounts = [calendar.between(*_span(calendar, run)) for run in runs]
        self.scale = (100 - gap * (len(runs) - 1)) / max(1, sum(amounts))  # percent a working ms
        self._runs: list[_Run] = []
        self.columns: list[DayColumn] = []
        self.gaps: list[DaysOff] = []
        x = 0.0
        for place, (run, amount) in enumerate(zip(runs, amounts, strict=True)):
            if place:
                self.gaps.append(_gap(runs[place - 1][-1], run[0], x, gap))
                x += gap
            opens, closes = _span(calendar, run)
            self._runs.append(_Run(opens, closes, x))
            self._add_columns(run, x)
            x += amount * self.scale
        self.grain, self.labels = _labels(self.columns)

    def _add_columns(self, run: Sequence[int], x: float) -> None:
        opens, _ = _span(self._calendar, run)
        for day in run:
            since, until = _span(self._calendar, (day,))
            left = x + self._calendar.between(opens, since) * self.scale
            width = self._calendar.between(since, until) * self.scale
            self.columns.append(DayColumn(date_of(day), left, width))

    def x(self, at: int) -> float:
        """Where an instant (ms) is; what lies outside is at the nearer end. Within days off it is
        within their gap."""
        place = bisect_right(self._runs, at, key=lambda run: run.start) - 1
        if place < 0:
            return 0.0
        run = self._runs[place]
        worked = self._calendar.between(run.start, min(at, run.end))
        here = min(100.0, run.x + worked * self.scale)
        if at <= run.end or place + 1 == len(self._runs):
            return here
        after = self._runs[place + 1]
        return here + (after.x - here) * (at - run.end) / (after.start - run.end)


def _working_days(calendar: Calendar, start: int, end: int) -> list[int]:
    """Numbers of the working days, the day of ``start`` among them if there is none."""
    first = calendar.day_of(max(start, EARLIEST))
    last = calendar.day_of(min(end, LATEST - DAY))
    last = max(first, min(last, first + _LONGEST_DAYS))
    found = [day for day in range(first, last + 1) if calendar.works_on(day)]
    if not found:  # all of it on days off: as much as is needed to see the day after
        opens = calendar.day_of(calendar.next_working(start))
        found = [opens if calendar.works_on(opens) else first]
    return found


def _runs(days: Sequence[int]) -> Iterator[list[int]]:
    run = [days[0]]
    for before, day in pairwise(days):
        if day != before + 1:
            yield run
            run = []
        run.append(day)
    yield run


def _span(calendar: Calendar, run: Sequence[int]) -> tuple[int, int]:
    """From the opening of its first day to the closing of its last, ms."""
    if not calendar.works_on(run[0]):
        return calendar.at_clock(run[0], 0), calendar.at_clock(run[-1] + 1, 0)
    if calendar.always:
        return calendar.opening_of(run[0]), calendar.at_clock(run[-1] + 1, 0)
    return calendar.opening_of(run[0]), calendar.closing_of(run[-1])


def _gap(before: int, after: int, x: float, width: float) -> DaysOff:
    days = [date_of(day) for day in range(before + 1, after)]
    weekend = len(days) <= 2 and all(day.weekday() >= 5 for day in days)
    return DaysOff(days[0], days[-1], x, width, weekend, width >= LABELLED_GAP)


def _labels(columns: Sequence[DayColumn]) -> tuple[Grain, list[AxisLabel]]:
    """Every day, or the first working day of every week, month or so many months."""
    if len(columns) <= MOST_LABELS:
        return "day", [AxisLabel(column.day, column.x) for column in columns]
    weeks = _firsts(columns, lambda day: (day.toordinal() - day.weekday()) // 7)
    if len(weeks) <= MOST_LABELS:
        return "week", _apart(weeks)
    found = weeks
    for months in (1, 2, 3, 6, 12, 24):
        found = _firsts(columns, partial(_span_of_months, months))
        if len(found) <= MOST_LABELS:
            break
    return "month", _apart(found)


def _span_of_months(months: int, day: date) -> int:
    return (day.year * 12 + day.month - 1) // months


def _firsts(columns: Sequence[DayColumn], period: Callable[[date], int]) -> list[AxisLabel]:
    """The first column of each period."""
    found: dict[int, AxisLabel] = {}
    for column in columns:
        found.setdefault(period(column.day), AxisLabel(column.day, column.x))
    return list(found.values())


def _apart(labels: Sequence[AxisLabel]) -> list[AxisLabel]:
    """Without those whose text would run into the next one's: the first one of a short period
    gives way to the one after it."""
    found: list[AxisLabel] = []
    for label in reversed(labels):
        if label.x + LABEL_WIDTH <= (found[-1].x if found else 100.0 + LABEL_WIDTH / 2):
            found.append(label)
    return found[::-1]
