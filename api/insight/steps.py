"""Where time is lost: by step, the working hours over its limit in dossiers that are late."""

from __future__ import annotations

from dataclasses import dataclass

from api.insight.answers import as_of, rows_of
from api.insight.conditions import TABLE, matching, where_of
from api.insight.filters import Filter
from api.insight.held import JOIN, WITH, bound
from api.insight.held_hours import held_within
from api.insight.linked import LinkedCount, standpoint
from api.viewer import Viewer

MOST_STEPS = 500


@dataclass(frozen=True)
class StepLine:
    """``over``: working ms over the limits, in all; ``median``: of the dossiers in which it went
    over, as ``dossiers`` says how many. ``share``: of all that was lost, in percent. ``step``: its
    id; "" where none was known."""

    step: str
    over: int
    dossiers: int
    median: int
    share: float


@dataclass(frozen=True)
class StepTable:
    """``lines``: most lost first. ``over``: working ms. ``late``: the dossiers that all this is
    about; ``without_limits`` of them say nothing, because no step had a limit. ``as_of``: ms."""

    lines: list[StepLine]
    over: int
    late: LinkedCount
    without_limits: int
    as_of: int


async def steps(of: Filter, viewer: Viewer, window: str = "month") -> StepTable:
    """Of dossiers that are late in ``window`` or overdue at its end: what was held within the unit
    of ``of``, wherever the dossier is now, as in api.insight.held_hours. Raises StoreAway."""
    late = of.with_(unit="", held_in=of.unit, what="behind", window=window)
    at = standpoint(of, viewer)
    where = where_of(late, at)
    condition = held_within(where, of, viewer)
    sql = (
        f"SELECT step, sum(lost) AS over, countIf(lost > 0) AS dossiers, "  # noqa: S608
        "toInt64(quantileExactIf(0.5)(lost, lost > 0)) AS median FROM ("
        f"{WITH}SELECT d.dossier_id AS id, held_step AS step, sum(over_one) AS lost "
        f"FROM {TABLE} {JOIN} WHERE {matching(where)} AND {condition} AND limit_one >= 0 "
        "GROUP BY id, step"
        f") GROUP BY step HAVING over > 0 ORDER BY over DESC, step LIMIT {MOST_STEPS}"
    )
    rows = await viewer.live.query.rows(sql, {**where.parameters, **bound(at)})
    # By the same conditions: of some of them the reader may see no more than how many they are.
    [about] = await rows_of(
        viewer.live.query,
        "count() AS late, countIf(NOT arrayExists(l -> l >= 0, d.held_limits)) AS bare",
        where,
    )
    age = await as_of(viewer)
    total = sum(int(row["over"]) for row in rows)
    lines = [
        StepLine(
            row["step"], int(row["over"]), int(row["dossiers"]), int(row["median"]),
            100.0 * int(row["over"]) / total,
        )
        for row in rows
    ]  # fmt: skip
    counted = LinkedCount(int(about["late"]), late, age)
    return StepTable(lines, total, counted, int(about["bare"]), age)
