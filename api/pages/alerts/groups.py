"""The groups of the list, by what can wait least, and what of them is one row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from api.inbox.items import InboxItem
from api.inbox.urgency import KINDS
from dossiers.time.calendar import Calendar
from dossiers.time.hours import HOUR
from dossiers.wire.alerts import Alert

GroupName = Literal["escalation", "overdue", "soon", "heed"]
GROUPS: tuple[GroupName, ...] = get_args(GroupName)
SOON = 8 * HOUR  # working ms
FEW = 2  # items of one kind that stand each for itself where many are one row
_PLACE = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Stack:
    """Many items of one kind in ``group`` as one row. ``cause``: the instant that they share, 0 if
    none."""

    group: GroupName
    items: tuple[InboxItem, ...]
    cause: int = 0

    @property
    def main(self) -> Alert:
        """The first of them."""
        return self.items[0].main


Entry = InboxItem | Stack
CalendarOf = Callable[[Alert], Calendar]


def group_of(item: InboxItem, now: int, calendar: CalendarOf) -> GroupName:
    """``now``: data time (ms)."""
    alert = item.main
    if alert.kind in ("escalation", "overdue"):
        return "escalation" if alert.kind == "escalation" else "overdue"
    if alert.kind == "due_soon" and calendar(alert).between(now, alert.due_at) <= SOON:
        return "soon"
    return "heed"


def in_order(items: Iterable[InboxItem], group: GroupName) -> list[InboxItem]:
    """Escalations: the highest, then the longest late. Overdue: what has just become so first,
    since it can be made good soonest. Due soon: the nearest. The rest: by kind, the newest first.
    """
    if group == "escalation":
        return sorted(items, key=lambda i: (-i.main.level, i.main.due_at, i.key))
    if group == "overdue":
        return sorted(items, key=lambda i: (-i.main.due_at, i.key))
    if group == "soon":
        return sorted(items, key=lambda i: (i.main.due_at, i.key))
    return sorted(items, key=lambda i: (_PLACE.get(i.main.kind, 99), -i.newest, i.key))


def stacked(items: Sequence[InboxItem], group: GroupName, storm: int) -> list[Entry]:
    """What many share is one row: in the first two groups the instant of the cause, if at least
    ``storm`` do; in the others the kind, if more than a few do. The place is that of the first."""
    by_cause = group in ("escalation", "overdue")
    least = storm if by_cause else FEW + 1
    heaps: dict[tuple[str, int, int], list[InboxItem]] = {}
    for item in items:
        main = item.main
        key = (main.kind, main.level, main.due_at) if by_cause else (main.kind, 0, 0)
        heaps.setdefault(key, []).append(item)
    found: list[Entry] = []
    for item in items:
        main = item.main
        key = (main.kind, main.level, main.due_at) if by_cause else (main.kind, 0, 0)
        heap = heaps[key]
        if len(heap) < least:
            found.append(item)
        elif heap[0] is item:
            found.append(Stack(group, tuple(heap), key[2]))
    return found
