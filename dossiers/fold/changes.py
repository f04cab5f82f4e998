"""Which new due times count: those that were recorded before the due time had passed.

A change is dated (occurred_at) and recorded (received_at, never before it was dated). They are
judged one after the other as they were recorded, each by the due times recorded before it that
count, and by all stops as they are known now; one recorded after the end as if at the end. So a
change may be judged by facts that lie behind it in their order.

A due time that comes with the answer to a supplement is no such change: it counts where its stop
began in time, whenever it was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence

from dossiers.fold.due_line import DueLine
from dossiers.portal.told_facts import AnyDueSet, DueTold, told_due
from dossiers.reference.context import Context
from dossiers.wire.facts import Fact


def recorded_at(fact: Fact) -> int:
    """When it became known (ms): nothing is recorded before it has happened."""
    return fact.received_at if fact.received_at > fact.occurred_at else fact.occurred_at


def judged(facts: Sequence[Fact], context: Context) -> list[Fact]:
    """Elementary ``facts`` (in order), new due times marked if they do not count."""
    found = list(facts)
    changes = {n: fact for n, fact in enumerate(facts) if isinstance(fact, AnyDueSet)}
    if not changes:
        return found
    line = DueLine(facts, context)
    for key in sorted((recorded_at(fact), place) for place, fact in changes.items()):
        fact = changes[key[1]]
        due_at = _counts(line, key, fact)
        if due_at is None:
            found[key[1]] = told_due(fact, fact.due_at, counts=False)
        else:
            found[key[1]] = told_due(fact, due_at, counts=True)
            line.add(key[1], due_at, fact.occurred_at)
    return found


def judged_until(facts: Sequence[Fact]) -> int:
    """Up to when (ms) a fact that comes later may be dated and say which of the new due times in
    ``facts`` count; 0 if there are none."""
    return max((recorded_at(fact) for fact in facts if isinstance(fact, AnyDueSet)), default=0)


def _counts(line: DueLine, key: tuple[int, int], fact: AnyDueSet) -> int | None:
    """The due time that ``fact`` sets, recorded at ``key``; None if it does not count."""
    recorded, place = key
    end = line.ended_at
    if end is not None and fact.occurred_at >= end:
        return None
    if isinstance(fact, DueTold) and fact.reason == "supplement":
        stop = line.stop_before(place, fact.asked_at)
        if stop is not None:  # else the clock stands still, for another one
            return max(fact.due_at, stop.end) if line.began_in_time(stop, key) else None
    at = recorded if end is None else min(recorded, end)
    return None if line.passed(key, at) else fact.due_at
