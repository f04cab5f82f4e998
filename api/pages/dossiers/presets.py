"""The lists that are asked for most, of the unit or officer that one looks at."""

from __future__ import annotations

from api.insight.filters import Filter
from api.insight.linked import scope_of
from api.insight.listed_counts import listed_counts
from api.insight.vocabulary import OPEN
from api.viewer import Viewer

# Of the tally (dossiers.tallies.vector), by the name of the list.
_FIELDS = {
    "open": "open", "overdue": "overdue", "due_soon": "due_soon", "waiting": "waiting",
    "pending": "pending", "late_month": "late_month",
}  # fmt: skip


def presets(f: Filter) -> list[tuple[str, Filter]]:
    """By name, of the same unit and officer."""
    mine = Filter(unit=f.unit, officer=f.officer)
    return [
        ("open", mine.with_(standing=OPEN)),
        ("overdue", mine.with_(standing=("overdue",))),
        ("due_soon", mine.with_(marks=("due_soon",))),
        ("waiting", mine.with_(standing=("waiting",))),
        ("pending", mine.with_(standing=("pending",))),
        ("late_month", mine.with_(what="late", window="month")),
        ("all", mine),
    ]


async def preset_counts(f: Filter, viewer: Viewer) -> dict[str, int]:
    """How many rows each has, without that of all dossiers ever, which only a list of them tells.
    From the live view where it has the figure and the reader may list all of it, else from
    ClickHouse. Raises StoreAway."""
    mine = Filter(unit=f.unit, officer=f.officer)
    if _lists_all(mine, viewer):
        return {name: viewer.view.value(scope_of(mine), at) for name, at in _FIELDS.items()}
    named = dict(presets(f))
    numbers = await listed_counts([named[name] for name in _FIELDS], viewer)
    return dict(zip(_FIELDS, numbers, strict=True))


def _lists_all(mine: Filter, viewer: Viewer) -> bool:
    """Whether what a tally counts is what the reader's list has."""
    if mine.unit and mine.officer:
        return False
    if viewer.reach.whole:
        return True
    if mine.officer:  # of a superior's reach, only what counts for the own units
        return mine.officer == viewer.reach.officer
    return viewer.within is not None and mine.unit in viewer.within.units
