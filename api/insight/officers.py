"""Officers of a unit: what they hold and have returned, and what delays were theirs.

Two kinds of figures. In hand and returned go by the live rule: an officer's are the dossiers that
count for this officer now. Charged hours go by attribution, as in the late list: whoever held a
late dossier has a part of its lateness, wherever it is now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from api.insight.answers import as_of, asked_of
from api.insight.conditions import where_of
from api.insight.few import lately
from api.insight.filters import Filter
from api.insight.held_hours import HeldHours, hours_by_officer
from api.insight.late_counts import charged_filter, late_counts
from api.insight.linked import LinkedCount, standpoint
from api.insight.vocabulary import OPEN
from api.insight.windows import span_of
from api.viewer import Viewer
from dossiers.reference.context import UNKNOWN
from dossiers.tallies.vector import on_time_rate
from dossiers.time.calendar import Calendar
from dossiers.time.day_table import instant

WEEKS = 12
MOST_OFFICERS = 5_000
_HELD = {
    "in_hand": Filter(standing=OPEN),
    "due_soon": Filter(marks=("due_soon",)),
    "overdue": Filter(standing=("overdue",)),
}
_RETURNED = ("finished", "late", "early", "on_time")
_LIVE = (*_HELD, "finished", "late")
# Of a dossier that has ended: the week in which it did, by when that began.
_WEEK = "roundDown(toUnixTimestamp64Milli(assumeNotNull(d.finished_at)), {starts:Array(Int64)})"


@dataclass(frozen=True)
class OfficerFigures:
    """One officer, or (``officer`` UNKNOWN) what nobody has, or ("") all together.

    ``in_hand``, ``due_soon``, ``overdue``: now. ``finished``, ``late``: returned in the window, and
    ``rate`` the share that was not late in percent. ``charged``: dossiers late in the window or
    overdue at its end with a part charged to the officer; ``hours``: of all of these, see
    HeldHours. ``weeks``: of each of the last WEEKS weeks (from Monday, the last one goes on) how
    many were judged and how many of these not late, the oldest first. All together, ``charged`` are
    the dossiers with a part charged to anybody in the unit.
    """

    officer: str
    in_hand: LinkedCount
    due_soon: LinkedCount
    overdue: LinkedCount
    finished: LinkedCount
    late: LinkedCount
    judged: int
    rate: float | None
    charged: LinkedCount
    hours: HeldHours
    weeks: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class OfficerTable:
    """``lines``: most overdue first, then most late, most in hand, by id. ``unassigned``: None if
    there is nothing. ``as_of``: ms."""

    lines: list[OfficerFigures]
    unassigned: OfficerFigures | None
    total: OfficerFigures
    as_of: int


@dataclass(frozen=True)
class OfficerRest:
    """What the lines that are not shown add up to."""

    officers: int
    in_hand: int
    due_soon: int
    overdue: int
    finished: int
    late: int
    judged: int
    rate: float | None
    charge: int  # working ms
    over: int  # working ms


async def officers(of: Filter, viewer: Viewer, window: str = "month") -> OfficerTable:
    """Of the dossiers of ``of``; charged hours of what was held within its unit. Raises
    StoreAway."""
    age = await as_of(viewer)
    counted, hours, late = await asyncio.gather(
        _counted(of, viewer, window),
        hours_by_officer(of, viewer, window),
        late_counts(of, viewer, window),
    )
    wanted = [*dict.fromkeys((*counted.numbers, *hours))]
    lines = [_line(who, of, window, counted, hours, age) for who in wanted if who]
    lines.sort(key=_urgency)
    nobody = _line("", of, window, counted, hours, age) if "" in wanted else None
    return OfficerTable(lines, nobody, _total(of, window, lines, nobody, late.charged), age)


def rest_of(table: OfficerTable, shown: int) -> OfficerRest | None:
    """What the lines behind the first ``shown`` add up to; None if there are none."""
    hidden = table.lines[shown:]
    if not hidden:
        return None
    sums = {name: sum(getattr(line, name).number for line in hidden) for name in _LIVE}
    return OfficerRest(
        len(hidden), **sums, judged=sum(line.judged for line in hidden), rate=_rate(hidden),
        charge=sum(line.hours.charge for line in hidden),
        over=sum(line.hours.over for line in hidden),
    )  # fmt: skip


def _urgency(line: OfficerFigures) -> tuple[int, int, int, str]:
    return -line.overdue.number, -line.late.number, -line.in_hand.number, line.officer


@dataclass(frozen=True)
class _Counted:
    """By officer, "" is nobody. ``numbers``: of whom has any; ``weeks``: as in OfficerFigures."""

    numbers: dict[str, dict[str, int]]
    weeks: dict[str, list[tuple[int, int]]]


async def _counted(of: Filter, viewer: Viewer, window: str) -> _Counted:
    at = standpoint(of, viewer)
    filters = dict(_HELD) | {what: Filter(what=what, window=window) for what in _RETURNED}
    where, columns, bound = where_of(of, at), [], {}
    for name, filter_ in filters.items():
        own = where_of(filter_, at).beyond(where).renamed(f"{name}_")
        columns.append(f"countIf({own}) AS {name}")
        bound.update(own.parameters)
    starts = week_starts(at.now, at.context.calendar)
    since = Filter(what="judged", window=_since(starts[0], at.context.calendar))
    judged = where_of(since, at).beyond(where).renamed("weekly_")
    span = span_of(window, at.now, at.context.calendar).kept
    lately(where, min(span.start, starts[0]), at.now)
    rows = await asked_of(
        viewer,
        f"if(d.officer = '{UNKNOWN}', '', d.officer) AS id, {', '.join(columns)}, "
        f"sumMapIf([{_WEEK}], [1], [d.standing != 'late'], {judged}) AS weeks",
        where,
        f"GROUP BY id ORDER BY count() DESC, id LIMIT {MOST_OFFICERS}",
        starts=starts,
        **bound,
        **judged.parameters,
    )
    return _Counted(
        {row["id"]: row for row in rows if any(row[name] for name in filters)},
        {row["id"]: _weeks(row["weeks"], starts) for row in rows},
    )


def _weeks(sums: Sequence[Sequence[int]], starts: list[int]) -> list[tuple[int, int]]:
    """Counts of each week, from those that have any."""
    found = {at: (int(judged), int(fine)) for at, judged, fine in zip(*sums, strict=True)}
    return [found.get(start, (0, 0)) for start in starts]


def week_starts(now: int, calendar: Calendar) -> list[int]:
    """The local Mondays (ms) with which the last WEEKS weeks began, the oldest first."""
    today = calendar.local_date(now)
    monday = today - timedelta(days=today.weekday())
    days = (monday - timedelta(weeks=back) for back in reversed(range(WEEKS)))
    return [instant(datetime.combine(day, time(), calendar.zone)) for day in days]


def _since(start: int, calendar: Calendar) -> str:
    return f"{calendar.local_date(start).isoformat()}.."


def _line(
    who: str,
    of: Filter,
    window: str,
    counted: _Counted,
    hours: Mapping[str, HeldHours],
    age: int,
) -> OfficerFigures:
    row = counted.numbers.get(who, {})
    own = of.with_(officer=who or UNKNOWN)
    numbers = {name: int(row.get(name, 0)) for name in (*_HELD, *_RETURNED)}
    ends = [numbers[name] for name in ("early", "on_time", "late")]
    held = hours.get(who, HeldHours())
    return OfficerFigures(
        officer=who or UNKNOWN,
        **{n: LinkedCount(numbers[n], f, age) for n, f in filters_of(own, window).items()},
        judged=sum(ends),
        rate=on_time_rate(*ends),
        charged=LinkedCount(held.dossiers, charged_filter(of, who, window), age),
        hours=held,
        weeks=tuple(counted.weeks.get(who, [(0, 0)] * WEEKS)),
    )


def filters_of(own: Filter, window: str) -> dict[str, Filter]:
    """The filters of the figures by the live rule, by name."""
    held = {name: own.with_(standing=f.standing, marks=f.marks) for name, f in _HELD.items()}
    return held | {what: own.with_(what=what, window=window) for what in ("finished", "late")}


def _total(
    of: Filter,
    window: str,
    lines: list[OfficerFigures],
    nobody: OfficerFigures | None,
    charged: LinkedCount,
) -> OfficerFigures:
    every = [*lines, *([nobody] if nobody is not None else [])]
    numbers = {name: sum(getattr(line, name).number for line in every) for name in _LIVE}
    return OfficerFigures(
        officer="",
        **{n: LinkedCount(numbers[n], f, charged.as_of) for n, f in filters_of(of, window).items()},
        judged=sum(line.judged for line in every),
        rate=_rate(every),
        charged=charged,
        hours=HeldHours(
            charge=sum(line.hours.charge for line in every),
            over=sum(line.hours.over for line in every),
        ),
        weeks=tuple(
            (sum(line.weeks[n][0] for line in every), sum(line.weeks[n][1] for line in every))
            for n in range(WEEKS)
        ),
    )


def _rate(lines: list[OfficerFigures]) -> float | None:
    judged, late = sum(line.judged for line in lines), sum(line.late.number for line in lines)
    return on_time_rate(judged - late, 0, late)
