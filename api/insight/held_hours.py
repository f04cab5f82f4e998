"""Hours by officer: what was charged, and what went over the limits of steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.insight.filters import Filter
from api.insight.held_sums import held_sums
from api.viewer import Viewer

_FIELDS = ("charge", "over", "inherited", "inherited_dossiers", "dossiers")


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
    found = await held_sums(of, viewer, window)
    return {who: _hours(row) for who, row in found.officers.items()}


def _hours(row: dict[str, Any]) -> HeldHours:
    return HeldHours(**{name: int(row[name]) for name in _FIELDS})
