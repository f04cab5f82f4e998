"""Which dates were changed afterwards, as a list says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.explain import explain
from dossiers.reports.rewrites import Rewrite, rewrites_of
from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.facts import Content, Fact
from dossiers.wire.flags import BACKDATED, REWRITTEN
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.reference import Reference
from tests.dossiers.snapshot_stories import any_snapshots, snapshot
from tests.dossiers.stories import DAY, START

CONTEXT = Context(Reference())
IN_FORCE = InForce([(0, CONTEXT)])
DUE = START + 5 * DAY


def shown(at: int, **more: Any) -> AnyDossierEvent:
    content = Content(**{"status": 4, "accepted_at": START, "due_at": DUE, **more})
    return snapshot(at, content)


def facts_of(events: Sequence[AnyDossierEvent]) -> list[Fact]:
    return sorted(map(fact_of, events), key=fact_order)


def found(*events: AnyDossierEvent, now: int = START + 30 * DAY) -> list[Rewrite]:
    return rewrites_of(facts_of(events), now, IN_FORCE)


FIRST = shown(START + 1)


@pytest.mark.parametrize(
    ("second", "kind", "was", "now", "hides"),
    [
        (shown(DUE + DAY, due_at=DUE + 9 * DAY), "due_after", DUE, DUE + 9 * DAY, False),
        (shown(DUE + DAY, due_at=DUE + 90 * DAY), "due_after", DUE, DUE + 90 * DAY, True),
        (shown(DUE - DAY, due_at=DUE + 90 * DAY), "due_before", DUE, DUE + 90 * DAY, False),
        (shown(DUE - DAY, due_at=DUE - DAY // 2), "due_earlier", DUE, DUE - DAY // 2, False),
        (shown(DUE - DAY, accepted_at=START + DAY), "reception", START, START + DAY, False),
    ],
)
def test_a_change_has_its_kind_and_both_dates(
    second: AnyDossierEvent, kind: str, was: int, now: int, hides: bool
) -> None:
    (change,) = found(FIRST, second)
    assert (change.kind, change.was, change.now, change.hides) == (kind, was, now, hides)
    assert (change.source, change.at) == ("portal:H29", second.received_at)


def test_an_end_that_is_moved_and_taken_back() -> None:
    end = DUE + 2 * DAY
    ended = shown(end, status=10, finished_at=end)
    moved = shown(end + DAY, status=10, finished_at=DUE - DAY)
    back = shown(end + 2 * DAY, status=1)
    changes = found(FIRST, ended, moved, back)
    assert [(each.kind, each.was, each.now) for each in changes] == [
        ("end_earlier", end, DUE - DAY),
        ("end_taken_back", DUE - DAY, None),
    ]


@given(any_snapshots(), st.integers(0, 60))
def test_exactly_what_is_flagged_has_changes(events: list[AnyDossierEvent], days: int) -> None:
    facts = facts_of(events)
    now = max(each.received_at for each in events) + days * DAY
    flags = explain("d0", facts, now, IN_FORCE).flags
    kinds = {each.kind for each in rewrites_of(facts, now, IN_FORCE)}
    assert (kinds - {"backdated"} != set()) == (REWRITTEN in flags)
    assert ("backdated" in kinds) == (BACKDATED in flags)
