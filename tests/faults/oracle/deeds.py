"""Who deals with an alert by what people did, and what that delays: by docs/notifications.md.

Times in ms. The first to acknowledge an alert has it for some working hours; that the dossier's own
holder has it hinders nobody else. Whoever has it may hand it over, and does so once the other
accepts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tests.faults.oracle.calendar import HOUR, Calendar
from tests.faults.oracle.events import Event

ESCALATES = (8, 24, 40)  # working hours after the due time
HOLDS = 8  # working hours of an acknowledgement
AlertName = tuple[str, int, int]  # kind, level, cause


class Dealing(NamedTuple):
    """``person`` has the alert from ``begin`` up to ``end``, and has offered it to ``to``.
    ``capacity``: of who acknowledged it; "" if the holder has handed it over since."""

    person: str
    begin: int
    end: int
    capacity: str
    to: str = ""


class Deeds:
    """All that was done about the alerts of one dossier, each deed once."""

    def __init__(self, events: Iterable[Event], calendar: Calendar) -> None:
        self._about: dict[AlertName, list[Event]] = {}
        for each in sorted(events, key=lambda e: (e.occurred_at, e.source_seq, e.event_id)):
            self._about.setdefault((each.alert_kind, each.level, each.cause), []).append(each)
        self._calendar = calendar
        self._levels: dict[int, list[int]] = {}

    def levels(self, due: int) -> list[int]:
        """When each escalation is raised. Who was told of the level below, and acknowledged that
        in time, delays it once; nobody delays the last one."""
        if due not in self._levels:
            self._levels[due] = self._all_levels(due)
        return self._levels[due]

    def dealing(self, name: AlertName, now: int) -> Dealing | None:
        """Who has an alert that is raised."""
        if name not in self._about:
            return None
        kind, level, cause = name
        since = 0  # others may be raised before the instant that names them
        if kind in ("overdue", "escalation"):
            since = [cause, *self.levels(cause)][level]
        *_, last = [None, *self._dealings(name, since)]
        return last if last is not None and last.end > now else None

    def _all_levels(self, due: int) -> list[int]:
        found = [due]
        for level, hours in enumerate(ESCALATES, 1):
            at = self._calendar.add(due, hours * HOUR)
            below = ("escalation" if level > 1 else "overdue", level - 1, due)
            for each in self._dealings(below, found[-1]) if level < len(ESCALATES) else ():
                if each.capacity == "receiver" and each.begin < at < each.end:
                    at = each.end
                    break
            found.append(at)
        return found[1:]

    def _dealings(self, name: AlertName, since: int) -> list[Dealing]:
        found: list[Dealing] = []
        for event in self._about.get(name, ()):
            at = event.occurred_at
            holds = found[-1] if found and at < found[-1].end else None
            free = holds is None or (holds.capacity == "holder" != event.capacity)
            if event.action == "acknowledge" and free and at >= since:
                end = self._calendar.add(at, HOLDS * HOUR)
                found.append(Dealing(event.person, at, end, event.capacity))
            elif holds is None:
                continue
            elif event.action == "hand_over" and event.person == holds.person != event.to:
                found[-1] = holds._replace(to=event.to)
            elif event.action == "accept" and event.person == holds.to:
                capacity = "" if holds.capacity == "holder" else holds.capacity
                found[-1] = holds._replace(person=event.person, to="", capacity=capacity)
        return found
