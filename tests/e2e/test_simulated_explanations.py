"""Ten thousand dossiers of the simulated city: explanations agree with the stream and add up."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date, datetime

import msgspec

from dossiers.calendar import instant
from dossiers.context import Context
from dossiers.events import Activate, Tick, encode_event
from dossiers.explain import explain
from dossiers.late_list import late_list, month_of
from dossiers.records import DossierRecord, Fact
from sources.simulator.city import City
from sources.simulator.stream import events
from streams.engine import PartitionEngine

DOSSIERS = 10_000
ORIGIN = date(2026, 9, 1)


def test_every_explanation_agrees_with_the_stream_and_adds_up() -> None:
    city = City(1)
    reference = msgspec.structs.replace(city.reference(), rules=msgspec.structs.replace(
        city.reference().rules, tombstones=False))  # fmt: skip
    context = Context(reference)
    engine = PartitionEngine(str(uuid.uuid4()), 0, lambda _: reference, lambda _: 0, 1)
    engine.restore([])
    start = instant(datetime(ORIGIN.year, ORIGIN.month, ORIGIN.day, tzinfo=city.calendar.zone))
    batch: list[tuple[int, bytes | None, bytes | None]] = []

    def put(key: bytes | None, value: bytes) -> None:
        batch.append((engine.next_offset + len(batch), key, value))
        if len(batch) == 500:
            engine.process(batch)
            batch.clear()

    put(None, encode_event(Activate(hash="r", since=0)))
    minute = 0
    known: set[str] = set()
    for at, event in events(city, ORIGIN, start):
        known.add(event.dossier_id)
        if len(known) > DOSSIERS:
            break
        if at // 60_000 > minute:
            minute = at // 60_000
            put(None, encode_event(Tick(now=minute * 60_000)))
        put(event.dossier_id.encode(), encode_event(event))
    engine.process(batch)
    verdicts: Counter[str] = Counter()
    facts_of: dict[str, list[Fact]] = {}
    decode = msgspec.json.Decoder(DossierRecord).decode
    facts_decoder = msgspec.json.Decoder(list[Fact])
    for dossier_id, value in engine.states.items():
        record = decode(value)
        facts = facts_of[dossier_id] = facts_decoder.decode(record.facts)
        found = explain(dossier_id, facts, max(engine.now, record.as_of), context)
        assert found.verdict == record.standing
        assert found.due_at == record.due_at
        charged = sum(share.charge for share in found.shares)
        assert charged + found.unassigned == found.late, dossier_id
        assert found.late == 0 or found.verdict in ("late", "overdue"), dossier_id
        verdicts[found.verdict] += 1
    assert len(facts_of) == DOSSIERS
    assert verdicts["late"] > 50
    assert verdicts["waiting"] > 10
    month = month_of("2026-09", context)
    listed = late_list(facts_of.items(), month, engine.now, context)
    assert listed.late <= verdicts["late"] + verdicts["overdue"]
    assert listed == late_list(reversed(list(facts_of.items())), month, engine.now, context)
