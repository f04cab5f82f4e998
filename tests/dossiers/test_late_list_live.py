"""The month's list and the live counters have the same dossiers, whatever happened to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.portal.snapshots import place
from dossiers.reference.context import Context
from dossiers.reports.late_lines import Month
from dossiers.reports.late_list import month_of
from dossiers.wire.events import Activate, AnyDossierEvent, Tick
from dossiers.wire.facts import Fact
from dossiers.wire.kept_events import fact_of
from dossiers.wire.records import DossierRecord
from tests.dossiers.listed import Listed, late_list
from tests.dossiers.snapshot_stories import any_snapshots
from tests.dossiers.stories import DAY, OFFICE, RESTART, START, VERSIONS, events
from tests.dossiers.test_fold import engine_for, feed, figures

HISTORIES = events(dossiers=4) | any_snapshots()
contexts = pytest.mark.parametrize(
    "context", [OFFICE, RESTART, VERSIONS], ids=["office", "restart", "versions"]
)


def kept(found: Iterable[AnyDossierEvent]) -> list[tuple[str, list[Fact]]]:
    facts: dict[str, list[Fact]] = defaultdict(list)
    for event in found:
        facts[event.dossier_id], _ = place(facts[event.dossier_id], fact_of(event))
    return sorted(facts.items())


def listed(found: Listed) -> set[str]:
    assert found.late == len(found.dossiers)
    return {line.dossier for line in found.dossiers}


def live(found: list[AnyDossierEvent], now: int, month: Month, context: Context) -> set[str]:
    """Late in the month, or overdue, once a tick says that it is ``now``; the counters agree."""
    engine = engine_for(context)
    engine.restore([])
    feed(engine, [Activate(hash="x", since=0), *found, Tick(now=now)])
    late, overdue = set(), set()
    for dossier, value in engine.state.dossiers.items():
        record = msgspec.json.decode(value, type=DossierRecord)
        ended = record.course.finished_at or 0
        if record.standing.verdict == "late" and month.start <= ended < min(now + 1, month.end):
            late.add(dossier)
        elif record.standing.verdict == "overdue":
            overdue.add(dossier)
    if now < month.end:
        whole = figures(engine).get("all", {"late_month": 0, "overdue": 0})
        assert (whole["late_month"], whole["overdue"]) == (len(late), len(overdue))
    return late | overdue


def check_lines(whole: Listed, scoped: dict[str, Listed]) -> None:
    """A unit's list is part of the whole one, and no rate is above 100 %."""
    for holder in (*whole.officers, *whole.units):
        assert 0 < holder.late == holder.done + holder.open <= holder.total, holder
        assert 0 < holder.rate <= 100
    for unit, found in scoped.items():
        assert set(found.dossiers) <= set(whole.dossiers)
        assert found.units == tuple(h for h in whole.units if h.unit == unit)
        assert found.officers == tuple(h for h in whole.officers if h.unit == unit)
        assert found.late == sum(h.late for h in found.units)
    if all(holder.unit for holder in whole.units):
        in_some = {line.dossier for found in scoped.values() for line in found.dossiers}
        assert in_some == listed(whole)


@contexts
@settings(deadline=None, max_examples=40)
@given(found=HISTORIES, day=st.integers(0, 13 * 24))
def test_a_month_that_goes_on_is_listed_as_the_counters_have_it(
    context: Context, found: list[AnyDossierEvent], day: int
) -> None:
    now = START + day * DAY // 24
    month = month_of(context.calendar.local(now).strftime("%Y-%m"), context)
    heard = [event for event in found if event.occurred_at <= now]
    whole = late_list(kept(heard), month, now, context)
    assert whole.as_of == now
    assert listed(whole) == live(heard, now, month, context)
    units = ("u1", "u2")
    check_lines(whole, {u: late_list(kept(heard), month, now, context, u) for u in units})


@contexts
@settings(deadline=None, max_examples=40)
@given(found=HISTORIES)
def test_a_month_that_is_over_is_listed_as_it_stood_at_its_end(
    context: Context, found: list[AnyDossierEvent]
) -> None:
    month = month_of("2026-09", context)
    heard = [event for event in found if event.occurred_at < month.end]
    later = late_list(kept(heard), month, month.end + 40 * DAY, context)
    assert listed(later) == live(heard, month.end, month, context)
    assert later == late_list(kept(heard), month, month.end, context)
    units = ("u1", "u2")
    check_lines(later, {u: late_list(kept(heard), month, month.end, context, u) for u in units})
