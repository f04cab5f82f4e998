"""What the product freezes is what the recount of the same events says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.publication.counting import Remarks as SaidOf
from dossiers.publication.counting import counted_month
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.late_list import month_of
from dossiers.wire.events import AnyDossierEvent, Finished, Received
from oracle.checks.frozen_lists import compare_month
from oracle.checks.report import Check
from oracle.frozen_lists import FrozenMonth, LogAtCut, RecountedMonth, recount
from tests.dossiers.publication.made_lists import MadeList, made_list
from tests.dossiers.stories import DAY, OFFICE, RESTART, START, VERSIONS
from tests.dossiers.test_late_list_live import kept
from tests.oracle.test_late_list import HISTORIES
from tests.oracle.test_published_lists import plain


def frozen(found: list[AnyDossierEvent], now: int, context: Context, scope: str) -> MadeList:
    month = month_of("2026-09", context)
    dossiers = ((dossier, facts, SaidOf()) for dossier, facts in kept(found))
    count = counted_month(dossiers, month, now, context, scope)
    people = {o: (o, "") for _, o in count.totals.officers}
    return made_list(count.dossiers, count.receptions, count.totals, count.parents, {}, people)


def recounted(
    found: list[AnyDossierEvent], now: int, context: Context, scope: str
) -> RecountedMonth:
    log, month = LogAtCut(), month_of("2026-09", context)
    for event in found:
        log.dossiers[event.dossier_id].setdefault((event.madonvi, event.event_id), event)
    span = FrozenMonth(month.start, month.end, min(now, month.end), now, scope)
    return recount(log, span, InForce([(0, context)]))


def compared(made: MadeList, month: RecountedMonth) -> list[str]:
    check = Check("a list")
    compare_month(check, "it", plain(made.core), plain(made.rows), month)
    return check.examples


@pytest.mark.parametrize("context", [OFFICE, RESTART, VERSIONS], ids=["office", "restart", "rules"])
@settings(deadline=None, max_examples=40)
@given(found=HISTORIES, hour=st.integers(0, 30 * 24), scope=st.sampled_from(["", "", "u1"]))
def test_a_frozen_month_is_the_one_that_is_recounted(
    context: Context, found: list[AnyDossierEvent], hour: int, scope: str
) -> None:
    now = START + hour * DAY // 24
    made = frozen(found, now, context, scope)
    assert compared(made, recounted(found, now, context, scope)) == []


def test_another_figure_or_row_is_noticed() -> None:
    found, now = late_one(), START + 25 * DAY
    made, month = frozen(found, now, OFFICE, ""), recounted(found, now, OFFICE, "")
    assert (made.core.whole.late, compared(made, month)) == (1, [])
    (row,) = made.rows.dossiers
    for changes in ({"late": row.row.late + 60_000}, {"finished_at": None}, {"dossier": "other"}):
        other = msgspec.structs.replace(row, row=msgspec.structs.replace(row.row, **changes))
        rows = msgspec.structs.replace(made.rows, dossiers=(other,))
        assert compared(made._replace(rows=rows), month), changes
    month.totals.clear()
    assert any("recounted 0" in each for each in compared(made, month))


def late_one() -> list[AnyDossierEvent]:

    common: dict[str, Any] = {"dossier_id": "d", "source": "a"}
    begun, ended = START + DAY, START + 9 * DAY
    return [
        Received(event_id="e1", occurred_at=begun, received_at=begun, unit="u1", officer="o1",
                 procedure="p", due_at=START + 5 * DAY, **common),
        Finished(event_id="e2", occurred_at=ended, received_at=ended, **common),
    ]  # fmt: skip
