"""The tables of an office calendar, from 1999-12-01 to 2069-12-31.

Instants are UTC epoch ms. Days have numbers: days since 1970-01-01, local; lists by day begin with
``FIRST_DAY``. Zones whose offset never changes, as Vietnam's since 1975, need no look-up by day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dossiers.time.hours import DAY, CalendarError, Segments, week_segments
from dossiers.wire.calendar_spec import CalendarSpec, MakeUpDay

# Times outside these years are refused as bad input, so the tables may end there.
FIRST_YEAR = 2000
LAST_YEAR = 2069
EARLIEST = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp() * 1000)
LATEST = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp() * 1000)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ORDINAL = date(1970, 1, 1).toordinal()


def instant(moment: datetime) -> int:
    """Milliseconds since the epoch, exactly (floats lose the last one)."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _ORDINAL


def date_of(number: int) -> date:
    """The reverse of day_number."""
    return date.fromordinal(number + _ORDINAL)


FIRST_DAY = day_number(date(FIRST_YEAR - 1, 12, 1))
DAYS = day_number(date(LAST_YEAR + 1, 1, 1)) - FIRST_DAY


class Midnights(NamedTuple):
    """Local midnights of one zone. ``offset``: local less UTC time in ms, None if it changes;
    ``at``: the midnight of each day and of the one after the last."""

    offset: int | None
    at: list[int]


@lru_cache(maxsize=16)
def midnights(timezone: str) -> Midnights:
    """All days are asked once (about 15 ms), so that no change of the offset is missed."""
    moment = datetime(FIRST_YEAR - 1, 12, 1, tzinfo=ZoneInfo(timezone))
    one_day = timedelta(days=1)
    offsets: set[timedelta | None] = set()
    at: list[int] = []
    local = FIRST_DAY * DAY
    last: timedelta | None = None
    ahead = 0
    for _ in range(DAYS + 1):
        offset = moment.utcoffset()
        if offset is not last:
            last = offset
            offsets.add(offset)
            ahead = (offset or timedelta()) // timedelta(milliseconds=1)
        at.append(local - ahead)
        local += DAY
        moment += one_day
    return Midnights(ahead if len(offsets) == 1 else None, at)


class Table(NamedTuple):
    """Lists by segment, by day and by working day; one more entry closes those of beginnings.

    By segment: ``starts``, ``ends``, and ``before``, the working ms before it.
    By day: ``first_of_day``, its first segment or the next one; ``work_days``, how many working
    days lie before it; ``working``, 1 for a working day; ``closings``, closing time of the first
    working day from it on.
    By working day: ``first_of_work_day``, its first segment; ``day_before``, the working ms before.
    """

    starts: list[int]
    ends: list[int]
    before: list[int]
    first_of_day: list[int]
    work_days: list[int]
    working: bytearray
    closings: list[int]
    first_of_work_day: list[int]
    day_before: list[int]


NO_TABLE = Table([], [], [], [0], [0], bytearray(), [], [0], [0])


def build_table(spec: CalendarSpec, timezone: str) -> Table:
    """The table of an office calendar; raises CalendarError on one that cannot be used."""
    at = midnights(timezone).at
    zone = ZoneInfo(timezone)
    plan = _plan(spec)
    starts: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    first_of_day: list[int] = []
    work_days: list[int] = []
    first_of_work_day: list[int] = []
    day_before: list[int] = []
    total = 0
    for index, segments in enumerate(plan):
        first_of_day.append(len(starts))
        work_days.append(len(day_before))
        if not segments:
            continue
        first_of_work_day.append(len(starts))
        day_before.append(total)
        midnight = at[index]
        even = at[index + 1] - midnight == DAY
        for opens, closes in segments:
            if even:
                start, end = midnight + opens, midnight + closes
            else:  # a day on which the clock is changed
                start, end = _wall(index, opens, zone), _wall(index, closes, zone)
            starts.append(start)
            ends.append(end)
            before.append(total)
            total += end - start
    for firsts in (first_of_day, first_of_work_day):
        firsts.append(len(starts))
    work_days.append(len(day_before))
    day_before.append(total)
    return Table(
        starts, ends, before, first_of_day, work_days, bytearray(map(bool, plan)),
        _closings(plan, at, ends), first_of_work_day, day_before,
    )  # fmt: skip


def _plan(spec: CalendarSpec) -> list[Segments]:
    """The hours of every day."""
    where = f"calendar {spec.name!r}" if spec.name else "the calendar"
    week = week_segments(spec.hours, where)
    first = date_of(FIRST_DAY).weekday()
    plan = list((week[first:] + week[:first]) * (DAYS // 7 + 1))[:DAYS]
    for day in spec.days_off:
        _put(plan, _number(day, where), ())
    usual = next(hours for hours in week if hours)
    for entry in spec.make_up_days:
        if isinstance(entry, MakeUpDay):
            # Who does not work on that weekday has nothing to make up for.
            hours = week[date_of(_number(entry.instead_of, where)).weekday()]
            _put(plan, _number(entry.day, where), hours)
        else:
            _put(plan, _number(entry, where), week[0] or usual)
    for day in spec.local_holidays:
        _put(plan, _number(day, where), ())
    return plan


def _number(day: str, where: str) -> int:
    try:
        return day_number(date.fromisoformat(day))
    except ValueError:
        raise CalendarError(f"{where}: {day!r} is no date: write YYYY-MM-DD") from None


def _put(plan: list[Segments], number: int, hours: Segments) -> None:
    if 0 <= number - FIRST_DAY < DAYS:
        plan[number - FIRST_DAY] = hours


def _wall(index: int, ms: int, zone: ZoneInfo) -> int:
    wall = datetime.combine(date_of(FIRST_DAY + index), datetime.min.time(), zone)
    return instant(wall + timedelta(milliseconds=ms))


def _closings(plan: list[Segments], at: list[int], ends: list[int]) -> list[int]:
    closings = [LATEST] * len(plan)
    closing, segment = LATEST, len(ends) - 1
    for index in range(len(plan) - 1, -1, -1):
        if segments := plan[index]:
            # Midnight would be the next day: a closing time belongs to the day that it ends.
            closing = min(ends[segment], at[index + 1] - 1)
            segment -= len(segments)
        closings[index] = closing
    return closings
