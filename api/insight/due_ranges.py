"""Due times in ranges that each calendar has of its own: as conditions of SQL."""

from __future__ import annotations

from collections.abc import Iterable

from api.insight.boundaries import Range
from api.statements import Where, moment
from dossiers.time.day_table import EARLIEST, LATEST


def due_in(where: Where, name: str, ranges: dict[str, Range]) -> None:
    """The due time lies in the range of the dossier's calendar; a name that is not there runs by
    the reference's own, as in Context.calendar_named."""
    known = sorted(ranges.keys() - {""})
    parts = []
    for number, (calendar, (low, high)) in enumerate(sorted(ranges.items())):
        limits = []
        for sign, edge, at in ((">", "low", low), ("<=", "high", high)):
            if EARLIEST < at < LATEST:
                key = f"{name}_{edge}_{number}"
                limits.append(f"d.due_at {sign} {{{key}:DateTime64(3, 'UTC')}}")
                where.parameters[key] = moment(at)
        whose = _whose(where, f"{name}_calendar_{number}", calendar, known)
        parts.append(" AND ".join((*whose, *limits, "d.due_at IS NOT NULL")))
    where.add("(" + " OR ".join(parts) + ")")


def _whose(where: Where, key: str, calendar: str, known: list[str]) -> Iterable[str]:
    if calendar:
        where.parameters[key] = calendar
        return (f"d.calendar = {{{key}:String}}",)
    if not known:
        return ()
    where.parameters[key] = known
    return (f"d.calendar NOT IN {{{key}:Array(String)}}",)
