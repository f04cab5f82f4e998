"""The clock of one dossier: its due time, and the stops that move it (docs/deadlines.md)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tests.faults.oracle.calendar import Calendar
from tests.faults.oracle.events import Event, Limit
from tests.faults.oracle.rules import Rules, Version


@dataclass(slots=True)
class Clock:
    """``set_at``: when what is the due time now was set. ``version``: of the day of reception.
    ``asked``: when the citizen was asked for more and the clock stopped; ``asks``: it stands for
    that. ``silently``: when a later due time became known that was no extension.
    ``explained``: ids of the resumptions whose due time counts; ``known``: is no new one."""

    rules: Rules
    calendar: Calendar
    version: Version
    trusts: bool = False  # a new due time, whatever explains it
    unit: str = "unknown"
    submitted: int | None = None
    received: int | None = None
    limit: Limit | None = None
    due: int | None = None
    first_due: int | None = None
    set_at: int = 0
    stopped: int | None = None
    end: int | None = None
    ended_by: str = ""
    asked: list[int] = field(default_factory=list)
    asks: bool = False
    silently: list[int] = field(default_factory=list)
    explained: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def passed(self, at: int) -> bool:
        """Whether the due time had passed by ``at`` while the clock ran; it runs from the reception
        on."""
        if self.received is None:
            return False
        return not self.in_time(at if self.stopped is None else self.stopped)

    def in_time(self, at: int) -> bool:
        return self.due is None or at <= self.version.passes(self.due)

    def set(self, due: int | None, at: int) -> None:
        self.due, self.set_at = due, at
        if self.first_due is None:
            self.first_due = due

    def take(self, event: Event, counts: bool) -> None:
        """``counts``: its new due time, if it has one, and if it comes with a stop that explains
        it."""
        kind, at = event.kind, event.occurred_at
        if kind == "received" and self.received is None:
            self._receive(event)
        elif kind == "submitted" and self.submitted is None:
            self.submitted = at
            if self.received is None:
                self.calendar = self.rules.calendar_of(self.unit)
        elif kind == "due_set" and counts:
            if event.reason == "correction" and (event.due_at or 0) > (self.due or 2**62):
                self.silently.append(event.recorded)
            self.set(event.due_at, at)
        elif kind == "suspended":
            self._stop(event)
        elif kind == "resumed":
            self._answer(event, counts)
        elif event.ends:
            # Who ends it while it stands ends the stop as well.
            self._resume(at)
            self.end, self.ended_by = at, kind

    def _receive(self, event: Event) -> None:
        """A due time that was set before it stands."""
        at = self.received = event.occurred_at
        self.calendar, self.version = self.rules.calendar_of(self.unit), self.rules.of(at)
        self.limit = limit = event.limit
        if self.due is None:
            due = event.due_at
            if due is None and limit is not None:
                due = self.calendar.due(at, limit.amount, limit.unit)
            self.set(due, at)

    def _stop(self, event: Event) -> None:
        at = event.occurred_at
        version = self.version if self.received is not None else self.rules.of(at)
        if self.stopped is None and (event.status != 8 or version.stops_8):
            self.stopped, self.asks = at, event.status in (None, 5)
            if self.asks:
                self.asked.append(at)

    def _answer(self, event: Event, counts: bool) -> None:
        """A stop that began too late explains no new due time, and without one there is none. What
        is the due time already is no new one."""
        at, due, stopped = event.occurred_at, event.due_at, self.stopped
        in_time = stopped is not None and self.in_time(stopped)
        if due is not None and counts and not in_time and due == self.due:
            self.known.add(event.event_id)
            self.stopped = None
            return
        if due is None or not counts or not (in_time or self.trusts):
            self._resume(at)
            return
        self.explained.add(event.event_id)
        self.stopped = None
        self.set(due if stopped is None else max(due, at), at)

    def _resume(self, at: int) -> None:
        stopped, self.stopped = self.stopped, None
        if stopped is not None and self.due is not None and self.in_time(stopped):
            self.set(max(self.due, self._moved(self.due, stopped, at)), at)

    def _moved(self, due: int, stopped: int, at: int) -> int:
        version = self.version if self.received is not None else self.rules.of(at)
        if version.restarts and self.received is not None:
            if self.limit is not None:
                return max(at, self.calendar.due(at, self.limit.amount, self.limit.unit))
            first = self.received if self.first_due is None else self.first_due
            return self.calendar.add(at, self.calendar.between(self.received, first))
        if stopped == at:
            return due
        begin = max(stopped, self.set_at)
        unit = "" if self.limit is None else self.limit.unit
        return max(at, self.calendar.after_stop(due, begin, at, unit) if begin < at else due)


def run(
    told: Sequence[Event],
    rules: Rules,
    counting: Collection[str],
    until: int | None = None,
    *,
    trusts: bool = False,
) -> Clock:
    """The clock after ``told`` (in order), up to its first end, or after what happened until
    ``until``. ``counting``: ids of the new due times that count, if a stop explains those that come
    with a resumption; ``trusts``: in any case."""
    clock = Clock(rules, rules.calendar, rules.of(None), trusts)
    for event in told:
        if until is not None and event.occurred_at > until:
            break
        clock.unit = event.unit or clock.unit
        # A reception counts whenever it comes.
        if clock.end is None or event.kind in ("received", "submitted"):
            clock.take(event, event.event_id in counting)
        elif event.kind == "resumed" and event.due_at == clock.due:
            clock.known.add(event.event_id)
    return clock


def run_rewritten(told: Sequence[Event], rules: Rules) -> Clock:
    """The clock by whatever was told last: every new due time, and the last end."""
    clock = Clock(rules, rules.calendar, rules.of(None), trusts=True)
    for event in told:
        clock.unit = event.unit or clock.unit
        if clock.end is None or event.kind in ("received", "submitted"):
            clock.take(event, counts=True)
        elif event.kind == "reopened":
            clock.end, clock.ended_by = None, ""
        elif event.kind in ("due_set", "resumed") and event.due_at is not None:
            clock.set(event.due_at, event.occurred_at)
    return clock
