"""What happens after the end of a dossier: the first verdict stands, and what came is shown."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dossiers.reference.context import Context
from dossiers.tallies.vector import FIELD
from dossiers.wire.alerts import Alert
from dossiers.wire.events import (
    Activate,
    AnyDossierEvent,
    AnyEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Refused,
    Reopened,
    Resumed,
    Submitted,
    Suspended,
    Tick,
    Withdrawn,
)
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, Rules
from dossiers.wire.topics import ALERTS
from streams.partition.engine import PartitionEngine
from tests.dossiers.offices import at, local
from tests.dossiers.test_activations import states
from tests.dossiers.test_fold import engine_for, feed
from tests.dossiers.test_own_counts import make

RECEIVED = make(Received, "2026-11-02T08:30", due_at=at("2026-11-09T17:00"))
FINISHED = make(Finished, "2026-11-06T10:00")
REOPENED = make(Reopened, "2026-11-10T08:30")
AGAIN = make(Finished, "2026-11-18T10:00")
GAUGES = ("total", "open", "early", "late", "flagged", "rewritten", "reopened")
OFFICE = Context(Reference())


def run(
    *stream: AnyEvent | str, context: Context = OFFICE
) -> tuple[PartitionEngine, list[tuple[str, str, str]]]:
    """After these events, and ticks given as local times: the engine, and (kind, transition, cause)
    of each alert."""
    engine = engine_for(context)
    engine.restore([])
    events = [Tick(now=at(e)) if isinstance(e, str) else e for e in stream]
    outputs = feed(engine, [Activate(hash="x", since=0), *events], size=1)
    alerts = [msgspec.json.decode(o.value or b"", type=Alert) for o in outputs if o.topic == ALERTS]
    return engine, [
        (a.kind, a.transition, local(a.due_at))
        for a in alerts
        if a.kind in ("reopened", "date_rewritten")
    ]


def record(engine: PartitionEngine) -> DossierRecord:
    return states(engine)["d"]


def counted(engine: PartitionEngine) -> set[str]:
    return {name for name in GAUGES if engine.state.tallies.vectors["all"][FIELD[name]]}


def test_a_reopened_dossier_keeps_its_first_verdict_and_is_counted_while_open_again() -> None:
    engine, alerts = run(RECEIVED, FINISHED, REOPENED)
    assert record(engine).flags == ("reopened", "rewritten")
    assert (record(engine).standing.verdict, record(engine).course.finished_at) == (
        "early",
        FINISHED.occurred_at,
    )
    assert counted(engine) == {"total", "early", "flagged", "rewritten", "reopened"}
    full = record(engine).course.rewritten
    assert full is not None
    assert (record(engine).standing.rewritten, full.outcome, full.finished_at) == (
        "overdue",
        "",
        None,
    )
    assert alerts == [("date_rewritten", "raised", "2026-11-10T08:30")]

    engine, _ = run(RECEIVED, FINISHED, REOPENED, AGAIN)
    assert counted(engine) == {"total", "early", "flagged", "rewritten"}
    full = record(engine).course.rewritten
    assert full is not None
    assert (record(engine).standing.rewritten, full.finished_at) == ("late", AGAIN.occurred_at)
    assert record(engine).course.reopenings == ((REOPENED.occurred_at, AGAIN.occurred_at),)


def test_open_again_for_40_working_hours_raises_an_alert_that_the_next_end_resolves() -> None:
    """From Tuesday 10 November 08:30: used up on Tuesday 17 November 08:30."""

    def told(*stream: AnyEvent | str) -> list[tuple[str, str, str]]:
        return [a for a in run(RECEIVED, FINISHED, REOPENED, *stream)[1] if a[0] == "reopened"]

    limit = "2026-11-17T08:30"
    assert told(limit) == []
    assert told(f"{limit}:00.001") == [("reopened", "raised", limit)]
    assert told("2026-11-17T08:31", "2026-11-18T09:00", AGAIN) == [
        ("reopened", "raised", limit), ("reopened", "resolved", limit),
    ]  # fmt: skip
    # Nothing is announced of one that ends again in time; late news of that retracts.
    before = make(Finished, "2026-11-12T10:00")
    assert told(before, "2026-11-20T08:00") == []
    assert told("2026-11-17T08:31", before)[-1] == ("reopened", "retracted", limit)
    # A second reopening has a limit of its own, and the first stays resolved.
    twice = ("2026-11-18T09:00", AGAIN, make(Reopened, "2026-11-19T08:30"), "2026-11-26T08:31")
    assert told("2026-11-17T08:31", *twice) == [
        ("reopened", "raised", limit), ("reopened", "resolved", limit),
        ("reopened", "raised", "2026-11-26T08:30"),
    ]  # fmt: skip


def test_how_long_a_dossier_may_stay_open_again_is_a_rule() -> None:
    short = Context(Reference(rules=Rules(reopened_hours=1)))
    _, alerts = run(RECEIVED, FINISHED, REOPENED, "2026-11-10T09:31", context=short)
    assert alerts[-1] == ("reopened", "raised", "2026-11-10T09:30")


def test_a_reopened_dossier_does_not_leave_the_stream_while_it_is_open_again() -> None:
    leaving = Context(Reference(rules=Rules(tombstones=True, retention_days=32)))
    engine, _ = run(RECEIVED, FINISHED, "2027-01-20T08:00", context=leaving)
    assert states(engine) == {}
    engine, _ = run(RECEIVED, FINISHED, REOPENED, "2027-01-20T08:00", context=leaving)
    assert counted(engine) == {"reopened"}
    engine, _ = run(RECEIVED, FINISHED, REOPENED, AGAIN, "2026-12-20T09:59", context=leaving)
    assert set(states(engine)) == {"d"}
    engine, _ = run(RECEIVED, FINISHED, REOPENED, AGAIN, "2026-12-20T10:01", context=leaving)
    assert states(engine) == {}


AFTER = "2026-11-16T09:00"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (Submitted, {}), (Received, {}), (Progressed, {"officer": "x"}), (Suspended, {}),
        (Resumed, {}), (Withdrawn, {}), (Refused, {}), (Finished, {}),
    ],
)  # fmt: skip
def test_other_activity_after_the_end_is_shown_and_not_counted(
    kind: type[Any], more: dict[str, Any]
) -> None:
    later: AnyDossierEvent = make(kind, AFTER, **more)
    engine, alerts = run(RECEIVED, FINISHED, later)
    assert record(engine).flags == ("after_end",)
    assert (record(engine).standing.verdict, record(engine).course.finished_at) == (
        "early",
        FINISHED.occurred_at,
    )
    assert counted(engine) == {"total", "early"}
    assert alerts == []


def test_handing_out_the_result_is_no_activity_after_the_end() -> None:
    handed_out = make(Finished, AFTER, status=10)
    assert record(run(RECEIVED, FINISHED, handed_out)[0]).flags == ()
    once_more = make(Finished, "2026-11-06T10:00", status=10)
    assert record(run(RECEIVED, once_more, handed_out)[0]).flags == ("after_end",)
    taken_back = make(Withdrawn, "2026-11-06T10:00")
    assert record(run(RECEIVED, taken_back, handed_out)[0]).flags == ("after_end",)


def test_only_what_comes_after_an_end_counts_as_such() -> None:
    before = make(Reopened, "2026-11-03T09:00", officer="x")
    engine, _ = run(RECEIVED, before, FINISHED)
    assert record(engine).flags == ()
    assert record(engine).course.officer == "x"
    working = make(Progressed, "2026-11-11T09:00")
    assert record(run(RECEIVED, FINISHED, REOPENED, working, AGAIN)[0]).flags == (
        "reopened", "rewritten",
    )  # fmt: skip
    changed = make(DueSet, AFTER, due_at=at("2026-11-20T17:00"))
    assert record(run(RECEIVED, FINISHED, changed)[0]).flags == ("rewritten",)
    both = run(RECEIVED, FINISHED, changed, make(Progressed, AFTER))[0]
    assert record(both).flags == ("after_end", "rewritten")
    assert counted(both) == {"total", "early", "flagged", "rewritten"}
