"""Late lists of the public permit log: what is counted, against the recount of its events."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossiers.publication.counting import NOTHING_SAID, counted_month
from dossiers.publication.lines import lines_of
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.late_list import month_of
from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.reference import Reference
from oracle.checks.frozen_lists import compare_month
from oracle.checks.report import Check
from oracle.frozen_lists import FrozenMonth, LogAtCut, recount
from tests.dossiers.publication.made_lists import made_list
from tests.dossiers.test_late_list_live import kept
from tests.oracle.test_published_lists import plain
from tests.sources.logs import imported, mapping
from tests.sources.test_receipt import COLUMNS

CONTEXT = Context(Reference(timezone="Europe/Amsterdam"))


@pytest.fixture(scope="module")
def found(receipt: Path, tmp_path_factory: pytest.TempPathFactory) -> list[AnyDossierEvent]:
    copy = tmp_path_factory.mktemp("receipt") / "receipt.csv"
    copy.write_bytes(receipt.read_bytes())
    log = imported(copy, mapping(COLUMNS, timezone="Europe/Amsterdam", limit="15 days"))
    return list(log.events)


@pytest.mark.parametrize("name", ["2011-01", "2011-05", "2011-10"])
def test_a_month_of_the_log_is_the_one_that_is_recounted(
    found: list[AnyDossierEvent], name: str
) -> None:
    month = month_of(name, CONTEXT)
    now = month.end + 40 * 86_400_000
    lives = [(dossier, facts, NOTHING_SAID) for dossier, facts in kept(found)]
    count = counted_month(lives, month, now, CONTEXT)
    people = {officer: (officer, "") for _, officer in count.totals.officers}
    made = made_list(count.dossiers, count.receptions, count.totals, count.parents, {}, people)
    log = LogAtCut()
    for event in found:
        log.dossiers[event.dossier_id].setdefault((event.madonvi, event.event_id), event)
    span = FrozenMonth(month.start, month.end, month.end, now, "")
    check = Check("a month of the log")
    recounted = recount(log, span, InForce([(0, CONTEXT)]))
    compare_month(check, name, plain(made.core), plain(made.rows), recounted)
    assert check.examples == []
    assert check.compared > 50
    lines = lines_of(count.dossiers, count.receptions, count.totals, count.parents)
    assert lines.whole.late == lines.whole.done + lines.whole.open == len(count.dossiers) > 3
    assert lines.whole.total > lines.whole.late
