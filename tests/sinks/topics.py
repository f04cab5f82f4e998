"""Records as the worker and the senders write them, and topics of a test's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from confluent_kafka import Producer

from dossiers.tallies.vector import WIDTH
from dossiers.wire.alerts import Alert, AlertState
from dossiers.wire.course import Course
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import AnyEvent, Progressed, encode_event
from dossiers.wire.records import DossierRecord, Facts
from dossiers.wire.standing import Standing, Verdict
from dossiers.wire.sync_errors import ReportedError
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import (
    ALERTS,
    DEAD_LETTERS,
    DOSSIERS,
    EVENTS,
    REFERENCE,
    SYNC_ERRORS,
    TALLIES,
    TRAITS,
)
from dossiers.wire.traits import DossierTraits, Traits
from tests.support.kafka import TestKafka

T0 = 1_700_000_000_123
PARTITIONS = 2
PATIENCE_S = 90.0  # a machine that builds something else at the same time is slow
_QUIET = {"linger.ms": 0, "log_level": 0}


def progressed(number: int, dossier: str = "", **fields: Any) -> Progressed:
    dossier = dossier or f"d{number % 50}"
    defaults: dict[str, Any] = {
        "unit": "u1",
        "officer": "o1",
        "step": "s1",
        "source": "portal",
        "source_seq": number,
    }
    return Progressed(
        event_id=f"e{number}",
        dossier_id=dossier,
        occurred_at=T0 + number,
        received_at=T0 + number + 5,
        **(defaults | fields),
    )


def header(
    timeline: str, dossier: str, standing: Verdict = "within", **course: Any
) -> DossierRecord:
    return DossierRecord(
        timeline=timeline,
        epoch=1,
        offset=7,
        dossier_id=dossier,
        as_of=T0,
        course=Course(**course),
        standing=Standing(standing),
        scopes=("all", "unit:u1"),
        alerts=(AlertState("overdue", 0, T0, 1, "raised"),),
        facts=Facts(raw=msgspec.Raw(b'[["a",1]]')),
    )


def tally(timeline: str, scope: str, now: int, first: int) -> Tally:
    return Tally(
        timeline=timeline,
        scope=scope,
        now=now,
        vector=(first, *range(1, WIDTH)),
        versions={"0": (1, 2)},
    )


def alert(timeline: str, dossier: str = "d1", sequence: int = 1, **fields: Any) -> Alert:
    defaults: dict[str, Any] = {
        "kind": "overdue",
        "level": 0,
        "transition": "raised",
        "unit": "u1",
        "officer": "o1",
        "step": "Thẩm định",
        "procedure": "p1",
    }
    return Alert(
        timeline=timeline,
        alert_id=f"alert-{dossier}",
        sequence=sequence,
        dossier_id=dossier,
        due_at=T0,
        detected_at=T0 + 1,
        occurred_at=T0,
        received_at=T0,
        **(defaults | fields),
    )


def backlog(timeline: str, unit: str = "u1", **fields: Any) -> Alert:
    """An alert about a unit, as the worker writes it."""
    about: dict[str, Any] = {"kind": "unit_backlog", "unit": unit, "overdue": 23, "open": 140}
    blank = dict.fromkeys(("officer", "step", "procedure"), "")
    made = alert(timeline, **(about | blank | fields))
    return msgspec.structs.replace(made, dossier_id="", alert_id=f"backlog-{unit}")


def dead_letter(timeline: str, partition: int, offset: int) -> DeadLetter:
    return DeadLetter(
        timeline=timeline,
        reason="not_json",
        detail="not valid JSON",
        source="portal",
        topic=EVENTS,
        partition=partition,
        offset=offset,
        detected_at=T0,
    )


@dataclass
class Topics:
    """One timeline's topics, and producers into them. ``timeline``: also the beginning of its
    groups' names, so that no group outlives its topics."""

    kafka: TestKafka
    timeline: str

    def producer(self) -> Producer:
        return Producer({**_QUIET, "bootstrap.servers": self.kafka.bootstrap})

    def events(self, events: Sequence[AnyEvent | bytes], partition: int = 0) -> None:
        producer = self.producer()
        for event in events:
            value = event if isinstance(event, bytes) else encode_event(event)
            key = getattr(event, "dossier_id", "").encode()
            producer.produce(EVENTS, value, key, partition)
        assert producer.flush(PATIENCE_S) == 0

    @contextmanager
    def transaction(self, *, commit: bool = True) -> Iterator[Producer]:
        producer = Producer(
            {
                **_QUIET,
                "bootstrap.servers": self.kafka.bootstrap,
                "transactional.id": self.kafka.unique("writer"),
            }
        )
        producer.init_transactions(PATIENCE_S)
        producer.begin_transaction()
        yield producer
        # The broker must have seen the records: it refuses to abort what never began.
        assert producer.flush(PATIENCE_S) == 0
        if commit:
            producer.commit_transaction(PATIENCE_S)
        else:
            producer.abort_transaction(PATIENCE_S)

    def put(
        self, producer: Producer, topic: str, key: str | bytes, value: object, partition: int = 0
    ) -> None:
        payload = None if value is None else msgspec.json.encode(value)
        producer.produce(topic, payload, key, partition)


def traits(timeline: str, at: int, **said: Any) -> DossierTraits:
    return DossierTraits(
        timeline=timeline, dossier_id="d1", occurred_at=at, source="s", source_seq=0, event_id="t",
        offset=1, traits=Traits(**said),
    )  # fmt: skip


def reported(name: str) -> ReportedError:
    return ReportedError(
        error_id=name, system="S", dossier_id="d1", code="504", at=T0, received_at=T0, source="s"
    )


def make_topics(kafka: TestKafka) -> Topics:
    """Those of the test before are gone."""
    many = (EVENTS, DOSSIERS, TALLIES, ALERTS, TRAITS)
    kafka.remove_topics(*many, DEAD_LETTERS, SYNC_ERRORS, REFERENCE)
    kafka.create_topics(*many, partitions=PARTITIONS)
    kafka.create_topics(DEAD_LETTERS, SYNC_ERRORS, partitions=1)
    return Topics(kafka, kafka.unique("t"))


def raise_alerts(topics: Topics, *alerts: Alert, commit: bool = True) -> None:
    with topics.transaction(commit=commit) as producer:
        for each in alerts:
            topics.put(producer, ALERTS, each.dossier_id, each)
