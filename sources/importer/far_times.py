"""Times that lie far from all others: most likely a year or a month was mistyped.

One row that is dated months ahead moves the time as of which all figures are told, and whatever is
open then is overdue.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

from sources.importer.lifecycle import FINISHED_SEQ
from sources.importer.staged import NO_TIME
from sources.importer.staging import Staging

DAY = 86_400_000  # ms
FAR = 90 * DAY
SHARE = 1_000  # one row in so many, but always one, may be far from the rest
_FEWEST = 3  # of two rows nobody can tell which is wrong
_ROWS = f"SELECT at, number FROM entries WHERE at > {NO_TIME} ORDER BY at"  # noqa: S608
_ENDS = f"SELECT at, dossier FROM events WHERE seq = {FINISHED_SEQ} ORDER BY at"  # noqa: S608

Days = dict[int, int]  # day since 1970 in UTC: how many
Found = tuple[int, int | str]  # ms; row number or dossier


def far_times(staging: Staging, zone: ZoneInfo, rows: Days, ends: Days) -> list[str]:
    """A sentence each for the newest and the oldest rows, and for the newest ends, that are far
    from all others. ``zone``: in which times are told; ``rows``, ``ends``: how many there are on
    each day, of ends those that a column gives."""
    found = []
    for query, what, days, newest in (
        (_ROWS, "row {}: its time", rows, True),
        (_ROWS, "row {}: its time", rows, False),
        (_ENDS, "dossier {}: its end", ends, True),
    ):
        most = max(1, sum(days.values()) // SHARE)
        if not _may_be(sorted(days, reverse=newest), days, most):
            continue  # nearly always: the scratch file is not looked through
        first = staging.select(f"{query} {'DESC' if newest else 'ASC'} LIMIT {most + 1}")
        far = _apart(list(cast(Iterator[Found], first)))
        if far:
            found.append(what.format(far[0][1]) + _sentence(far, zone, newest=newest))
    return found


def _may_be(order: list[int], days: Days, most: int) -> bool:
    """Whether days without anything follow on at most so many rows."""
    count = 0
    for day, following in pairwise(order):
        count += days[day]
        if count > most:
            return False
        if abs(day - following) * DAY >= FAR:
            return sum(days.values()) >= _FEWEST
    return False


def _apart(rows: list[Found]) -> list[Found]:
    """The first rows, if a gap of more than FAR lies between them and the next one, which is the
    last of the result."""
    for place in range(len(rows) - 1, 0, -1):
        if abs(rows[place - 1][0] - rows[place][0]) > FAR:
            return rows[: place + 1]
    return []


def _sentence(far: list[Found], zone: ZoneInfo, *, newest: bool) -> str:
    first, last = far[0][0], far[-1][0]
    time, near = (datetime.fromtimestamp(at / 1000, zone) for at in (first, last))
    empty = abs((time.date() - near.date()).days) - 1
    more = len(far) - 2
    return (
        f" {time:%Y-%m-%d %H:%M} lies {abs(first - last) // DAY:,} days "
        f"{'after' if newest else 'before'} all others"
        + (f" but {more:,} more" if more else "")
        + f" ({empty:,} days with nothing between it and {near:%Y-%m-%d %H:%M}). Are its year, "
        "month and day right?" + (" All figures are as of the newest time." if newest else "")
    )
