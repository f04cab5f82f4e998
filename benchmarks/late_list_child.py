"""Freezes a made-up month in a process that stands back for others, and says how long it took.

``python -m benchmarks.late_list_child FOLDER DOSSIERS``
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Iterator

import msgspec

from broker.memory.kafka import MemoryKafka
from dossiers.publication.freezing import bytes_of
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.time.hours import DAY, HOUR
from dossiers.wire.events import (
    Activate,
    AnyEvent,
    Finished,
    Progressed,
    Received,
    Submitted,
    Tick,
    encode_event,
)
from dossiers.wire.facts import Limit
from dossiers.wire.late_lists import Cut
from dossiers.wire.reference import Officer, Procedure, Reference, Step, Unit
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import DOSSIERS, EVENTS
from dunghen.late_list.cut import KnownLog
from dunghen.late_list.freezing import FreezeAsked, frozen_from, month_asked
from dunghen.late_list.stored import StoredFacts
from dunghen.verify.gentle import be_gentle
from sinks.decode.base import Record
from sinks.decode.facts import FactDecoder
from sinks.migrate import migrate
from sinks.store import Store
from streams.partition.engine import PartitionEngine

LINE = "00000000-0000-0000-0000-000000000001"
MONTH = "2026-10"
START = 1_790_787_600_000  # 1 October 2026, local midnight
END = START + 31 * DAY
MEGABYTES = 1_024
_BATCH = 5_000  # records
_UNITS, _OFFICERS, _PROCEDURES = 60, 15, 40
_STEPS = ("reception", "appraisal", "signature")
REFERENCE = Reference(
    units=(
        Unit(id="C", name="City"),
        *(Unit(id=f"U{u:02}", name=f"Ward {u}", parent="C") for u in range(_UNITS)),
    ),
    officers=tuple(
        Officer(id=f"O{u:02}{o:02}", name=f"Officer {u} {o}", unit=f"U{u:02}")
        for u in range(_UNITS)
        for o in range(_OFFICERS)
    ),
    procedures=tuple(
        Procedure(
            id=f"P{p:02}", name=f"Procedure {p}", limit=Limit(2 + p % 20, "working_days"),
            steps=tuple(Step(id=s, name=s, hours=4 + 4 * p % 60) for s in _STEPS),
        )
        for p in range(_PROCEDURES)
    ),
)  # fmt: skip


class Froze(msgspec.Struct):
    """``seconds``: of the freeze, files included; ``late``: of ``total`` dossiers; ``megabytes``:
    the most that this process ever had, what made the dossiers included."""

    seconds: float
    total: int
    late: int
    megabytes: float


def main(folder: str, dossiers: int) -> Froze:
    """Make the month and freeze it."""
    context = Context(REFERENCE)
    with Store.embedded(folder) as store:
        store.ensure_database()
        migrate(store)
        cut = Cut(events=(_fill(store, context, dossiers),), dead_letters=0, reference=0)
        be_gentle(8 * MEGABYTES)  # the engine is in this process, too
        kafka = MemoryKafka()
        kafka.create_topics(EVENTS)
        facts = StoredFacts(store, kafka, LINE, cut, frozenset())
        asked, in_force = FreezeAsked(MONTH), InForce([(0, context)])
        line = Timeline(id=LINE, kind="live", partitions=1, created_at=0)
        month = month_asked(asked, END + DAY, in_force)
        begun = time.monotonic()
        known = KnownLog(cut, END + DAY, {})
        found = frozen_from(facts, asked, known, line, month, in_force, bytes(32))
        bytes_of(found)
        seconds = time.monotonic() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    return Froze(seconds, found.core.whole.total, found.core.whole.late, most)


def _fill(store: Store, context: Context, dossiers: int) -> int:
    """ClickHouse holds the month's dossiers; how many records the log has."""
    engine = PartitionEngine(LINE, 0, lambda _: context.reference, lambda _: 0, 1)
    engine.restore(())
    offset = state = 0
    batch: list[tuple[int, bytes | None, bytes]] = []
    for event in _events(dossiers):
        key = getattr(event, "dossier_id", "").encode() or None
        batch.append((offset, key, encode_event(event)))
        offset += 1
        if len(batch) >= _BATCH or isinstance(event, Tick):
            states = [out for out in engine.process(batch) if out.topic == DOSSIERS]
            records = [Record(0, state + i, out.key, out.value) for i, out in enumerate(states)]
            state += len(records)
            decoder = FactDecoder()
            decoded = decoder.decode(records)
            if decoded.rows is not None:
                store.insert(decoder.table, decoded.rows)
            batch.clear()
    return offset


def _events(dossiers: int) -> Iterator[AnyEvent]:
    """Each is received online, handed on twice and finished; about a tenth is late."""
    rng = random.Random(1)  # noqa: S311
    yield Activate(hash=Context(REFERENCE).hash, since=0)
    for number in range(dossiers):
        unit, procedure = rng.randrange(_UNITS), rng.randrange(_PROCEDURES)
        at = START + rng.randrange(-5, 28) * DAY + rng.randrange(8, 16) * HOUR
        took = round((2 + procedure % 20) * DAY * 1.4 * rng.betavariate(2, 3) * 1.6)
        name = f"U{unit:02}-{number:07}"

        def who(step: int, unit: int = unit) -> dict[str, str]:
            officer = f"O{unit:02}{rng.randrange(_OFFICERS):02}"
            return {"unit": f"U{unit:02}", "officer": officer, "step": _STEPS[step]}

        times = [at - 2 * HOUR, at, at + took // 5, at + took * 4 // 5, at + took]
        for kind, when in enumerate(times):
            common = {"event_id": str(kind), "dossier_id": name, "occurred_at": when,
                      "received_at": when, "source": "bench"}  # fmt: skip
            if when > END:
                break
            if kind == 0:
                yield Submitted(**common, procedure=f"P{procedure:02}")  # type: ignore[arg-type]
            elif kind == 1:
                yield Received(**common, **who(0), procedure=f"P{procedure:02}")  # type: ignore[arg-type]
            elif kind == 4:
                yield Finished(**common)  # type: ignore[arg-type]
            else:
                yield Progressed(**common, **who(kind - 1))  # type: ignore[arg-type]
    yield Tick(now=END + DAY)


if __name__ == "__main__":
    print(msgspec.json.encode(main(sys.argv[1], int(sys.argv[2]))).decode())
