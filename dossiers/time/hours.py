"""Clock times and weekly hours, read from text and checked. Amounts are ms after local midnight."""

from __future__ import annotations

import re
from functools import lru_cache

from dossiers.wire.calendar_spec import Week

NOMINAL_HOURS = 8  # of a limit make one working day, whatever its length (Decree 118/2025)
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_LONG_DAY = 12 * HOUR
Segments = tuple[tuple[int, int], ...]  # (opens, closes), half open, in order

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


class CalendarError(ValueError):
    """A calendar or rule that cannot be used; the text says what, where, and what to do."""


@lru_cache(maxsize=256)
def clock_ms(text: str) -> int:
    """ "15:00" as ms after midnight; 24:00 is the end of the day."""
    match = _CLOCK.fullmatch(text)
    at = int(match[1]) * HOUR + int(match[2]) * MINUTE if match else DAY + 1
    if at > DAY:
        raise CalendarError(f"{text!r} is no clock time: write HH:MM, from 00:00 to 24:00")
    return at


def week_segments(week: Week, where: str) -> tuple[Segments, ...]:
    """Seven days from Monday. ``where`` names the calendar in errors (CalendarError)."""
    days = tuple(
        _segments(texts, f"{where}, hours.{weekday}")
        for weekday, texts in zip(Week.__struct_fields__, by_weekday(week), strict=True)
    )
    if not any(days):
        raise CalendarError(
            f"{where} has no working time at all: give at least one weekday hours, such as "
            'mon = ["07:30-11:30", "13:00-17:00"]'
        )
    return days


def counts_by_clock(week: tuple[Segments, ...]) -> bool:
    """Whether an hour of a limit is an hour by the clock: if every working day of the week is
    longer than 12 hours, as at a desk that is always open. Eight nominal hours would be a day."""
    return all(sum(end - start for start, end in day) > _LONG_DAY for day in week if day)


def by_weekday(week: Week) -> tuple[tuple[str, ...], ...]:
    """The segments as texts, from Monday."""
    return (week.mon, week.tue, week.wed, week.thu, week.fri, week.sat, week.sun)


def _segments(texts: tuple[str, ...], where: str) -> Segments:
    found: list[tuple[int, int]] = []
    free_from = 0
    for text in texts:
        opens, dash, closes = (part.strip() for part in text.partition("-"))
        if not dash:
            raise CalendarError(f"{where}: {text!r} is no segment: write HH:MM-HH:MM")
        try:
            start, end = clock_ms(opens), clock_ms(closes)
        except CalendarError as error:
            raise CalendarError(f"{where}: {error}") from None
        if not free_from <= start < end:
            raise CalendarError(
                f"{where}: {text!r} must end after it begins, and begin after the segment before it"
            )
        found.append((start, end))
        free_from = end
    return tuple(found)
