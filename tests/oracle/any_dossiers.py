"""Dossiers that no office would ever produce, and what the recount in batch code makes of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec

from dossiers.reference.context import Context
from dossiers.wire.course import Course
from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Refused,
    Reopened,
    Resumed,
    Submitted,
    Suspended,
    Voided,
    Withdrawn,
    encode_event,
)
from dossiers.wire.facts import Limit
from dossiers.wire.records import DossierRecord
from dossiers.wire.standing import Standing
from oracle.sql.counts import COUNTS
from oracle.story import tell
from sinks.decode.base import Record
from sinks.decode.events import EventDecoder
from sinks.decode.facts import FactDecoder
from sinks.store import Store

T0 = 1_700_000_000_000
HOUR = 3_600_000
AS_OF = T0 + 200 * HOUR
OUTSIDE = ("refused", "withdrawn", "pending", "unreceived")


def any_events(rng: random.Random, dossier: str) -> list[AnyDossierEvent]:
    """A handful of events in any order and with any gap, many recorded late, some ids twice with
    other contents."""
    events: list[AnyDossierEvent] = []
    usual = T0 + rng.randint(0, 240) * HOUR  # a due time that is named again and again
    for number in range(rng.randint(1, 7)):
        # Often at the same instant, or a millisecond beside a due time.
        at = T0 + rng.randint(0, 240) * HOUR + rng.choice([0, 0, 1])
        common: dict[str, Any] = {
            "event_id": f"{dossier}-{number}",
            "dossier_id": dossier,
            "occurred_at": at,
            "received_at": at + rng.choice([-1, 0, 0, rng.randint(0, 100)]) * HOUR,
            "backfill": rng.random() < 0.1,
            "source": rng.choice("ab"),
            "source_seq": rng.randint(0, 2),
            "unit": rng.choice(["", "u1", "u2"]),
            "officer": rng.choice(["", "o1", "o2"]),
            "responsible": rng.choice(["", "", "", "r1"]),
            "madonvi": random.Random(f"{dossier}-{number}").choice(["", "", "", "A", "B"]),
        }
        due = rng.choice([None, None, usual, T0 + rng.randint(0, 240) * HOUR])
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
            partial(Reopened, **common),
        ]
        events.append(rng.choices(makers, [30, 8, 12, 12, 10, 5, 4, 12, 5, 8, 6])[0]())
        if rng.random() < 0.05:
            moved = events[-1].occurred_at + HOUR
            events.append(msgspec.structs.replace(events[-1], occurred_at=moved))
            # Another madonvi's event of the same id is another event, and takes back nothing here.
            events.append(msgspec.structs.replace(events[-1], madonvi="C", officer="o3"))
    return events


def counted(
    events: Iterable[Sequence[AnyDossierEvent]],
    rules: Context,
    without: Container[str] = (),
    before: tuple[int, Context] | None = None,
) -> tuple[dict[str, dict[str, int]], list[DossierRecord]]:
    """The counts by the recount in batch code, and the rows that the stream would leave.

    ``without``: ids of dossiers that are not counted. ``before``: until when (ms) ended dossiers go
    by other rules, and by which."""
    counts: dict[str, dict[str, int]] = {}
    headers = []
    for own in events:
        first: dict[tuple[str, str], AnyDossierEvent] = {}
        for event in own:
            first.setdefault((event.madonvi, event.event_id), event)
        story = tell(list(first.values()), AS_OF, rules)
        if before is not None and (story.end or before[0]) < before[0]:
            story = tell(list(first.values()), AS_OF, before[1])
        verdict = story.verdict
        headers.append(
            DossierRecord(
                timeline="line", epoch=1, offset=0, dossier_id=own[0].dossier_id, as_of=AS_OF,
                course=Course(due_at=story.due, first_due_at=story.first_due),
                standing=Standing(verdict),  # type: ignore[arg-type]
            )
        )  # fmt: skip
        if own[0].dossier_id in without:
            continue
        for scope in rules.scopes(story.unit, story.officer):
            row = counts.setdefault(scope, dict.fromkeys(COUNTS, 0))
            row["total"] += verdict not in OUTSIDE
            row["open"] += verdict in ("within", "waiting", "overdue")
            row["suspended"] += story.is_suspended
            row["extended"] += story.is_extended
            row["rewritten"] += "rewritten" in story.flags
            row["reopened"] += story.open_again
            row["backdated"] += "backdated" in story.flags
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
