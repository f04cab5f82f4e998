"""An officer beside others: the own figures, the unit's, and the median of similar officers.

Similar is who returned, in the field in which this officer returned most, from half to twice as
many dossiers. Of others only sums and medians leave this module, and no median of fewer than
LEAST people.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from api.access.reach import EVERYTHING
from api.insight.answers import asked_of, counts
from api.insight.conditions import Standpoint, where_of
from api.insight.filters import Filter
from api.insight.held_hours import HeldHours, hours_by_officer
from api.viewer import Viewer
from dossiers.reference.context import UNKNOWN
from dossiers.tallies.vector import on_time_rate
from dossiers.time.hours import HOUR

LEAST = 5  # people behind a median
_COUNTED = ("finished", "judged", "late", "asked", "incomplete")
_NOTHING = HeldHours()


@dataclass(frozen=True)
class Measures:
    """``rate``: judged dossiers that were not late, percent. ``finished``: returned in the window.
    ``charge``, ``over``: hours charged and hours over the limits of steps, for 100 returned;
    ``asked``: requests to complete the dossier, for 100 returned. None where nothing was returned,
    or too few people stand behind it."""

    rate: float | None
    finished: float | None
    charge: float | None
    over: float | None
    asked: float | None


@dataclass(frozen=True)
class Similar:
    """``people``: how many are similar; ``low``, ``high``: how many they returned in ``field``.
    ``median``: None with fewer than LEAST people."""

    field: str
    people: int
    low: int
    high: int
    median: Measures | None


@dataclass(frozen=True)
class ReturnedByOfficer:
    """What an officer, or all of a unit, returned in the window, and the hours of late dossiers:
    ``finished`` in all, ``judged`` with a due time, ``late`` of these. ``asked``: requests to
    complete ``incomplete`` of them."""

    finished: int = 0
    judged: int = 0
    late: int = 0
    asked: int = 0
    incomplete: int = 0
    hours: HeldHours = _NOTHING

    def measures(self) -> Measures:
        """For comparison."""
        n = self.finished
        return Measures(
            rate=on_time_rate(self.judged - self.late, 0, self.late),
            finished=float(n),
            charge=100 * self.hours.charge / HOUR / n if n else None,
            over=100 * self.hours.over / HOUR / n if n else None,
            asked=100 * self.asked / n if n else None,
        )


@dataclass(frozen=True)
class Compared:
    """``mine``: of the officer; ``unit``: of all dossiers of the unit, None without one.
    ``similar``: None if nothing was returned. ``held``, ``late_before``: late dossiers that the
    officer held at some time, and those of them that came late."""

    window: str
    mine: ReturnedByOfficer
    unit: Measures | None
    similar: Similar | None
    held: int
    late_before: int


def lateness_of(officer: str, window: str) -> dict[str, Filter]:
    """Late dossiers that an officer held: all of them, and those that came late."""
    late = Filter(what="behind", window=window)
    return {"held": late.with_(held=officer), "late_before": late.with_(late_before=officer)}


async def compared(officer: str, unit: str, viewer: Viewer, window: str) -> Compared:
    """Of somebody whose page ``viewer`` may open. Raises StoreAway."""
    whole = replace(viewer, reach=EVERYTHING)
    lates = lateness_of(officer, window)
    mine, of_unit, field, late = await asyncio.gather(
        _returned(Filter(officer=officer), whole, window),
        _of_unit(unit, whole, window),
        _main_field(officer, whole, window),
        counts(list(lates.values()), whole, lates["held"]),
    )
    return Compared(
        window=window,
        mine=mine.get(officer, ReturnedByOfficer()),
        unit=of_unit,
        similar=None if not field else await _similar(officer, field, whole, window),
        held=late[0],
        late_before=late[1],
    )


async def _returned(of: Filter, whole: Viewer, window: str) -> dict[str, ReturnedByOfficer]:
    """By officer, "" is nobody."""
    where = where_of(of.with_(what="finished", window=window), Standpoint.listing(whole))
    rows, hours = await asyncio.gather(
        asked_of(
            whole,
            "d.officer AS id, count() AS finished, countIf(d.standing != 'no_due') AS judged, "
            "countIf(d.standing = 'late') AS late, sum(d.supplements) AS asked, "
            "countIf(d.supplements > 0) AS incomplete",
            where,
            "GROUP BY id ORDER BY finished DESC, id LIMIT 20000",
        ),
        hours_by_officer(of, whole, window),
    )
    found = {row["id"]: _returned_of([{name: int(row[name]) for name in _COUNTED}]) for row in rows}
    return {
        who: replace(found.get(who, ReturnedByOfficer()), hours=hours.get(who, _NOTHING))
        for who in (*found, *(who for who in hours if who not in found))
    }


async def _of_unit(unit: str, whole: Viewer, window: str) -> Measures | None:
    if not unit:
        return None
    lines = (await _returned(Filter(unit=unit), whole, window)).values()
    hours = HeldHours(
        charge=sum(line.hours.charge for line in lines), over=sum(line.hours.over for line in lines)
    )
    return replace(_returned_of([vars(line) for line in lines]), hours=hours).measures()


def _returned_of(rows: Sequence[Mapping[str, Any]]) -> ReturnedByOfficer:
    """What all of them returned; their hours apart."""
    finished, judged, late, asked, incomplete = (
        sum(row[name] for row in rows) for name in _COUNTED
    )
    return ReturnedByOfficer(finished, judged, late, asked, incomplete)


async def _main_field(officer: str, whole: Viewer, window: str) -> str:
    """The field in which the officer returned most, "" if there is none."""
    finished = Filter(officer=officer, what="finished", window=window)
    rows = await asked_of(
        whole, "d.procedure AS procedure, count() AS n",
        where_of(finished, Standpoint.listing(whole)),
        "GROUP BY procedure ORDER BY n DESC LIMIT 1000",
    )  # fmt: skip
    fields = {p.id: p.field for p in whole.view.reference.procedures}
    sums: Counter[str] = Counter()
    for row in rows:
        sums[fields.get(row["procedure"], "")] += int(row["n"])
    sums.pop("", None)
    return min(sums, key=lambda name: (-sums[name], name)) if sums else ""


async def _similar(officer: str, field: str, whole: Viewer, window: str) -> Similar:
    lines = await _returned(Filter(field=field), whole, window)
    mine = lines.get(officer, ReturnedByOfficer()).finished
    low, high = (mine + 1) // 2, 2 * mine
    others = [
        line.measures()
        for who, line in lines.items()
        if who not in ("", UNKNOWN, officer) and line.finished and low <= line.finished <= high
    ]
    return Similar(field, len(others), low, high, _median(others))


def _median(others: Sequence[Measures]) -> Measures | None:
    if len(others) < LEAST:
        return None
    return Measures(
        rate=_middle(others, lambda each: each.rate),
        finished=_middle(others, lambda each: each.finished),
        charge=_middle(others, lambda each: each.charge),
        over=_middle(others, lambda each: each.over),
        asked=_middle(others, lambda each: each.asked),
    )


def _middle(others: Sequence[Measures], of: Callable[[Measures], float | None]) -> float | None:
    """None if too few have it."""
    known = [value for each in others if (value := of(each)) is not None]
    return median(known) if len(known) >= LEAST else None
