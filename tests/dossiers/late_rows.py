"""Late dossiers written out by hand, and the month's list of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from dossiers.reference.context import Context
from dossiers.reports.case import JudgedCase, case_of
from dossiers.reports.late_list import month_of
from dossiers.time.day_table import instant
from dossiers.time.hours import HOUR
from dossiers.wire.facts import Fact, Limit
from dossiers.wire.reference import Procedure, Reference, Rules, Step, Unit
from tests.dossiers.listed import Listed, late_list
from tests.dossiers.made_facts import made_fact
from tests.dossiers.offices import HANOI

UNITS = tuple(
    Unit(id=u, name=u, parent=p) for u, p in (("city", ""), ("u1", "city"), ("u2", "city"))
)


STEPS = (Step(id="s1", hours=4, aliases=("một",)), Step(id="s2", hours=4))


PLAIN = Context(
    Reference(
        units=UNITS,
        procedures=(
            Procedure(id="p", name="P", limit=Limit(8, "hours"), steps=STEPS),
            Procedure(id="same", name="S", same_day=True),
        ),
    )
)


def by(**rules: Any) -> Context:
    return Context(msgspec.structs.replace(PLAIN.reference, rules=Rules(**rules)))


def at(text: str) -> int:
    """Day and clock time of autumn 2026 ("10-30 17:00"), ms."""
    return instant(datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}").replace(tzinfo=HANOI))


def fact(when: str, kind: str, **fields: Any) -> Fact:
    due = fields.pop("due", None)
    fields["due_at"] = at(due) if due is not None else None
    return made_fact(at(when), "t", 0, f"{kind} {when}", kind, at(when), **fields)


def made(
    facts: list[Fact], month: str = "2026-10", now: str = "12-31 00:00", context: Context = PLAIN,
    scope: str = "",
) -> Listed:  # fmt: skip
    return late_list([("d", facts)], month_of(month, context), at(now), context, scope)


def judged(facts: list[Fact], now: str, context: Context = PLAIN) -> JudgedCase:
    return case_of(facts, at(now), context)


def charged(case: JudgedCase) -> dict[str, float]:
    assert case.attribution is not None
    sums = case.attribution.by_officer()
    return {officer or unit: amount / HOUR for (unit, officer), amount in sums.items() if amount}


WEEKEND = [fact("10-26 09:00", "received", unit="u1", officer="a", due="10-30 17:00")]
