"""Dossiers that no office would ever produce, and what the fold makes of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec

from dossiers.context import Context
from dossiers.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Limit,
    Progressed,
    Received,
    Refused,
    Resumed,
    Submitted,
    Suspended,
    Voided,
    Withdrawn,
    encode_event,
)
from dossiers.fold import fact_of, fact_order, fold
from dossiers.records import DossierRecord
from dossiers.standing import standing_at
from oracle.sql.counts import COUNTS
from sinks.decode.base import Record
from sinks.decode.events import EventDecoder
from sinks.decode.facts import FactDecoder
from sinks.store import Store

T0 = 1_700_000_000_000
T0 = 1_700_000_000_000
HOUR = 3_600_000
AS_OF = T0 + 200 * HOUR
OUTSIDE = ("refused", "withdrawn", "pending", "unreceived")


def any_events(rng: random.Random, dossier: str) -> list[AnyDossierEvent]:
    """A handful of events in any order and with any gap, some ids twice with other contents."""
    events: list[AnyDossierEvent] = []
    for number in range(rng.randint(1, 7)):
        common: dict[str, Any] = {
            "event_id": f"{dossier}-{number}",
            "dossier_id": dossier,
            # Often at the same instant, or a millisecond beside a due time.
            "occurred_at": T0 + rng.randint(0, 240) * HOUR + rng.choice([0, 0, 1]),
            "received_at": T0,
            "source": rng.choice("ab"),
            "source_seq": rng.randint(0, 2),
            "unit": rng.choice(["", "u1", "u2"]),
            "officer": rng.choice(["", "o1", "o2"]),
            "responsible": rng.choice(["", "", "", "r1"]),
            "madonvi": random.Random(f"{dossier}-{number}").choice(["", "", "", "A", "B"]),
        }
        due = rng.choice([None, T0 + rng.randint(0, 240) * HOUR])
        limit = rng.choice([None, None, Limit(2, "days")])
        makers: list[Callable[[], AnyDossierEvent]] = [
            partial(Received, **common, due_at=due, limit=limit),
            partial(Submitted, **common),
            partial(Suspended, **common, status=rng.choice([5, 6, 8])),
            partial(Resumed, **common, due_at=due),
            partial(Finished, **common),
            partial(Withdrawn, **common),
            partial(Refused, **common),
            partial(
                DueSet,
                **common,
                due_at=due or T0 + 100 * HOUR,
                reason=rng.choice(["extension", "correction"]),
            ),
            partial(Voided, **common, target=f"{dossier}-{rng.randint(0, 6)}"),
            partial(Progressed, **common),
        ]
        events.append(rng.choices(makers, [30, 10, 10, 10, 10, 5, 3, 10, 5, 12])[0]())
        if rng.random() < 0.05:
            moved = events[-1].occurred_at + HOUR
            events.append(msgspec.structs.replace(events[-1], occurred_at=moved))
            # Another madonvi's event of the same id is another event, and takes back nothing here.
            events.append(msgspec.structs.replace(events[-1], madonvi="C", officer="o3"))
    return events


def folded(
    events: Iterable[Sequence[AnyDossierEvent]],
    rules: Context,
    unclear: Container[str] = (),
    before: tuple[int, Context] | None = None,
) -> tuple[dict[str, dict[str, int]], list[DossierRecord]]:
    """The counts by the fold, and the rows it leaves.

    ``unclear``: dossiers of which it is not asked whether they were rewritten. ``before``: until
    when (ms) ended dossiers go by other rules, and by which."""
    counts: dict[str, dict[str, int]] = {}
    headers = []
    for own in events:
        first: dict[tuple[str, str], AnyDossierEvent] = {}
        for event in own:
            first.setdefault((event.madonvi, event.event_id), event)
        facts = sorted(map(fact_of, first.values()), key=fact_order)
        course, judge = fold(facts, rules), rules
        if before is not None and (course.finished_at or before[0]) < before[0]:
            judge = before[1]
            course = fold(facts, judge)
        verdict = standing_at(course, AS_OF, judge).verdict
        headers.append(
            DossierRecord(
                timeline="line",
                epoch=1,
                offset=0,
                dossier_id=own[0].dossier_id,
                as_of=AS_OF,
                standing=verdict,
                due_at=course.due_at,
                first_due_at=course.first_due_at,
            )
        )
        for scope in rules.scopes(course.unit, course.officer):
            row = counts.setdefault(scope, dict.fromkeys(COUNTS, 0))
            row["total"] += verdict not in OUTSIDE
            is_open = verdict in ("within", "waiting", "overdue")
            row["open"] += is_open
            row["suspended"] += is_open and course.stopped_at is not None
            row["extended"] += verdict not in OUTSIDE and course.extensions > 0
            row["rewritten"] += "rewritten" in course.flags and own[0].dossier_id not in unclear
            if verdict in row:
                row[verdict] += 1
    return counts, headers


def insert(
    store: Store,
    events: Iterable[AnyDossierEvent],
    headers: list[DossierRecord],
    timeline: str = "line",
) -> None:
    raw = [
        Record(0, offset, event.dossier_id.encode(), encode_event(event))
        for offset, event in enumerate(events)
    ]
    facts = [
        Record(0, offset, header.dossier_id.encode(), msgspec.json.encode(header))
        for offset, header in enumerate(headers)
    ]
    store.insert("dossier_events", EventDecoder(timeline).decode(raw).rows)
    if facts:
        store.insert("dossiers", FactDecoder().decode(facts).rows)
