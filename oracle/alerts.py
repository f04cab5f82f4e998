"""Which alerts of a dossier are true, and who deals with them, counted again from its story and
from what people did.

Only the kinds that depend on levels, waiting and what people did; a policy and the working calendar
are shared with the product. Slow and simple on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dossiers.reference.context import Context
from dossiers.time.limits import due_after
from dossiers.wire.acted import Acted
from dossiers.wire.facts import Limit
from oracle.story import Story

Name = tuple[str, int, int]  # kind, level and cause (ms)
KINDS = frozenset({
    "overdue", "escalation", "waiting_too_long", "repeat_supplement", "extension_without_reason",
})  # fmt: skip
_LEVEL_OF_LEADERS = 3
_OPEN = frozenset({"within", "waiting", "overdue"})


class Dealing(NamedTuple):
    """``person`` has an alert from ``begin`` up to ``end`` (ms), and has offered it to ``to``.
    ``capacity``: of whoever acknowledged it, "" if its holder did and has handed it over."""

    person: str
    begin: int
    end: int
    to: str
    capacity: str


class Witness:
    """What is true of one dossier at ``as_of`` (ms). ``done``: the actions on its alerts, in any
    order, no duplicates."""

    def __init__(self, story: Story, done: Iterable[Acted], as_of: int, context: Context) -> None:
        self._story = story
        self._as_of = as_of
        self._context = context
        self._policy = context.alert_settings(context.present_unit(story.unit), story.procedure)
        self._calendar = context.calendar_named(story.calendar)
        self._done = sorted(done, key=lambda each: (each.occurred_at, each.source_seq,
                                                    each.event_id))  # fmt: skip

    def raised(self) -> set[Name]:
        """All alerts of KINDS that are true."""
        story, found = self._story, set[Name]()
        if story.verdict == "overdue" and story.due is not None:
            found.add(("overdue", 0, story.due))
            for level in range(1, 1 + len(self._policy.escalation_hours[:_LEVEL_OF_LEADERS])):
                if self._escalates_at(level) <= self._as_of:
                    found.add(("escalation", level, story.due))
        if story.end is None:
            found |= {("repeat_supplement", 0, begin) for begin, _ in story.asked[1:]}
        if story.status == 5 and story.verdict in _OPEN and self._policy.waiting_days > 0:
            patience = Limit(self._policy.waiting_days, "working_days")
            rules = self._context.rules_at(story.received)
            at = due_after(story.asked[-1][0], patience, self._calendar, rules)
            if at <= self._as_of:
                found.add(("waiting_too_long", 0, at))
        for at in story.silently:
            if story.end is None or at >= story.end:
                found.add(("extension_without_reason", 0, at))
        return {name for name in found if name[0] not in self._policy.off}

    @property
    def step_overdue(self) -> bool:
        """Whether the present step has used up its limit, and that is an alert."""
        return self._story.step_overdue and "step_overdue" not in self._policy.off

    def dealing(self, name: Name) -> Dealing | None:
        """Who deals with an alert that is true; None if nobody does."""
        kind, level, cause = name
        since = cause if kind == "overdue" else self._escalates_at(level) if level and (
            kind == "escalation") else 0  # fmt: skip
        spans = self._spans(name, since)
        return spans[-1] if spans and spans[-1].end > self._as_of else None

    def _escalates_at(self, level: int) -> int:
        """When the level is reached (ms)."""
        due = self._story.due or 0
        at = self._calendar.add_hours(due, self._policy.escalation_hours[level - 1])
        if level == _LEVEL_OF_LEADERS:
            return at
        below: Name = ("overdue", 0, due) if level == 1 else ("escalation", level - 1, due)
        since = due if level == 1 else self._escalates_at(level - 1)
        for span in self._spans(below, since):
            if span.capacity == "receiver" and span.begin < at < span.end:
                return span.end
        return at

    def _spans(self, name: Name, since: int) -> Sequence[Dealing]:
        """The times in which somebody had the alert, each as it ended up."""
        spans: list[Dealing] = []
        for each in self._done:
            at = each.occurred_at
            if (each.alert_kind, each.level, each.cause) != name:
                continue
            last = spans[-1] if spans and spans[-1].end > at else None
            held = last is not None and (last.capacity != "holder" or each.capacity == "holder")
            if each.action == "acknowledge" and not held and at >= since:
                end = self._calendar.add_hours(at, self._policy.acknowledge_hours)
                spans.append(Dealing(each.person, at, end, "", each.capacity))
            elif last is not None and each.action == "hand_over" and each.person == last.person:
                if each.to != each.person:
                    spans[-1] = last._replace(to=each.to)
            elif last is not None and each.action == "accept" and each.person == last.to:
                capacity = "" if last.capacity == "holder" else last.capacity
                spans[-1] = last._replace(person=each.person, to="", capacity=capacity)
        return spans
