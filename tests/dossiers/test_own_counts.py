"""Stopped clocks, extensions, rewritten dates and step limits: their counts and their alerts."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dossiers.reference.context import Context
from dossiers.tallies.tally import Tallies, contribution
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
    Resumed,
    Suspended,
    Tick,
    Voided,
)
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Procedure, Reference, Rules, Step
from dossiers.wire.topics import ALERTS
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.dossiers.offices import at, local
from tests.dossiers.test_fold import engine_for, feed

STEPS = (Step(id="appraise", hours=8), Step(id="sign", hours=4))
REFERENCE = Reference(procedures=(Procedure(id="p", name="P", steps=STEPS),))
CONTEXT = Context(REFERENCE)
MONDAY = "2026-11-02T08:30"
DUE = "2026-11-09T08:30"
OWN = ("open", "waiting", "suspended", "extended", "rewritten", "step_overdue")


def make(kind: type[Any], when: str, **more: Any) -> AnyDossierEvent:
    event: AnyDossierEvent = kind(
        event_id=f"{kind.__name__} {when}",
        dossier_id="d",
        occurred_at=at(when),
        received_at=at(when),
        source="a",
        **more,
    )
    return event


def received(step: str = "appraise", due: str = DUE) -> AnyDossierEvent:
    return make(Received, MONDAY, procedure="p", due_at=at(due), step=step)


def run(
    *stream: AnyEvent | str, context: Context = CONTEXT
) -> tuple[PartitionEngine, list[tuple[str, str, str]]]:
    """After these events, and ticks given as local times: the engine, and (kind, transition, cause)
    of each alert apart from those of the dossier's due time."""
    engine = engine_for(context)
    engine.restore([])
    events = [Tick(now=at(e)) if isinstance(e, str) else e for e in stream]
    outputs = feed(engine, [Activate(hash="x", since=0), *events], size=1)
    return engine, alerts_of(outputs)


def alerts_of(outputs: list[Output]) -> list[tuple[str, str, str]]:
    found = [msgspec.json.decode(o.value or b"", type=Alert) for o in outputs if o.topic == ALERTS]
    own = ("step_overdue", "date_rewritten")
    assert {a.level for a in found if a.kind in own} <= {0}, "these have none"
    return [(a.kind, a.transition, local(a.due_at)) for a in found if a.kind in own]


def counted(engine: PartitionEngine) -> set[str]:
    vector = engine.state.tallies.vectors["all"]
    return {name for name in OWN if vector[FIELD[name]]}


def test_a_step_becomes_overdue_by_the_passage_of_time_alone() -> None:
    """A limit of 8 hours from Monday 08:30 is used up on Tuesday 08:30."""
    engine, alerts = run(received(), "2026-11-03T08:30")
    assert counted(engine) == {"open"}
    assert alerts == []
    engine, alerts = run(received(), "2026-11-03T08:30", "2026-11-03T08:31")
    assert counted(engine) == {"open", "step_overdue"}
    assert alerts == [("step_overdue", "raised", "2026-11-03T08:30")]


def test_the_next_instant_is_that_of_the_step_where_it_comes_first() -> None:
    engine, _ = run(received())
    record = msgspec.json.decode(engine.state.dossiers["d"], type=DossierRecord)
    assert record.standing.next_at == at("2026-11-03T08:30") + 1


def test_a_step_that_is_done_resolves_its_alert_and_the_next_has_its_own_limit() -> None:
    engine, alerts = run(
        received(),
        "2026-11-03T09:00",
        make(Progressed, "2026-11-03T09:30", step="sign"),
        "2026-11-03T14:30",
    )
    assert alerts == [
        ("step_overdue", "raised", "2026-11-03T08:30"),
        ("step_overdue", "resolved", "2026-11-03T08:30"),
    ]
    assert counted(engine) == {"open"}, "4 hours from 09:30 are used up at 15:00"
    engine, alerts = run(
        received(), make(Progressed, "2026-11-03T08:00", step="sign"), "2026-11-03T14:00"
    )
    assert alerts == [("step_overdue", "raised", "2026-11-03T13:30")]


def test_a_step_overrun_between_two_ticks_is_announced_before_it_is_over() -> None:
    _, alerts = run(received(), make(Progressed, "2026-11-03T09:30", step="sign"))
    assert [transition for _, transition, _ in alerts] == ["raised", "resolved"]


def test_a_step_that_comes_back_goes_on_with_what_was_left() -> None:
    back = (
        received(),
        make(Progressed, "2026-11-02T15:30", step="sign"),  # 5.5 of 8 hours used
        make(Progressed, "2026-11-03T07:30", step="appraise"),
    )
    engine, alerts = run(*back, "2026-11-03T10:01")
    assert alerts == [("step_overdue", "raised", "2026-11-03T10:00")]
    assert counted(engine) == {"open", "step_overdue"}


def test_a_stop_is_no_time_of_the_step() -> None:
    stopped = (received(), make(Suspended, "2026-11-02T10:30"))
    engine, alerts = run(*stopped, "2026-11-05T10:00")
    assert counted(engine) == {"open", "waiting", "suspended"}
    engine, alerts = run(*stopped, make(Resumed, "2026-11-05T10:30"), "2026-11-06T10:31")
    assert alerts == [("step_overdue", "raised", "2026-11-06T08:30")]


