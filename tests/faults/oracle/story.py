"""What became of one dossier, by the words of docs/figures.md and docs/deadlines.md.

Knows only what the load uses: limits that an event brings, no steps, no snapshots of portals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.faults.oracle.calendar import HOUR, Calendar, local_day
from tests.faults.oracle.clock import Clock, run, run_rewritten
from tests.faults.oracle.deeds import AlertName, Deeds
from tests.faults.oracle.events import Event
from tests.faults.oracle.rules import Rules
from tests.faults.oracle.settings import Settings, judge_settings

REMINDERS = (16, 4)  # working hours before the due time
PATIENCE = 10  # working days until a citizen has not answered for too long
SOON = 8 * HOUR
LATE_RECEPTION = 8 * HOUR
FINISHED = ("early", "on_time", "late", "no_due")


class Other(NamedTuple):
    """How a dossier would stand by other due times or another end."""

    due: int | None
    stopped: int | None
    ended_by: str
    end: int | None
    verdict: str


@dataclass(slots=True)
class Story:
    """``read`` tells it; ``judge`` has the last word, as of a moment, on what stands at the end.
    ``without``: the clock as if nothing had been rewritten; ``with_all``: as if all that was told
    counted."""

    calendar: Calendar
    clock: Clock
    deeds: Deeds
    without: Clock | None = None
    with_all: Clock | None = None
    unit: str = "unknown"
    officer: str = "unknown"
    submitted: int | None = None
    answer_by: int = 0  # else it is a late reception
    remind_by: int | None = None  # else an alert says that it is still reopened
    received: int | None = None
    due: int | None = None
    stopped: int | None = None
    end: int | None = None
    ended_by: str = ""
    extensions: int = 0
    flags: set[str] = field(default_factory=set)
    rewrites: set[int] = field(default_factory=set)
    verdict: str = ""
    unrewritten: Other | None = None
    rewritten: Other | None = None
    soon: bool = False
    raised: set[AlertName] = field(default_factory=set)  # alerts that must stand
    # Of these, who has them, until when, and to whom they are offered.
    taken: dict[AlertName, tuple[str, int, str]] = field(default_factory=dict)
    moments: dict[str, int] = field(default_factory=dict)  # measure of a window to its instant

    @property
    def is_reopened(self) -> bool:
        """Open again."""
        return self.remind_by is not None

    @property
    def is_closed(self) -> bool:
        return self.end is not None and not self.is_reopened


def read(by_id: Mapping[str, Event], rules: Rules, deeds: Iterable[Event] = ()) -> Story:
    """The story of one dossier; its events in any order, by their ids. ``deeds``: what was done
    about its alerts, each once."""
    taken_back = {e.target for e in by_id.values() if e.kind == "voided"}
    told = [e for e in by_id.values() if e.event_id not in taken_back]
    told.sort(key=lambda e: (e.occurred_at, e.source, e.source_seq, e.event_id))
    settings = judge_settings(told, rules)
    clock = run(told, rules, settings.counting)
    story = Story(
        clock.calendar, clock, Deeds(deeds, clock.calendar), unit=clock.unit,
        submitted=clock.submitted,
        received=clock.received, due=clock.due, stopped=clock.stopped, end=clock.end,
        ended_by=clock.ended_by, flags={"voided"} if taken_back else set(),
        rewrites=set(settings.rewrites.values()),
    )  # fmt: skip
    _whose(story, told)
    _odd(story, told, settings)
    _afterwards(story, told, rules)
    if story.rewrites:
        story.flags.add("rewritten")
        story.without = run(told, rules, settings.innocent, trusts=True)
        story.with_all = run_rewritten(told, rules)
    if story.submitted is not None:
        story.answer_by = story.calendar.add(story.submitted, LATE_RECEPTION)
    return story


def _whose(story: Story, told: Sequence[Event]) -> None:
    named = False
    for event in told:
        story.unit = event.unit or story.unit
        if event.responsible:
            story.officer, named = event.responsible, True
        elif event.officer and not named:
            story.officer = event.officer


def _odd(story: Story, told: Sequence[Event], settings: Settings) -> None:
    received, due, end = story.received, story.due, story.end
    if received is None:
        if story.submitted is None:
            story.flags.add("never_received")
    else:
        if due is not None and due < received:
            story.flags.add("due_before_reception")
        if end is not None and end < received:
            story.flags.add("finished_before_reception")
    early = ("progressed", "suspended", "resumed")
    for event in told:
        if event.kind == "received":
            break
        if event.kind in early:
            story.flags.add("before_reception")
    story.extensions = sum(
        e.reason == "extension" and e.event_id in settings.counting
        for e in told
        if e.kind == "due_set"
    )
    if story.extensions > story.clock.version.extensions:
        story.flags.add("extended_too_often")


def _afterwards(story: Story, told: Sequence[Event], rules: Rules) -> None:
    """What was told after the end."""
    ended: Event | None = None
    is_open = True
    for event in told:
        if is_open:
            if event.ends:
                if ended is not None:
                    story.rewrites.add(event.occurred_at)
                ended, is_open, story.remind_by = event, False, None
        elif event.kind == "reopened":
            is_open = True
            story.flags.add("reopened")
            story.rewrites.add(event.occurred_at)
            hours = rules.reopened_hours * HOUR
            story.remind_by = story.calendar.add(event.occurred_at, hours)
        elif event.kind not in ("due_set", "voided"):
            ends = [
                each and each.kind == "finished" and (each.status or 9) for each in (ended, event)
            ]
            if ends != [9, 10]:  # the result is handed out
                story.flags.add("after_end")


def judge(story: Story, now: int) -> None:
    """How it stands at ``now``; may be asked again, for a later moment."""
    story.verdict = verdict = verdict_of(story.clock, now)
    due, end, received = story.due, story.end, story.received
    story.moments = moments = {}
    story.raised = raised = set()
    story.soon = False
    if received is not None:
        moments["received"] = received
    if verdict in FINISHED and end is not None:
        moments[verdict] = end
    if verdict in ("late", "overdue") and due is not None:
        moments["newly_overdue"] = story.clock.version.passes(due)
    if verdict == "overdue" and due is not None:
        raised.add(("overdue", 0, due))
        levels = enumerate(story.deeds.levels(due), 1)
        raised |= {("escalation", level, due) for level, at in levels if now >= at}
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
    silently = story.clock.silently
    raised |= {("extension_without_reason", 0, at) for at in silently if end is None or at >= end}
    if end is None:
        _wait(story, verdict, now)
    if story.remind_by is not None and now > story.remind_by:
        raised.add(("reopened", 0, story.remind_by))
    story.unrewritten, story.rewritten = _other(story.without, now), _other(story.with_all, now)
    dealt = ((name, story.deeds.dealing(name, now)) for name in raised)
    story.taken = {name: (it.person, it.end, it.to) for name, it in dealt if it is not None}


def _wait(story: Story, verdict: str, now: int) -> None:
    """The citizen was asked a second time, or has not answered for too long."""
    clock, raised = story.clock, story.raised
    raised |= {("repeat_supplement", 0, at) for at in clock.asked[1:]}
    if clock.stopped is not None and clock.asks and verdict in ("waiting", "overdue", "within"):
        limit = story.calendar.due(clock.asked[-1], PATIENCE, "working_days")
        if now >= limit:
            raised.add(("waiting_too_long", 0, limit))


def _other(clock: Clock | None, now: int) -> Other | None:
    if clock is None:
        return None
    return Other(clock.due, clock.stopped, clock.ended_by, clock.end, verdict_of(clock, now))


def verdict_of(clock: Clock, now: int) -> str:
    """How it stands at ``now``."""
    due, end = clock.due, clock.end
    if clock.received is None:
        if end is not None and clock.ended_by != "finished":
            return clock.ended_by
        return "pending" if clock.submitted is not None and end is None else "unreceived"
    last = None if due is None else clock.version.passes(due)
    if end is None:
        if clock.stopped is not None and (last is None or clock.stopped <= last):
            return "waiting"
        return "overdue" if last is not None and now > last else "within"
    is_late = last is not None and end > last
    if is_late and (clock.ended_by == "finished" or clock.received <= end):
        return "late"
    if clock.ended_by != "finished":
        return clock.ended_by
    if due is None:
        return "no_due"
    return "early" if local_day(end) < local_day(due) else "on_time"
