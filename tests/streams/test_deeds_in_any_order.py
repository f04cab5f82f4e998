"""Actions among events, in any order of arrival: the state is the same, and every alert's story is
one that can be told."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.wire.acted import Acted
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.alerts import Alert, AlertKind
from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import (
    AnyEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Resumed,
    Suspended,
    Tick,
)
from dossiers.wire.reference import Reference
from oracle.alerts import KINDS, Witness
from oracle.story import tell
from tests.dossiers.days import at
from tests.streams.deeds import Partition, deed

QUARTER = 15 * 60_000
START, END = at("2026-11-02 07:00"), at("2026-11-23 07:00")
DUE = at("2026-11-06 16:00")
POLICY = AlertPolicy(escalation_hours=(4, 9, 14), acknowledge_hours=5, waiting_days=2)
REFERENCE = Reference(calendar=CalendarSpec(make_up_days=("2026-11-07",)), alert_policies=(POLICY,))
# After it there may be the ones of the same line, and no other.
NEXT = {
    "raised": {"raised", "acknowledged", "resolved", "retracted"},
    "acknowledged": {"raised", "acknowledged", "resolved", "retracted"},
    "resolved": {"raised", "acknowledged", "resolved"},
    "retracted": {"raised", "acknowledged", "retracted", "resolved"},
}
moments = st.integers(0, (END - START) // QUARTER).map(lambda n: START + n * QUARTER)


@st.composite
def logs(draw: st.DrawFn) -> list[Any]:
    """What happened to one dossier, in the order in which it happened."""

    def fields(number: int, when: int) -> dict[str, Any]:
        return {"event_id": f"e{number}", "dossier_id": "d", "occurred_at": when,
                "received_at": when, "source": "a", "source_seq": number}  # fmt: skip

    found: list[Any] = [Received(**fields(0, START), due_at=DUE, unit="u")]
    for number in range(1, draw(st.integers(1, 5))):
        common = fields(number, draw(moments))
        kind: Any = draw(st.sampled_from([Suspended, Resumed, Progressed, Finished, DueSet]))
        more: dict[str, Any] = {"officer": draw(st.sampled_from(["", "o", "p"]))}
        if kind is DueSet:
            more["due_at"] = draw(st.sampled_from([DUE, DUE + 8 * QUARTER]))
        found.append(kind(**common, **more))
    kinds: list[tuple[AlertKind, int]] = [
        ("overdue", 0), ("overdue", 0), ("escalation", 1), ("escalation", 2), ("due_soon", 4),
    ]  # fmt: skip
    for number in range(draw(st.integers(1, 6))):
        kind_, level = draw(st.sampled_from(kinds))
        action: Any = draw(st.sampled_from(["acknowledge", "acknowledge", "hand_over", "accept"]))
        to = draw(st.sampled_from(["head", "deputy"])) if action == "hand_over" else ""
        cause = draw(st.sampled_from([DUE, DUE, DUE + 8 * QUARTER]))
        found.append(
            deed(draw(moments), action, (kind_, level, cause),
                 draw(st.sampled_from(["head", "deputy"])), sequence=number + 1, seq=number, to=to,
                 capacity=draw(st.sampled_from(["receiver", "receiver", "holder"])))
        )  # fmt: skip
    return sorted(found, key=lambda each: each.occurred_at)


def run(log: list[AnyEvent], *, taken_over: bool = False) -> Partition:
    line = Partition(REFERENCE)
    for event in log:
        if taken_over:
            line.taken_over()
        line.take(event)
    return line


def lively(log: list[Any]) -> list[AnyEvent]:
    """Each event when it happens, and time goes on between them."""
    found: list[AnyEvent] = []
    for event in log:
        found += [Tick(now=event.occurred_at), event]
    return [*found, Tick(now=END)]


def open_alerts(line: Partition) -> dict[Any, Any]:
    return {
        (a.kind, a.level, a.cause): (a.status, a.taken_by, a.taken_until, a.offered_to)
        for a in line.record().alerts
        if a.status in ("raised", "acknowledged")
    }


@settings(max_examples=50)
@given(log=logs(), seed=st.integers(0, 2**32))
def test_any_order_of_arrival_ends_in_the_same_state(log: list[Any], seed: int) -> None:
    rest = log[1:]
    random.Random(seed).shuffle(rest)
    late = [log[0], *rest]  # nobody acts on an alert of a dossier that was never heard of
    half = START + (END - START) // 2
    early = [event for event in late if event.occurred_at < half]
    twice = [Tick(now=half), *early, Tick(now=END), *late]
    lines = [run(lively(log)), run([Tick(now=END), *late]), run(twice)]
    records = [line.record() for line in lines]
    assert records[0].course == records[1].course == records[2].course
    assert records[0].actions == records[1].actions == records[2].actions
    assert open_alerts(lines[0]) == open_alerts(lines[1]) == open_alerts(lines[2])


@settings(max_examples=50)
@given(log=logs())
def test_the_state_is_what_the_recount_finds(log: list[Any]) -> None:
    line = run(lively(log))
    done = [each for each in log if isinstance(each, Acted)]
    events = [each for each in log if not isinstance(each, Acted)]
    context = line.engine.state.versions.current
    witness = Witness(tell(events, END, context), done, END, context)
    found = open_alerts(line)
    assert {name for name in found if name[0] in KINDS} == witness.raised()
    for name, (status, *holder) in found.items():
        dealing = witness.dealing(name)
        assert (status == "acknowledged") == (dealing is not None)
        if dealing is not None:
            assert holder == [dealing.person, dealing.end, dealing.to]


@settings(max_examples=30)
@given(log=logs())
def test_every_story_can_be_told_and_replayed(log: list[Any]) -> None:
    line = run(lively(log))
    stories: dict[str, list[Alert]] = {}
    for alert in line.alerts:
        stories.setdefault(alert.alert_id, []).append(alert)
    for told in stories.values():
        assert [alert.sequence for alert in told] == [*range(1, len(told) + 1)]
        for before, after in pairwise(told):
            assert after.transition in NEXT[before.transition]
            assert after.transition != before.transition or after.action or after.moved
            assert not after.moved or after.officer != before.officer
        assert all(bool(a.taken_by) == (a.transition == "acknowledged") for a in told)
    assert run(lively(log)).alerts == line.alerts
    assert run(lively(log), taken_over=True).alerts == line.alerts


def test_each_action_is_told_at_most_once_however_often_it_comes() -> None:
    tap = deed(DUE + QUARTER, "acknowledge", ("overdue", 0, DUE))
    received = Received(
        event_id="e", dossier_id="d", occurred_at=START, received_at=START, source="a", due_at=DUE
    )
    line = run([received, Tick(now=DUE + QUARTER), tap, tap, Tick(now=END), tap])
    assert [a.action for a in line.alerts].count("acknowledge") == 1
