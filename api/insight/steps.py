"""Where time is lost: by step, the working hours over its limit in dossiers that are late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from api.insight.filters import Filter
from api.insight.held_sums import held_sums
from api.insight.late_counts import late_counts
from api.insight.linked import LinkedCount
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
    counted, sums = await asyncio.gather(
        late_counts(of, viewer, window), held_sums(of, viewer, window)
    )
    late = counted.late
    rows = [row for row in sums.steps.values() if int(row["over"]) > 0][:MOST_STEPS]
    total = sum(int(row["over"]) for row in rows)
    lines = [
        StepLine(
            row["name"], int(row["over"]), int(row["over_dossiers"]), int(row["median"]),
            100.0 * int(row["over"]) / total,
        )
        for row in rows
    ]  # fmt: skip
    return StepTable(lines, total, late, counted.bare, late.as_of)
