"""Late dossiers that were held in a unit: how many, how many say nothing of steps, and how many
have a part charged there. One statement, for the parts of a page that ask for any of it."""

from __future__ import annotations

from dataclasses import dataclass

from api.insight.answers import as_of, asked_of
from api.insight.conditions import where_of
from api.insight.filters import Filter
from api.insight.linked import LinkedCount, standpoint
from api.viewer import Viewer
from dossiers.reference.context import UNKNOWN


@dataclass(frozen=True)
class LateCounts:
    """``late``: late in the window or overdue at its end, held in the unit, wherever they are now;
    ``bare`` of these had no step with a limit. ``charged``: with a part charged to anybody in the
    unit."""

    late: LinkedCount
    bare: int
    charged: LinkedCount


async def late_counts(of: Filter, viewer: Viewer, window: str) -> LateCounts:
    """Of the dossiers of ``of``, by the conditions of its figures: of some of them the reader may
    see no more than how many they are. Raises StoreAway."""
    late = of.with_(unit="", held_in=of.unit, what="behind", window=window)
    charged = charged_filter(of, None, window)
    at = standpoint(of, viewer)
    where = where_of(late.with_(officer=""), at)
    mine = where_of(late, at).beyond(where).renamed("l_")
    theirs = where_of(charged, standpoint(charged, viewer)).beyond(where).renamed("c_")
    age = await as_of(viewer)
    [row] = await asked_of(
        viewer,
        f"countIf({mine}) AS late, countIf({theirs}) AS charged, "
        f"countIf({mine} AND NOT arrayExists(l -> l >= 0, d.held_limits)) AS bare",
        where,
        **mine.parameters,
        **theirs.parameters,
    )
    return LateCounts(
        LinkedCount(int(row["late"]), late, age),
        int(row["bare"]),
        LinkedCount(int(row["charged"]), charged, age),
    )


def charged_filter(of: Filter, who: str | None, window: str) -> Filter:
    """Late dossiers with a part charged to an officer ("": nobody), or to anybody in the unit
    (None), wherever they count now."""
    charged = "" if who is None else who or UNKNOWN
    return of.with_(
        unit="", officer="", charged=charged, charged_in=of.unit, what="behind", window=window
    )
