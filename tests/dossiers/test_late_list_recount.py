"""The month's late list against a recount of minutes that shares nothing with the product.

Instants are whole minutes, so the recount walks them one office day after another, and shares are
fractions. Only the rules are the same, those of docs/late-list.md and docs/explanations.md.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

import pytest

from dossiers.reports.late_list import month_of
from tests.dossiers.late_lives import (
    CONTEXT,
    HANOI,
    MINUTES_A_DAY,
    Life,
    Span,
    charges_of,
    made,
    ms,
    ran,
    spans_of,
)
from tests.dossiers.listed import ListedHolder, late_list

FIRST, LAST = datetime(2026, 10, 1, tzinfo=HANOI), datetime(2026, 11, 1, tzinfo=HANOI)


@dataclass
class Recount:
    """By (unit, officer), and by (unit, "")."""

    totals: Counter[tuple[str, str]] = field(default_factory=Counter)
    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    open: Counter[tuple[str, str]] = field(default_factory=Counter)
    days: dict[tuple[str, str], list[Fraction]] = field(default_factory=lambda: defaultdict(list))
    late: dict[str, Fraction] = field(default_factory=dict)

    def take(self, name: str, whole: Life) -> None:
        entries = [entry for entry in whole.entries if entry[0] < LAST]
        if not entries:
            return
        # What lies beyond the month has not happened yet: a due time and the end of a stop, too.
        life = Life(whole.procedure, whole.received, whole.due, entries)
        due_at = [more["due_at"] for _, _, more in entries if more.get("due_at")][-1]
        life.due = datetime.fromtimestamp(due_at / 1000, HANOI)
        ended = entries[-1][1] in ("finished", "withdrawn")
        end = entries[-1][0] if ended else LAST
        life.stops = [(stopped, min(resumed, end)) for stopped, resumed in whole.stops
                      if stopped < end]  # fmt: skip
        if end < FIRST:
            return
        spans = spans_of(life, end)
        waits = entries[-1][1] == "suspended" and entries[-1][0] <= life.due
        late = ran(life, life.received, end) - ran(life, life.received, life.due)
        mine: dict[tuple[str, str], Fraction] = {}
        if end > life.due and not waits:
            mine = self.charge(name, life, spans, max(0, late))
        in_month = {(s.unit, s.officer) for s in spans if s.end >= FIRST}
        self.totals.update(in_month | {(unit, "") for unit, _ in in_month} | mine.keys())
        for who, minutes in mine.items():
            (self.done if ended else self.open)[who] += 1
            self.days[who].append(minutes / MINUTES_A_DAY)

    def charge(
        self, name: str, life: Life, spans: list[Span], late: int
    ) -> dict[tuple[str, str], Fraction]:
        self.late[name] = Fraction(late, MINUTES_A_DAY)
        if not late:  # the unit's that held it when the due time passed
            held = [span.unit for span in spans if span.start <= life.due]
            return {(held[-1], ""): Fraction()}
        mine: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for span, charge in zip(spans, charges_of(life, spans, late), strict=True):
            for who in {(span.unit, span.officer), (span.unit, "")} if charge else set():
                mine[who] += charge
        return mine


def near(shown: float, exact: Fraction) -> bool:
    """Equal to one decimal, a half rounded up."""
    return shown == float(Fraction(int(exact * 10 + Fraction(1, 2)), 10))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_officers_units_and_days_equal_a_plain_recount(seed: int) -> None:
    rng = random.Random(seed)
    lives = {f"d{number:03}": made(rng) for number in range(250)}
    expected = Recount()
    for name, life in lives.items():
        expected.take(name, life)
    facts = ((name, life.facts()) for name, life in lives.items())
    found = late_list(facts, month_of("2026-10", CONTEXT), ms(LAST) + 1, CONTEXT)

    def holder(it: ListedHolder) -> tuple[str, str]:
        return it.unit, it.officer

    both = {holder(each): each for each in (*found.officers, *found.units)}
    assert both.keys() == expected.days.keys()
    for who, shown in both.items():
        assert shown.total == expected.totals[who], who
        assert (shown.done, shown.open) == (expected.done[who], expected.open[who]), who
        days = expected.days[who]
        assert shown.late == len(days), who
        assert near(shown.days_most, max(days)), who
        assert near(shown.days_mean, sum(days, Fraction()) / len(days)), who
    assert {line.dossier for line in found.dossiers} == expected.late.keys()
    assert all(near(line.days_late, expected.late[line.dossier]) for line in found.dossiers)
    assert len(found.dossiers) > 60, "the test must have something to find"
    assert {each.unit for each in found.units} == {"u1", "u2", "u3"}
