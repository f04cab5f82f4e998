"""Every figure from the raw records, counted by the words of docs/figures.md and docs/deadlines.md.

Imports nothing of the product, and knows only what the load uses: a calendar of 24 hours on 7 days,
limits in hours, no steps, no snapshots of portals. Times in ms; events are the decoded JSON.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

HOUR = 3_600_000
MINUTE = 60_000
SOON = 8 * HOUR
REMINDERS = (16, 4)  # hours before the due time
LATE_RECEPTION = 8 * HOUR
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OPEN = ("within", "waiting", "overdue")
FINISHED = ("early", "on_time", "late", "no_due")
WINDOWS = {"1h": 60, "24h": 1_440, "7d": 10_080, "30d": 43_200}
AlertName = tuple[str, int, int]  # kind, level, cause
Event = Mapping[str, Any]


@dataclass
class Story:
    """What became of one dossier."""

    unit: str = "unknown"
    officer: str = "unknown"
    submitted: int | None = None
    received: int | None = None
    due: int | None = None
    stopped: int | None = None
    end: int | None = None
    ended_by: str = ""
    verdict: str = ""
    extensions: int = 0
    flags: set[str] = field(default_factory=set)
    rewrites: set[int] = field(default_factory=set)
    raised: set[AlertName] = field(default_factory=set)  # alerts that must stand at the end
    moments: dict[str, int] = field(default_factory=dict)  # measure of a window to its instant


def tell(events: Iterable[Event], now: int) -> Story:
    """The story of one dossier, judged at ``now``; ``events`` in any order, ids may repeat."""
    by_id: dict[str, Event] = {}
    for event in events:
        by_id.setdefault(event["event_id"], event)
    taken_back = {e["target"] for e in by_id.values() if e["kind"] == "voided"}
    story = Story(flags={"voided"} if taken_back else set())
    told = [e for e in by_id.values() if e["event_id"] not in taken_back]
    told.sort(key=lambda e: (e["occurred_at"], e["source"], e["source_seq"], e["event_id"]))
    named = False
    for event in told:
        story.unit = event.get("unit") or story.unit
        if event.get("responsible"):
            story.officer, named = event["responsible"], True
        elif event.get("officer") and not named:
            story.officer = event["officer"]
        _read(story, event)
    _judge(story, now)
    return story


def _read(story: Story, event: Event) -> None:
    kind, at = event["kind"], event["occurred_at"]
    if kind == "received":
        if story.received is None:
            story.received = at
            if story.due is None:
                hours = (event.get("limit") or {}).get("amount")
                by_limit = None if hours is None else at + hours * HOUR
                story.due = event.get("due_at") or by_limit
    elif kind == "submitted":
        story.submitted = at if story.submitted is None else story.submitted
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
            _resume(story, at, event.get("due_at"))
        elif kind in ("finished", "withdrawn", "refused"):
            _resume(story, at, None)
            story.end, story.ended_by = at, kind


def _set_due(story: Story, event: Event) -> None:
    at = event["occurred_at"]
    passed = story.due is not None and at > story.due
    if event.get("reason", "correction") == "correction" or story.end is not None or passed:
        story.flags.add("rewritten")
        story.rewrites.add(at)
    if story.end is None:
        if event.get("reason") == "extension":
            story.extensions += 1
            if story.extensions > 1:
                story.flags.add("extended_too_often")
        story.due = event["due_at"]


def _resume(story: Story, at: int, due: int | None) -> None:
    stopped, story.stopped = story.stopped, None
    if due is not None:
        story.due = due
    elif stopped is not None and story.due is not None and stopped <= story.due:
        story.due += at - stopped


def _judge(story: Story, now: int) -> None:
    story.verdict = verdict = _verdict(story, now)
    due, end, received = story.due, story.end, story.received
    if received is None:
        if story.submitted is None:
            story.flags.add("never_received")
    else:
        story.moments["received"] = received
        if due is not None and due < received:
            story.flags.add("due_before_reception")
        if end is not None and end < received:
            story.flags.add("finished_before_reception")
    if verdict in FINISHED and end is not None:
        story.moments[verdict] = end
    if verdict in ("late", "overdue") and due is not None:
        story.moments["newly_overdue"] = due
    if verdict == "overdue" and due is not None:
        story.raised.add(("overdue", 0, due))
    if verdict == "within" and due is not None:
        story.raised |= {("due_soon", h, due) for h in REMINDERS if now >= due - h * HOUR}
    if story.submitted is not None:
        limit = story.submitted + LATE_RECEPTION
        answered = now
        if verdict != "pending":
            answered = received if received is not None else end if end is not None else now
        if answered > limit:
            story.moments["late_receptions"] = limit
            if verdict == "pending":
                story.raised.add(("late_reception", 0, limit))
    story.raised |= {("date_rewritten", 0, at) for at in story.rewrites if end is None or at >= end}


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
    return "late" if late else "early" if _day(end) < _day(due) else "on_time"


def _day(at: int) -> int:
    return datetime.fromtimestamp(at / 1000, ZONE).date().toordinal()


def month_began(now: int) -> int:
    """The instant at which the local month of ``now`` began."""
    local = datetime.fromtimestamp(now / 1000, ZONE)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return round(first.astimezone(UTC).timestamp() * 1000)


Figures = dict[str, dict[str, int]]


def count(
    stories: Iterable[Story], now: int, parents: Mapping[str, str], into: Figures | None = None
) -> Figures:
    """Figures by scope, of the dossiers of one partition; added to ``into``."""
    figures: Figures = defaultdict(lambda: defaultdict(int)) if into is None else into
    first = {window: now // MINUTE - length + 1 for window, length in WINDOWS.items()}
    first["month"] = month_began(now) // MINUTE
    for story in stories:
        scopes = ["all", f"officer:{story.officer}", f"unit:{story.unit}"]
        unit = story.unit
        while unit := parents.get(unit, ""):
            scopes.append(f"unit:{unit}")
        names = _gauges(story, now)
        for measure, at in story.moments.items():
            minute = at // MINUTE
            if minute <= now // MINUTE:
                names += [f"{measure}_{w}" for w, begin in first.items() if minute >= begin]
        for scope in scopes:
            row = figures[scope]
            for name in names:
                row[name] += 1
    return figures


def _gauges(story: Story, now: int) -> list[str]:
    verdict = story.verdict
    names = [] if verdict == "unreceived" else [verdict]
    if verdict in OPEN:
        names.append("open")
        if story.stopped is not None:
            names.append("suspended")
    if verdict in OPEN or verdict in FINISHED:
        names.append("total")
        if story.extensions:
            names.append("extended")
    if story.flags:
        names.append("flagged")
    if "rewritten" in story.flags:
        names.append("rewritten")
    if verdict == "pending" and "late_receptions" in story.moments:
        names.append("late_receptions")
    if verdict == "within" and story.due is not None and now >= story.due - SOON:
        names.append("due_soon")
    return names
