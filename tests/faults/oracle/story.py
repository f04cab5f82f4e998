"""What became of one dossier, by the words of docs/figures.md and docs/deadlines.md.

Knows only what the load uses: limits that an event brings, no steps, no snapshots of portals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.faults.oracle.calendar import HOUR, Calendar, local_day
from tests.faults.oracle.events import Event
from tests.faults.oracle.rules import Rules

REMINDERS = (16, 4)  # working hours before the due time
SOON = 8 * HOUR
LATE_RECEPTION = 8 * HOUR
FINISHED = ("early", "on_time", "late", "no_due")
AlertName = tuple[str, int, int]  # kind, level, cause


@dataclass(slots=True)
class Story:
    """``read`` tells it; ``judge`` has the last word, as of a moment, on what stands at the end."""

    calendar: Calendar
    measure: str = ""  # of the limit, "" without one
    unit: str = "unknown"
    officer: str = "unknown"
    submitted: int | None = None
    answer_by: int = 0  # else it is a late reception
    received: int | None = None
    due: int | None = None
    stopped: int | None = None
    end: int | None = None
    ended_by: str = ""
    extensions: int = 0
    flags: set[str] = field(default_factory=set)
    rewrites: set[int] = field(default_factory=set)
    verdict: str = ""
    soon: bool = False
    raised: set[AlertName] = field(default_factory=set)  # alerts that must stand
    moments: dict[str, int] = field(default_factory=dict)  # measure of a window to its instant


def read(by_id: Mapping[str, Event], rules: Rules) -> Story:
    """The story of one dossier; its events in any order, by their ids."""
    taken_back = {e.target for e in by_id.values() if e.kind == "voided"}
    story = Story(rules.calendar, flags={"voided"} if taken_back else set())
    told = [e for e in by_id.values() if e.event_id not in taken_back]
    told.sort(key=lambda e: (e.occurred_at, e.source, e.source_seq, e.event_id))
    named = False
    for event in told:
        story.unit = event.unit or story.unit
        if event.responsible:
            story.officer, named = event.responsible, True
        elif event.officer and not named:
            story.officer = event.officer
        _take(story, event, rules)
    received, due, end = story.received, story.due, story.end
    if received is None:
        if story.submitted is None:
            story.flags.add("never_received")
    else:
        if due is not None and due < received:
            story.flags.add("due_before_reception")
        if end is not None and end < received:
            story.flags.add("finished_before_reception")
    if story.submitted is not None:
        story.answer_by = story.calendar.add(story.submitted, LATE_RECEPTION)
    return story


def _take(story: Story, event: Event, rules: Rules) -> None:
    kind, at = event.kind, event.occurred_at
    if kind == "received":
        if story.received is None:
            story.received = at
            story.calendar = rules.calendar_of(story.unit)
            limit = event.limit
            story.measure = "" if limit is None else limit.unit
            if story.due is None:
                story.due = event.due_at
                if story.due is None and limit is not None:
                    story.due = story.calendar.due(at, limit.amount, limit.unit)
    elif kind == "submitted":
        if story.submitted is None:
            story.submitted = at
            if story.received is None:
                story.calendar = rules.calendar_of(story.unit)
    elif kind == "due_set":
        _set_due(story, event)
    else:
        if story.received is None and kind in ("progressed", "suspended", "resumed"):
            story.flags.add("before_reception")
        if story.end is not None:
            return
        if kind == "suspended":
            story.stopped = at if story.stopped is None else story.stopped
        elif kind == "resumed":
            _resume(story, at, event.due_at)
        elif kind in ("finished", "withdrawn", "refused"):
            _resume(story, at, None)
            story.end, story.ended_by = at, kind


def _set_due(story: Story, event: Event) -> None:
    at = event.occurred_at
    passed = story.due is not None and at > story.due
    if event.reason == "correction" or story.end is not None or passed:
        story.flags.add("rewritten")
        story.rewrites.add(at)
    if story.end is None:
        if event.reason == "extension":
            story.extensions += 1
            if story.extensions > 1:
                story.flags.add("extended_too_often")
        story.due = event.due_at


def _resume(story: Story, at: int, due: int | None) -> None:
    stopped, story.stopped = story.stopped, None
    if due is not None:
        story.due = due
    elif stopped is not None and story.due is not None and stopped <= story.due:
        story.due = story.calendar.after_stop(story.due, stopped, at, story.measure)


def judge(story: Story, now: int) -> None:
    """How it stands at ``now``; may be asked again, for a later moment."""
    story.verdict = verdict = _verdict(story, now)
    due, end, received = story.due, story.end, story.received
    story.moments = moments = {}
    story.raised = raised = set()
    story.soon = False
    if received is not None:
        moments["received"] = received
    if verdict in FINISHED and end is not None:
        moments[verdict] = end
    if verdict in ("late", "overdue") and due is not None:
        moments["newly_overdue"] = due
    if verdict == "overdue" and due is not None:
        raised.add(("overdue", 0, due))
    if verdict == "within" and due is not None:
        # The last hours begin when the office opens, not when it closes before.
        left = story.calendar.between(now + 1, due)
        story.soon = left < SOON
        raised |= {("due_soon", hours, due) for hours in REMINDERS if left < hours * HOUR}
    if story.submitted is not None:
        limit = story.answer_by
        answered = now
        if verdict != "pending":
            answered = received if received is not None else end if end is not None else now
        if answered > limit:
            moments["late_receptions"] = limit
            if verdict == "pending":
                raised.add(("late_reception", 0, limit))
    raised |= {("date_rewritten", 0, at) for at in story.rewrites if end is None or at >= end}


def _verdict(story: Story, now: int) -> str:
    due, end = story.due, story.end
    if story.ended_by == "refused":
        return "refused"
    if story.received is None:
        if story.ended_by == "withdrawn":
            return "withdrawn"
        return "pending" if story.submitted is not None and end is None else "unreceived"
    if end is None:
        if story.stopped is not None and (due is None or story.stopped <= due):
            return "waiting"
        return "overdue" if due is not None and now > due else "within"
    late = due is not None and end > due
    if story.ended_by == "withdrawn":
        return "late" if late else "withdrawn"
    if due is None:
        return "no_due"
    return "late" if late else "early" if local_day(end) < local_day(due) else "on_time"
