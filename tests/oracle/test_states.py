"""What ``verify`` compares of each dossier: the engine's state with the recounted story."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings

from dossiers.reference.context import Context
from dossiers.wire.events import AnyDossierEvent, DueSet, Received
from dossiers.wire.records import DossierRecord, Position
from dossiers.wire.reference import Reference
from dunghen.commands.verify import as_text
from oracle.checks.cut import CutPartition
from oracle.checks.report import Report
from oracle.checks.stream import check_table
from oracle.figures import recount_log
from tests.dossiers.stories import START
from tests.dossiers.test_fold import END, engine_for, feed, ticked
from tests.dossiers.test_snapshots import NAMED
from tests.oracle.histories import plain_histories
from tests.oracle.portal_histories import portal_histories


def part_of(events: list[AnyDossierEvent], context: Context) -> tuple[CutPartition, DossierRecord]:
    engine = engine_for(context)
    engine.restore([])
    feed(engine, ticked(events, [0]))
    record = msgspec.json.decode(engine.state.dossiers["d"], type=DossierRecord)
    now = max(END, *(event.occurred_at for event in events))
    part = CutPartition(records={"d": record}, events=[(event, now) for event in events], now=END)
    return part, record


@settings(deadline=None, max_examples=40)
@given(events=portal_histories(start=START) | plain_histories())
def test_flags_and_other_verdicts_are_recounted(events: list[AnyDossierEvent]) -> None:
    part, _ = part_of(events, NAMED)
    count = recount_log(part.events, END, NAMED)
    _, beside = check_table({0: part}, {0: count})
    assert beside.compared == 1
    assert not beside.examples


def test_a_state_with_another_flag_is_a_difference() -> None:
    common: dict[str, Any] = {"dossier_id": "d", "source": "a"}
    events: list[AnyDossierEvent] = [
        Received(event_id="1", occurred_at=START, received_at=START, **common),
        DueSet(event_id="2", occurred_at=START + 1, received_at=START + 1, due_at=END, **common),
    ]
    part, record = part_of(events, NAMED)
    count = recount_log(part.events, END, NAMED)
    assert record.flags == ("rewritten",)
    part.records["d"] = msgspec.structs.replace(
        record, course=msgspec.structs.replace(record.course, flags=(), rewritten=None)
    )
    _, beside = check_table({0: part}, {0: count})
    assert beside.differences == 1
    assert "flags (), recounted ('rewritten',)" in beside.examples[0]
    assert "with all rewrites None" in beside.examples[0]


def test_the_report_says_what_is_shared_and_what_is_left_out() -> None:
    part = CutPartition(
        position=Position(timeline="t", next_offset=0, now=0, reference="", epoch=1)
    )
    part.believed = 2
    count = recount_log([], 0, Context(Reference()))
    report = Report("t", "live", 0, checks=check_table({0: part}, {0: count}))
    text = as_text(report)
    assert "shares with the product: the working calendar; limits" in text
    assert "Not recounted: alerts" in text
    assert "2 are believed" in text
