"""Units side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.insight.filters import Filter
from api.insight.linked import LinkedCount, figures
from api.insight.unit_windows import WindowRow, windows
from api.viewer import Viewer

MOST_UNITS = 5
_FIELDS = ("open", "due_soon", "overdue", "late_receptions", "suspended")


@dataclass(frozen=True)
class ComparedUnit:
    """``figures``: open, due_soon, overdue, late_receptions, suspended. ``window``: what happened
    in the window, with the on-time rate."""

    unit: str
    figures: dict[str, LinkedCount]
    window: WindowRow


async def compare(
    units: Sequence[str], of: Filter, viewer: Viewer, window: str = "month"
) -> list[ComparedUnit]:
    """The first MOST_UNITS of ``units``, each by the other conditions of ``of``. Raises
    StoreAway."""
    found = []
    for unit in list(dict.fromkeys(units))[:MOST_UNITS]:
        own = of.with_(unit=unit)
        [row] = await windows(own, viewer, (window,))
        found.append(ComparedUnit(unit, await figures(_FIELDS, own, viewer), row))
    return found
