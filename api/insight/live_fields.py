"""The filter of each count of a tally: whose list has exactly the dossiers that the live figure
counts."""

from __future__ import annotations

from api.insight.filters import Filter
from api.insight.vocabulary import OPEN, TOTAL
from dossiers.tallies.vector import ALL_TIME, MEASURES, WINDOWS
from dossiers.wire.flags import BACKDATED, REWRITTEN

_GAUGES: dict[str, Filter] = {
    "total": Filter(standing=TOTAL),
    "open": Filter(standing=OPEN),
    **{
        name: Filter(standing=(name,))
        for name in (
            "within", "waiting", "overdue", "early", "on_time", "late", "no_due", "refused",
            "withdrawn", "pending",
        )
    },
    "due_soon": Filter(marks=("due_soon",)),
    "late_receptions": Filter(marks=("late_reception",)),
    "flagged": Filter(marks=("flagged",)),
    "suspended": Filter(marks=("suspended",)),
    "extended": Filter(marks=("extended",)),
    "rewritten": Filter(flags=(REWRITTEN,)),
    "step_overdue": Filter(marks=("step_overdue",)),
    "reopened": Filter(marks=("reopened",)),
    "backdated": Filter(flags=(BACKDATED,)),
}  # fmt: skip
_WINDOWED = {f"{m}_{w}": Filter(what=m, window=w) for w in WINDOWS for m in MEASURES}


def filter_of(field: str, unit: str = "", officer: str = "", *, all_time: bool = True) -> Filter:
    """Of field ``field`` of a tally (dossiers.tallies.vector.FIELDS) of a unit or officer, of all
    if neither is given. ``all_time``: that of the picture (api.live.view.Picture): without it,
    gauges of all time count what has no end yet."""
    found = (_GAUGES.get(field) or _WINDOWED[field]).with_(unit=unit, officer=officer)
    if all_time or field not in ALL_TIME:
        return found
    return found.with_(marks=(*found.marks, "unended"))
