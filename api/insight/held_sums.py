"""Hours of late dossiers by step and by officer, with one statement: what both ask for is one
reading of the same holdings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.insight.answers import recent_rows
from api.insight.conditions import matching, where_of
from api.insight.filters import Filter
from api.insight.held import WHO, bound, holdings
from api.insight.linked import standpoint
from api.statements import Where
from api.viewer import Viewer
from dossiers.reference.context import UNKNOWN

_MOST = 20_000  # officers, and steps
_ONE = (
    "sum(charge_now) AS charge_ms, sum(over) AS over_ms, min(inherited_one) AS had_ms, "
    "max(is_charged) AS charged"
)
_SUMS = (
    "sum(charge_ms) AS charge, sum(over_ms) AS over, sum(had_ms) AS inherited, "
    "countIf(had_ms > 0) AS inherited_dossiers, countIf(charged) AS dossiers, "
    "countIf(over_ms > 0) AS over_dossiers, "
    "toInt64(quantileExactIf(0.5)(over_ms, over_ms > 0)) AS median"
)


@dataclass(frozen=True)
class HeldSums:
    """Rows by name: of officers, "" is the inboxes; of steps, "" is none."""

    officers: dict[str, dict[str, Any]]
    steps: dict[str, dict[str, Any]]


async def held_sums(of: Filter, viewer: Viewer, window: str) -> HeldSums:
    """Of dossiers that are late in ``window`` or overdue at its end, what was held within the unit
    and by the officer of ``of``, wherever the dossier is now. Raises StoreAway."""
    at = standpoint(of, viewer)
    late = of.with_(unit="", officer="", held_in=of.unit, what="behind", window=window)
    where = where_of(late, at)
    condition = _held_within(where, of, viewer)
    sql = (
        f"SELECT by_step, if(by_step, at_step, who) AS name, {_SUMS} FROM ("  # noqa: S608
        f"SELECT id, step AS at_step, {WHO} AS who, grouping(who) = 1 AS by_step, {_ONE} "
        f"FROM ({holdings(matching(where), condition)}) "
        "GROUP BY GROUPING SETS ((id, at_step), (id, who))"
        f") GROUP BY by_step, name ORDER BY over DESC, name LIMIT {_MOST} BY by_step"
    )
    rows = await recent_rows(viewer, sql, {**where.parameters, **bound(at)})
    found: tuple[dict[str, dict[str, Any]], ...] = ({}, {})
    for row in rows:
        found[bool(row["by_step"])][row["name"]] = row
    return HeldSums(*found)


def _held_within(where: Where, of: Filter, viewer: Viewer) -> str:
    """The condition on a holding that it was within the unit and by the officer of ``of``, and
    within what the viewer sees: of units with figures, or by the viewer. ``where``: of a filter
    whose ``held_in`` is the unit, which binds what is below it."""
    found = ["1"]
    if of.unit:
        found.append("unit IN {held_units:Array(String)}")
    if of.officer:
        by = ["", UNKNOWN] if of.officer == UNKNOWN else [of.officer]
        where.add("hasAny(d.held_officers, {held_by:Array(String)})", held_by=by)
        found.append("officer IN {held_by:Array(String)}")
    if viewer.within is not None:
        where.parameters["seen_in"] = sorted(viewer.within.counted)
        where.parameters["seen_by"] = viewer.reach.officer
        own = " OR officer = {seen_by:String}" if viewer.reach.officer else ""
        found.append(f"(unit IN {{seen_in:Array(String)}}{own})")
    return " AND ".join(found)
