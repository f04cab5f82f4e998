"""Late receptions: submissions that nobody accepted or refused within the hours of the rules."""

from __future__ import annotations

from dataclasses import dataclass

from api.insight.filters import Filter
from api.insight.linked import LinkedCount, linked, merged
from api.viewer import Viewer

_WAITING: dict[str, Filter] = {
    "late": Filter(marks=("late_reception",)),
    "pending": Filter(standing=("pending",)),
    "late_today": Filter(standing=("pending",), turns="today"),
}


@dataclass(frozen=True)
class ReceptionCounts:
    """``pending``: neither accepted nor refused; of these ``late`` for too long already, and
    ``late_today`` if nobody acts before midnight. ``became_late``: in the window, whatever was done
    since; ``submitted``: in the window."""

    pending: LinkedCount
    late: LinkedCount
    late_today: LinkedCount
    became_late: LinkedCount
    submitted: LinkedCount


async def receptions(of: Filter, viewer: Viewer, window: str = "month") -> ReceptionCounts:
    """Of the dossiers of ``of``. Raises StoreAway."""
    wanted = {name: merged(of, filter_) for name, filter_ in _WAITING.items()}
    wanted["became_late"] = of.with_(what="late_receptions", window=window)
    wanted["submitted"] = of.with_(what="submitted", window=window)
    return ReceptionCounts(**await linked(wanted, viewer))
