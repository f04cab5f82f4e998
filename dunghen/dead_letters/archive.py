"""What is kept of a dossier that has left the stream: its facts, and what was announced.

ClickHouse knows which records of topic dossier-events are the dossier's; the topic, which nothing
is ever deleted from, has them in full.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from broker.kafka import Kafka
from broker.reading import read_places
from dossiers.portal.snapshots import place
from dossiers.wire.acted import KeptAction
from dossiers.wire.alerts import AlertState
from dossiers.wire.archived import archived_fact
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import Restored, decode_event
from dossiers.wire.facts import Fact, SnapshotFact
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.topics import EVENTS
from dunghen.clickhouse import ClickHouse

SOURCE = "archive"
_PLACES = """
SELECT partition, offset FROM dossier_events FINAL
WHERE dossier_id = {dossier:String} AND timeline = {timeline:String} AND kind != 'restored'
ORDER BY offset
"""
_ALERTS = """
SELECT kind, level, toUnixTimestamp64Milli(any(a.due_at)) AS cause, max(a.sequence) AS last,
  argMax(a.transition, a.sequence) AS status, argMax(a.taken_by, a.sequence) AS taken_by,
  argMax(a.taken_until, a.sequence) AS taken_until, argMax(a.offered_to, a.sequence) AS offered_to
FROM alerts AS a FINAL
WHERE dossier_id = {dossier:String} AND timeline = {timeline:String}
GROUP BY alert_id, kind, level ORDER BY cause, kind, level
"""
_ACTIONS = """
SELECT actions FROM dossiers FINAL
WHERE dossier_id = {dossier:String} AND timeline = {timeline:String} AND actions != ''
"""
_actions = decoder(tuple[KeptAction, ...])
_STATE = ("kind", "level", "cause", "last", "status", "taken_by", "taken_until", "offered_to")


class Archived(NamedTuple):
    """Facts in their order, none if ClickHouse does not know the dossier; and what people did."""

    facts: tuple[Fact, ...]
    alerts: tuple[AlertState, ...]
    actions: tuple[KeptAction, ...] = ()


def read_archive(
    store: ClickHouse, timeline: str, dossier: str, refused: Container[tuple[int, int]],
    kafka: Kafka,
) -> Archived:  # fmt: skip
    """``refused``: places (partition, offset) of dead letters, which are no facts. Raises UserError
    or StoreError if Kafka or ClickHouse does not answer."""
    about = {"dossier": dossier, "timeline": timeline}
    found = [(row["partition"], row["offset"]) for row in store.query(_PLACES, about)]
    places = [place for place in found if place not in refused]
    events = [decode_event(m.value() or b"") for m in read_places(kafka, EVENTS, places)]
    facts = [fact_of(event) for event in events if isinstance(event, DossierEvent)]
    alerts = tuple(AlertState(*(row[n] for n in _STATE)) for row in store.query(_ALERTS, about))
    kept = [read_or_none(_actions, row["actions"].encode()) for row in store.query(_ACTIONS, about)]
    actions = next((found for found in kept if found), ())
    return Archived(tuple(_merged(sorted(facts, key=fact_order))), alerts, actions)


def _merged(facts: list[Fact]) -> list[Fact]:
    """As a state has them: a snapshot that repeats another takes no place of its own."""
    for fact in facts:
        if isinstance(fact, SnapshotFact):
            return place([each for each in facts if each is not fact], fact)[0]
    return facts


def restored(archived: Archived, dossier: str, before: str, now: int) -> Restored:
    """The event that brings a dossier back before another, which ``before`` names. ``now``: data
    time, ms."""
    return Restored(
        event_id=f"restored-{before}",
        dossier_id=dossier,
        occurred_at=now,
        received_at=now,
        source=SOURCE,
        facts=tuple(map(archived_fact, archived.facts)),
        alerts=archived.alerts,
        actions=archived.actions,
    )
