"""Which of the new due times that were told count, and which only rewrite what had been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.oracle.clock import run
from tests.faults.oracle.events import Event
from tests.faults.oracle.rules import Rules


@dataclass
class Settings:
    """Event ids. ``counting``: of those that count; ``innocent``: of these, the ones that are not
    flagged. ``rewrites``: by the id of each that is, when it happened."""

    counting: set[str] = field(default_factory=set)
    innocent: set[str] = field(default_factory=set)
    rewrites: dict[str, int] = field(default_factory=dict)


def judge_settings(told: Sequence[Event], rules: Rules) -> Settings:
    """``told``: in order. One is judged after the other as they were recorded, each by those before
    it that count; of stops all is known. One that comes with a resumption counts by its stop,
    whenever it was recorded."""
    ends = [event.occurred_at for event in told if event.ends]
    end = ends[0] if ends else None
    named = [e for e in told if e.kind in ("due_set", "resumed") and e.due_at is not None]
    counting: set[str] = set()
    for event in sorted(named, key=lambda e: e.recorded):
        recorded = event.recorded if end is None else min(event.recorded, end)
        if event.kind == "resumed" or (
            (end is None or event.occurred_at < end)
            and not run(told, rules, counting, recorded).passed(recorded)
        ):
            counting.add(event.event_id)
    clock = run(told, rules, counting)
    found = Settings(counting)
    for event in named:
        name = event.event_id
        if event.kind == "resumed":
            innocent = name in clock.explained
        else:
            innocent = name in counting and event.reason != "correction"
        if innocent:
            found.innocent.add(name)
        elif name not in clock.known:
            found.rewrites[name] = event.occurred_at
    return found
