"""The worker as a process: a stranger's events are put aside, also by the worker that follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import Finished, Progressed, Received
from dossiers.wire.facts import Limit
from tests.streams.line import Line
from tests.streams.story import BEGIN, HOUR

DOSSIERS = 12


def told(kind: Any, name: str, madonvi: str, at: int, **fields: Any) -> Iterator[DossierEvent]:
    for number in range(DOSSIERS):
        yield kind(
            event_id=name, dossier_id=f"d-{number}", occurred_at=at, received_at=at,
            source="test", madonvi=madonvi, **fields,
        )  # fmt: skip


def test_who_may_act_outlives_a_killed_worker(line: Line) -> None:
    worker = line.worker()
    line.publish(told(Received, "r", "A", BEGIN, unit="u1", limit=Limit(9, "hours")), DOSSIERS)
    line.publish(told(Finished, "f", "B", BEGIN + HOUR), DOSSIERS)
    line.publish(told(Progressed, "p", "A", BEGIN + HOUR, officer="o1"), DOSSIERS)
    line.wait_folded(worker, 2 * DOSSIERS)
    worker.kill()
    worker.wait(30)
    line.worker()
    line.publish(told(Progressed, "q", "B", BEGIN + 2 * HOUR, officer="o2"), DOSSIERS)
    line.publish(told(Finished, "f", "A", BEGIN + 2 * HOUR), DOSSIERS)
    line.finish()
    line.wait_committed()
    expected, actual = line.expected(), line.actual()
    assert actual.states == expected.states
    assert actual.dead_letters == expected.dead_letters
    said = [(letter.reason, _event_id(letter.payload)) for letter in actual.dead_letters]
    assert sorted(said) == [("not_yours", "f")] * DOSSIERS + [("not_yours", "q")] * DOSSIERS
    states = actual.states.values()
    assert [(state.course.outcome, state.course.officer) for state in states] == [
        ("finished", "o1")
    ] * DOSSIERS
    assert {state.owned.owners for state in states if state.owned} == {("A",)}


def _event_id(payload: str) -> str:
    return str(msgspec.json.decode(payload)["event_id"])
