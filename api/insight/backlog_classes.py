"""What is open around the due line: classes by working hours, which add up to all that is open."""

from __future__ import annotations

from dataclasses import dataclass

from api.insight.filters import Filter
from api.insight.linked import LinkedCount, linked
from api.insight.vocabulary import OPEN
from api.viewer import Viewer

# From the longest overdue to the one with most time left. ``soon`` ends where the rules say (8
# working hours); a clock that stopped before the due time is its own class.
CLASSES: dict[str, Filter] = {
    "over24": Filter(age="over24"),
    "to24": Filter(age="to24"),
    "under8": Filter(age="under8"),
    "soon": Filter(left="soon"),
    "to16": Filter(left="to16"),
    "to40": Filter(left="to40"),
    "over40": Filter(left="over40"),
    "none": Filter(left="none"),
    "waiting": Filter(standing=("waiting",)),
}
OVERDUE = ("over24", "to24", "under8")


@dataclass(frozen=True)
class BacklogClasses:
    """``classes``: those of CLASSES, in order; they add up to ``open``."""

    classes: dict[str, LinkedCount]
    open: LinkedCount


async def backlog(of: Filter, viewer: Viewer) -> BacklogClasses:
    """Of the dossiers of ``of``, by the calendar each of them runs by. Raises StoreAway."""
    base = of.with_(standing=(), what="", window="")
    wanted = {
        name: base.with_(age=class_.age, left=class_.left, standing=class_.standing)
        for name, class_ in CLASSES.items()
    }
    all_open = base.with_(standing=OPEN)
    found = await linked({**wanted, "open": all_open}, viewer, shared=all_open)
    return BacklogClasses({name: found[name] for name in CLASSES}, found["open"])
