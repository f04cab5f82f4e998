"""Hours by officer: what was charged, and what went over the limits of steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.insight.conditions import TABLE, matching, where_of
from api.insight.filters import Filter
from api.insight.held import JOIN, WITH, bound
from api.insight.linked import standpoint
from api.statements import Where
from api.viewer import Viewer
from dossiers.reference.context import UNKNOWN


@dataclass(frozen=True)
class HeldHours:
    """Working ms. ``charge``: the part of the lateness by attribution, as in the late list.
    ``over``: what was used beyond the limits of steps. ``inherited``: lateness that was there
    before the officer began, of ``inherited_dossiers`` dossiers. ``dossiers``: those with a part
    charged."""

    charge: int = 0
    over: int = 0
    inherited: int = 0
    inherited_dossiers: int = 0
    dossiers: int = 0


async def hours_by_officer(of: Filter, viewer: Viewer, window: str) -> dict[str, HeldHours]:
    """Of dossiers that are late in ``window`` or overdue at its end, by officer; "" is the inboxes.
    What was held within the unit of ``of`` counts, wherever the dossier is now. Raises
    StoreAway."""
    at = standpoint(of, viewer)
    late = of.with_(unit="", officer="", held_in=of.unit, what="behind", window=window)
    where = where_of(late, at)
    condition = held_within(where, of, viewer)
    sql = (
        "SELECT who, sum(charge_ms) AS charge, sum(over_ms) AS over, sum(had_ms) AS inherited, "  # noqa: S608
        "countIf(had_ms > 0) AS inherited_dossiers, countIf(is_charged) AS dossiers FROM ("
        f"{WITH}SELECT d.dossier_id AS id, if(held_officer = '{UNKNOWN}', '', held_officer) AS who,"
        " sum(charge_one) AS charge_ms, sum(over_one) AS over_ms, min(inherited_one) AS had_ms, "
        "max(stored_one > 0 OR d.grows AND number = length(d.held_charges)) AS is_charged "
        f"FROM {TABLE} {JOIN} WHERE {matching(where)} AND {condition} GROUP BY id, who"
        ") GROUP BY who LIMIT 20000"
    )
    rows = await viewer.live.query.rows(sql, {**where.parameters, **bound(at)})
    return {row.pop("who"): _hours(row) for row in rows}


def held_within(where: Where, of: Filter, viewer: Viewer) -> str:
    """The condition on a holding that it was within the unit and by the officer of ``of``, and
    within what the viewer sees: of units with figures, or by the viewer. ``where``: of a filter
    whose ``held_in`` is the unit, which binds what is below it."""
    found = ["1"]
    if of.unit:
        found.append("held_unit IN {held_units:Array(String)}")
    if of.officer:
        by = ["", UNKNOWN] if of.officer == UNKNOWN else [of.officer]
        where.add("hasAny(d.held_officers, {held_by:Array(String)})", held_by=by)
        found.append("held_officer IN {held_by:Array(String)}")
    if viewer.within is not None:
        where.parameters["seen_in"] = sorted(viewer.within.counted)
        where.parameters["seen_by"] = viewer.reach.officer
        own = " OR held_officer = {seen_by:String}" if viewer.reach.officer else ""
        found.append(f"(held_unit IN {{seen_in:Array(String)}}{own})")
    return " AND ".join(found)


def _hours(row: dict[str, Any]) -> HeldHours:
    return HeldHours(**{name: int(value) for name, value in row.items()})