def test_a_stop_after_the_steps_limit_leaves_it_overdue() -> None:
    engine, alerts = run(
        received(), make(Suspended, "2026-11-03T10:30"), make(Resumed, "2026-11-05T10:30")
    )
    assert alerts == [("step_overdue", "raised", "2026-11-03T08:30")]
    assert counted(engine) == {"open", "step_overdue"}


def test_a_restarted_clock_begins_the_steps_anew() -> None:
    rules = Rules(stop_mode="restart")
    engine, alerts = run(
        received(),
        make(Suspended, "2026-11-02T16:30"),
        make(Resumed, "2026-11-05T08:30"),
        "2026-11-06T08:30",
        context=Context(msgspec.structs.replace(REFERENCE, rules=rules)),
    )
    assert alerts == []
    assert counted(engine) == {"open"}


def test_without_steps_or_after_the_end_nothing_is_step_overdue() -> None:
    engine, alerts = run(
        received(), "2026-11-03T09:00", make(Finished, "2026-11-03T10:00"), "2026-11-05T10:00"
    )
    assert alerts[-1] == ("step_overdue", "resolved", "2026-11-03T08:30")
    assert counted(engine) == set()
    engine, alerts = run(received(step="unheard of"), "2026-11-06T09:00")
    assert (alerts, counted(engine)) == ([], {"open"})


def test_an_overrun_that_turns_out_not_to_be_one_is_taken_back() -> None:
    _, alerts = run(
        received(), "2026-11-03T09:00", make(Progressed, "2026-11-02T14:30", step="sign")
    )
    assert alerts == [
        ("step_overdue", "raised", "2026-11-03T08:30"),
        ("step_overdue", "retracted", "2026-11-03T08:30"),
    ]


def test_suspended_counts_those_stopped_after_the_breach_too() -> None:
    engine, _ = run(received(step=""), make(Suspended, "2026-11-10T08:30"), "2026-11-10T09:00")
    assert counted(engine) == {"open", "suspended"}


def test_an_extension_in_time_is_counted_and_is_no_rewrite() -> None:
    """Domain rule: the extension (form 04) has a number, and the old due time stays visible."""
    extension = make(DueSet, "2026-11-06T10:00", due_at=at("2026-11-13T10:00"), reason="extension")
    engine, alerts = run(received(step=""), extension)
    assert counted(engine) == {"open", "extended"}
    assert alerts == []
    record = msgspec.json.decode(engine.state.dossiers["d"], type=DossierRecord)
    assert (record.course.extensions, record.course.first_due_at) == (1, at(DUE))


@pytest.mark.parametrize(
    ("when", "reason"), [("2026-11-06T10:00", "correction"), ("2026-11-09T10:00", "extension")]
)
def test_a_rewritten_date_is_counted_and_announced(when: str, reason: str) -> None:
    rewrite = make(DueSet, when, due_at=at("2026-11-13T10:00"), reason=reason)
    engine, alerts = run(received(step=""), rewrite)
    assert "rewritten" in counted(engine)
    assert alerts == [("date_rewritten", "raised", when)]
    taken_back = make(Voided, "2026-11-11T10:00", target=rewrite.event_id)
    engine, alerts = run(received(step=""), rewrite, taken_back)
    assert alerts[-1] == ("date_rewritten", "retracted", when)
    assert "rewritten" not in counted(engine)


def test_a_rewrite_is_resolved_at_the_end_but_one_after_it_is_not() -> None:
    before = make(DueSet, "2026-11-06T10:00", due_at=at("2026-11-13T10:00"))
    after = make(DueSet, "2026-11-16T10:00", due_at=at("2026-11-20T10:00"))
    engine, alerts = run(received(step=""), before, make(Finished, "2026-11-12T10:00"), after)
    assert alerts == [
        ("date_rewritten", "raised", "2026-11-06T10:00"),
        ("date_rewritten", "resolved", "2026-11-06T10:00"),
        ("date_rewritten", "raised", "2026-11-16T10:00"),
    ]
    assert engine.state.tallies.vectors["all"][FIELD["rewritten"]] == 1


def test_closed_dossiers_that_will_be_dropped_leave_these_gauges() -> None:
    """Where closed dossiers leave the stream, nobody must see a gauge fall for that."""
    extension = make(DueSet, "2026-11-06T10:00", due_at=at("2026-11-13T10:00"), reason="extension")
    rewrite = make(DueSet, "2026-11-06T11:00", due_at=at("2026-11-13T11:00"))
    events = (received(step=""), extension, rewrite, make(Finished, "2026-11-12T10:00"))
    kept, _ = run(*events)
    assert counted(kept) == {"extended", "rewritten"}
    rules = Rules(tombstones=True)
    dropping, _ = run(*events, context=Context(msgspec.structs.replace(REFERENCE, rules=rules)))
    assert counted(dropping) == set()


def test_a_state_from_before_these_fields_still_counts() -> None:
    """An older worker's changelog has none of them."""
    engine, _ = run(received(step=""), make(Suspended, "2026-11-03T10:30"))
    new = msgspec.json.decode(engine.state.dossiers["d"])
    fields = ("extensions", "rewrites", "step_due_at", "steps_left", "step_breaches")
    course = {k: v for k, v in new["course"].items() if k not in fields}
    old = msgspec.json.encode({**new, "course": course})
    taken_over = engine_for(CONTEXT)
    taken_over.restore([(b"d", old)])
    assert counted(taken_over) == {"open", "waiting", "suspended"}
    tallies = Tallies()
    tallies.fill([contribution(msgspec.json.decode(old, type=DossierRecord))])
    assert tallies.vectors == taken_over.state.tallies.vectors
