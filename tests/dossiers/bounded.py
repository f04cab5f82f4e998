"""A partition whose dossiers may keep few facts."""

from __future__ import annotations

from typing import Any

import msgspec

from dossiers.admission.bounds import Bound
from dossiers.wire.events import Activate, AnyEvent, Progressed, Tick
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.dossiers.retaining import letters, state_of
from tests.dossiers.stories import DAY, OFFICE, START
from tests.dossiers.test_fold import TIMELINE, feed

FACTS = 60  # ten of them for anything


END = START + 20 * DAY


SMALL = Bound(FACTS)


def started(bound: Bound = SMALL) -> PartitionEngine:
    engine = PartitionEngine(
        TIMELINE, 0, lambda _: OFFICE.reference, lambda _: 0, 1, bound
    )  # fmt: skip
    engine.restore([])
    feed(engine, [Activate(hash="x", since=0), Tick(now=END)])
    return engine


def of(kind: type[Any], number: int, **fields: Any) -> Any:
    common = {
        "event_id": f"e{number}", "dossier_id": "d", "occurred_at": START + number,
        "received_at": START, "source": "s",
    }  # fmt: skip
    return kind(**{**common, **fields})


def more(engine: PartitionEngine, stream: list[AnyEvent], size: int = 500) -> list[Output]:
    return feed(engine, stream, size, first=engine.state.next_offset)


def reasons(outputs: list[Output]) -> list[str]:
    return [letter.reason for letter in letters(outputs)]


def full(kind: type[Any] = Progressed, count: int = FACTS - 50, **fields: Any) -> PartitionEngine:
    """A partition with one dossier that takes no more of anything."""
    engine = started()
    outputs = more(engine, [of(kind, n, **fields) for n in range(count + 1)])
    assert reasons(outputs) == ["too_many_facts"]
    assert state_of(engine, "d").facts.count == count
    return engine


def uncounted(engine: PartitionEngine) -> PartitionEngine:
    """The same partition after an upgrade from a version that did not count."""
    state = state_of(engine, "d")
    old = msgspec.structs.replace(
        state, facts=msgspec.structs.replace(state.facts, count=0, size=0)
    )
    after = started(engine.state.bound)
    after.restore([(b"d", msgspec.json.encode(old))])
    after.state.now = END
    after.state.next_offset = engine.state.next_offset
    return after
