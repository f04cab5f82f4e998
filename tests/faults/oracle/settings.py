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
    it that count; of stops all is known."""
    found = Settings()
    ends = [place for place, event in enumerate(told) if event.ends]
    first_end = ends[0] if ends else len(told)
    end = told[first_end].occurred_at if ends else None
    places = [i for i, event in enumerate(told) if event.kind in ("due_set", "resumed")]
    for place in sorted(places, key=lambda i: told[i].recorded):
        event = told[place]
        if event.due_at is None:
            continue
        at = event.occurred_at
        counts = place < first_end and (end is None or at < end or event.kind == "resumed")
        if counts and event.kind == "resumed":
            clock = run(told[:place], rules, found.counting)
            # A stop that began too late explains no new due time, and without one there is none.
            counts = clock.stopped is not None and clock.in_time(clock.stopped)
        elif counts:
            recorded = event.recorded if end is None else min(event.recorded, end)
            counts = not run(told, rules, found.counting, recorded).passed(recorded)
        if counts:
            found.counting.add(event.event_id)
        if counts and (event.kind == "resumed" or event.reason != "correction"):
            found.innocent.add(event.event_id)
        else:
            found.rewrites[event.event_id] = at
    return found
