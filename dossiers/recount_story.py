"""The oracle's story of one dossier: read once from its events, in order, then judged.

It shares the calendar, the limits and the comparison of snapshots with the stream, but neither fold
nor standing. Slow and simple on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from dossiers.calendar import instant
from dossiers.context import Context
from dossiers.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Limit,
    Progressed,
    Received,
    Refused,
    Resumed,
    Submitted,
    Suspended,
    Voided,
    Withdrawn,
)
from dossiers.recount_names import named
from dossiers.recount_steps import Stretch, is_step_overdue
from dossiers.reference import Rules
from dossiers.retold import needs_retelling, retell
from dossiers.stops import resume_shift


@dataclass
class Story:
    """What became of one dossier. Times in ms."""

    unit: str = ""
    officer: str = ""
    procedure: str = ""
    submitted: int | None = None
    received: int | None = None
    due: int | None = None
    first_due: int | None = None
    stopped: int | None = None
    end: int | None = None
    ended_by: str = ""
    verdict: str = ""
    flagged: bool = False
    holder: str = ""  # the unit so far, while the events are read
    calendar: str = ""
    limit: Limit | None = None
    extensions: int = 0
    rewritten: bool = False
    step: str = ""
    step_overdue: bool = False
    stretches: list[Stretch] = field(default_factory=list)
    instants: list[tuple[str, int]] = field(default_factory=list)

    @property
    def is_suspended(self) -> bool:
        return self.stopped is not None and self.verdict in ("within", "waiting", "overdue")

    @property
    def is_extended(self) -> bool:
        outside = ("refused", "withdrawn", "pending", "unreceived")
        return self.extensions > 0 and self.verdict not in outside


def tell(events: list[AnyDossierEvent], as_of: int, context: Context) -> Story:
    """The story of one dossier from its events (any order, no duplicates), judged at ``as_of``."""
    events = named(events, context.reference.hashed)
    taken_back = {(e.madonvi, e.target) for e in events if isinstance(e, Voided)}
    story = Story(flagged=bool(taken_back))
    if needs_retelling(events):
        events, flagged, story.rewritten = retell(events, context)
        story.flagged |= flagged
        taken_back.clear()  # what is told anew has been sifted
    events = [e for e in events if (e.madonvi, e.event_id) not in taken_back]
    events.sort(key=lambda e: (e.occurred_at, e.source, e.source_seq, e.event_id, e.madonvi))
    story.unit = next((e.unit for e in reversed(events) if e.unit), "")
    story.officer = next((e.responsible for e in reversed(events) if e.responsible), "") or next(
        (e.officer for e in reversed(events) if e.officer), ""
    )
    for event in events:
        _read(story, event, context)
    _judge(story, as_of, context)
    return story


def _read(story: Story, event: AnyDossierEvent, context: Context) -> None:
    at = event.occurred_at
    story.holder = event.unit or story.holder
    rules = context.rules_at(at if story.received is None else story.received)
    match event:
        case Submitted() if story.submitted is None:
            story.submitted = at
            if story.received is None:
                story.calendar = context.calendar_name(story.holder)
            story.procedure = story.procedure or event.procedure
        case Received() if story.received is None:
            story.received = at
            story.procedure = event.procedure or story.procedure
            story.calendar = context.calendar_name(story.holder)
            story.limit = event.limit or context.limit_of(story.procedure, at)
            if story.due is None:
                story.due = event.due_at
                if story.due is None:
                    story.due = context.due_of(
                        at, story.procedure, story.limit, story.calendar, rules
                    )
                story.first_due = story.due
        case DueSet():
            news = story.end is not None or (story.due is not None and at > story.due)
            story.rewritten |= news or event.reason == "correction"
            if story.end is None:
                story.extensions += event.reason == "extension"
                story.flagged |= story.extensions > rules.extensions_allowed
                story.due = event.due_at
                if story.first_due is None:
                    story.first_due = event.due_at
        case Suspended() if story.end is None and story.stopped is None:
            if event.status != 8 or rules.stops_status_8:
                story.stopped = at
        case Resumed() if story.end is None:
            _run_again(story, at, event.due_at, context, rules)
        case Finished() | Withdrawn() | Refused() if story.end is None:
            _run_again(story, at, None, context, rules)
            story.end = at
            story.ended_by = type(event).__name__.lower()
        case _:
            pass
    if story.received is None and isinstance(event, Progressed | Suspended | Resumed):
        story.flagged = True
    story.step = event.step or story.step
    runs = story.received is not None and story.stopped is None
    story.stretches.append(Stretch(at, story.step, runs, story.procedure))


def _run_again(story: Story, at: int, due_at: int | None, context: Context, rules: Rules) -> None:
    stopped, story.stopped = story.stopped, None
    if due_at is not None:
        story.due = due_at
    elif stopped is not None and story.due is not None and stopped <= story.due:
        calendar = context.calendar_named(story.calendar)
        if rules.stop_mode == "restart" and story.received is not None:
            due = context.due_of(at, story.procedure, story.limit, story.calendar, rules)
            if due is None and story.first_due is not None:
                due = calendar.add(at, calendar.between(story.received, story.first_due))
            story.due = due
            story.stretches.clear()
        else:
            unit = story.limit.unit if story.limit is not None else ""
            story.due = resume_shift(story.due, stopped, at, unit, calendar, rules)


def _judge(story: Story, as_of: int, context: Context) -> None:
    story.verdict = _verdict(story, as_of, context)
    story.flagged |= story.rewritten
    if story.verdict in ("within", "waiting", "overdue"):
        story.step_overdue = is_step_overdue(story.stretches, story.calendar, as_of, context)
    if story.received is None:
        story.flagged |= story.submitted is None
    else:
        story.instants.append(("received", story.received))
        story.flagged |= story.due is not None and story.due < story.received
        story.flagged |= story.end is not None and story.end < story.received
    if story.verdict in ("early", "on_time", "late", "no_due") and story.end is not None:
        story.instants.append((story.verdict, story.end))
    if story.verdict in ("late", "overdue") and story.due is not None:
        story.instants.append(("newly_overdue", _last_in_time(story, context) or story.due))
    if story.submitted is not None:
        calendar = context.calendar_named(story.calendar)
        hours = context.rules_at(story.submitted).late_reception_hours
        limit = calendar.add_hours(story.submitted, hours)
        answer = as_of
        if story.verdict != "pending":
            answer = story.received if story.received is not None else story.end or as_of
        if answer > limit:
            story.instants.append(("late_receptions", limit))


def _last_in_time(story: Story, context: Context) -> int | None:
    """The due time or, where dates are compared, the last millisecond of its day."""
    if story.due is None or context.rules_at(story.received).on_time_by == "timestamp":
        return story.due
    local = context.calendar.local(story.due)
    following = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    return instant(following) - 1


def _verdict(story: Story, as_of: int, context: Context) -> str:
    if story.ended_by == "refused":
        return "refused"
    if story.received is None:
        if story.ended_by == "withdrawn":
            return "withdrawn"
        return "unreceived" if story.submitted is None or story.end is not None else "pending"
    last = _last_in_time(story, context)
    if story.end is None:
        if story.stopped is not None and (story.due is None or story.stopped <= story.due):
            return "waiting"
        return "within" if last is None or as_of <= last else "overdue"
    late = last is not None and story.end > last
    if story.ended_by == "withdrawn":
        return "late" if late else "withdrawn"
    if story.due is None:
        return "no_due"
    day = context.calendar.local_date
    return "late" if late else "early" if day(story.end) < day(story.due) else "on_time"
