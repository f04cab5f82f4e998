"""Partitions that drop closed dossiers, for the tests of retention."""

from __future__ import annotations

from typing import Any

import msgspec

from dossiers.reference.context import Context
from dossiers.time.hours import DAY
from dossiers.wire.archived import archived_fact
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import Activate, AnyEvent, Restored, Tick
from dossiers.wire.facts import Limit
from dossiers.wire.reading import read_facts
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, Rules, Unit
from dossiers.wire.topics import DEAD_LETTERS
from oracle.figures import LogCount, recount_log
from oracle.lifetimes import Heard
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output
from tests.dossiers.test_fold import engine_for


def rules(days: int, *, tombstones: bool = True) -> Context:
    return Context(
        Reference(
            limit=Limit(3, "working_days"),
            units=(Unit(id="city", name="City"), Unit(id="u1", name="One", parent="city")),
            rules=Rules(tombstones=tombstones, retention_days=days),
        )
    )


SHORT = rules(3)  # shorter than the windows, so that dropped instants must leave them as well
LONG = rules(62)
NEVER = rules(10_000)


def log_count(
    stream: list[AnyEvent], outputs: list[Output], now: int, context: Context
) -> LogCount:
    refused = {letter.offset for letter in letters(outputs)}
    heard: list[Heard] = []
    at = 0
    for offset, event in enumerate(stream):
        if isinstance(event, Tick):
            at = max(at, event.now)
        elif not isinstance(event, Activate) and offset not in refused:
            heard.append((event, at))
    return recount_log(heard, now, context)


def letters(outputs: list[Output]) -> list[DeadLetter]:
    return [
        msgspec.json.decode(o.value or b"", type=DeadLetter)
        for o in outputs
        if o.topic == DEAD_LETTERS
    ]


def started(context: Context) -> PartitionEngine:
    engine = engine_for(context)
    engine.restore([])
    return engine


def state_of(engine: PartitionEngine, dossier_id: str) -> DossierRecord:
    return msgspec.json.decode(engine.state.dossiers[dossier_id], type=DossierRecord)


def restored_from(record: DossierRecord, at: int) -> Restored:
    return Restored(
        event_id="restored",
        dossier_id=record.dossier_id,
        occurred_at=at,
        received_at=at,
        source="archive",
        facts=tuple(map(archived_fact, read_facts(record.facts.raw))),
        alerts=record.alerts,
    )


HOUR = DAY // 24


def fields(event_id: str, at: int, **more: Any) -> dict[str, Any]:
    return {
        "event_id": event_id, "dossier_id": "d0", "occurred_at": at, "received_at": at,
        "source": "a", **more,
    }  # fmt: skip
