"""Whose hours late dossiers were: the recount's hands are the product's, and a row of ClickHouse
that says something else is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.case import case_in_force
from dossiers.reports.held_shares import shares_of
from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.reference import Unit
from oracle.checks.cut import CutPartition
from oracle.checks.late_hours import check_late_hours
from oracle.checks.report import Check
from oracle.figures import LogCount, recount_log
from oracle.late_hours import hours_at
from sinks.store import Store
from tests.api.city import TIMELINE, City
from tests.api.insight.busy_city import NOW, REFERENCE
from tests.dossiers.stories import DAY, OFFICE, RESTART, START, VERSIONS
from tests.dossiers.test_late_list_live import kept
from tests.oracle.busy_store import busy_store, dossier_events, last_records
from tests.oracle.test_late_list import HISTORIES

HOUR = 3_600_000
IN_FORCE = InForce([(0, Context(REFERENCE))])
Row = dict[str, Any]


@pytest.mark.parametrize("context", [OFFICE, RESTART, VERSIONS], ids=["office", "restart", "rules"])
@settings(deadline=None, max_examples=25)
@given(found=HISTORIES, hour=st.integers(0, 20 * 24))
def test_every_hand_and_amount_is_the_one_that_the_recount_finds(
    context: Context, found: list[AnyDossierEvent], hour: int
) -> None:
    now, in_force = START + hour * DAY // 24, InForce([(0, context)])
    by_dossier: dict[str, list[AnyDossierEvent]] = defaultdict(list)
    for event in found:
        by_dossier[event.dossier_id].append(event)
    for dossier_id, facts in kept(found):
        stored = shares_of(case_in_force(facts, now, in_force))
        mine = hours_at(by_dossier[dossier_id], now, in_force)
        each = mine.split.each
        assert stored.units == tuple(share.hand.unit for share in each)
        assert stored.officers == tuple(share.hand.officer for share in each)
        assert stored.steps == tuple(share.step for share in each)
        assert stored.used == tuple(share.used for share in each)
        assert (stored.late, stored.worked) == (int(mine.split.late), mine.worked)
        assert stored.grows == mine.grows
        for amounts, name in ((stored.charges, "charge"), (stored.raw, "raw")):
            exact = [float(getattr(share, name)) for share in each]
            assert list(amounts) == pytest.approx(exact, abs=2 * len(each) + 2)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, City]]:
    with busy_store(tmp_path_factory.mktemp("engine"), 150) as found:
        yield found


@pytest.fixture(scope="module")
def counted(stored: tuple[Store, City]) -> tuple[CutPartition, LogCount]:
    records = last_records(stored[1])
    heard = [(event, NOW) for event in dossier_events(stored[1])]
    return CutPartition(None, records, now=NOW), recount_log(heard, NOW, Context(REFERENCE))


class Damaged:
    """The store, with one row of what it answers changed."""

    def __init__(self, store: Store, damage: Callable[[Row], object]) -> None:
        self._store = store
        self._damage = damage

    def query(self, sql: str, parameters: Any = None) -> list[Row]:
        rows = self._store.query(sql, parameters)
        limited = [row for row in rows if row["held_limits"][:1] > [0]]
        self._damage(max(limited, key=lambda row: (len(row["held_units"]), row["dossier_id"])))
        return rows


def compare(
    store: Store, counted: tuple[CutPartition, LogCount],
    damage: Callable[[Row], object] = lambda _: None, in_force: InForce = IN_FORCE,
) -> Check:  # fmt: skip
    part, count = counted
    return check_late_hours(Damaged(store, damage), TIMELINE, {0: part}, {0: count}, {0: in_force})


def test_what_the_sink_stored_is_what_the_recount_finds(
    stored: tuple[Store, City], counted: tuple[CutPartition, LogCount]
) -> None:
    found = compare(stored[0], counted)
    assert (found.differences, found.moved) == (0, 0), found.examples
    assert found.compared == len(counted[1].late) > 30
    assert found.left_out == ["dossiers that have left the stream"]


def _first(name: str, more: int) -> Callable[[Row], object]:
    return lambda row: row.update({name: [row[name][0] + more, *row[name][1:]]})


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_first("held_charges", HOUR), "charges of hand 1"),
        (_first("held_limits", HOUR), "limits of hand 1"),
        (_first("held_used", 1), "hands "),
        (lambda row: row.update(held_officers=["x"] * len(row["held_units"])), "'x'"),
        (lambda row: row["held_steps"].pop(), "columns are of different lengths"),
        (lambda row: row.update(late_work=row["late_work"] - 1), "late_work"),
        (lambda row: row.update({key: [] for key in row if key[:5] == "held_"}), "hands []"),
    ],
)
def test_a_damaged_row_is_told(
    stored: tuple[Store, City], counted: tuple[CutPartition, LogCount],
    damage: Callable[[Row], object], told: str,
) -> None:  # fmt: skip
    found = compare(stored[0], counted, damage)
    assert found.differences == 1
    assert told in found.examples[0]


def test_a_newer_row_is_not_compared(
    stored: tuple[Store, City], counted: tuple[CutPartition, LogCount]
) -> None:
    found = compare(stored[0], counted, lambda row: row.update(offset=row["offset"] + 1))
    assert (found.differences, found.moved) == (0, 1)


def test_what_other_reference_data_may_have_judged_is_left_out_and_counted(
    stored: tuple[Store, City], counted: tuple[CutPartition, LogCount]
) -> None:
    more = msgspec.structs.replace(REFERENCE, units=(*REFERENCE.units, Unit(id="u9", name="Mới")))
    both = InForce([(0, Context(REFERENCE)), (NOW, Context(more))])
    found = compare(stored[0], counted, in_force=both)
    open_ = sum(story.verdict == "overdue" for story in counted[1].stories.values())
    assert found.differences == 0
    assert 0 < found.compared == len(counted[1].late) - open_
    assert found.left_out[0].endswith(f"by their change: {open_} dossiers")
