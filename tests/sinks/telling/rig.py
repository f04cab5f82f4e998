"""A Kafka in memory, people with duties, and a notifier of people to start."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from broker.memory.kafka import MemoryKafka
from broker.producing import Writer
from dossiers.wire.alert_policy import AlertPolicy, DutyHolder, SourceLimit
from dossiers.wire.alerts import Alert
from dossiers.wire.keys import CLOCK_SCOPE, TIMELINE_KEY, clock_key
from dossiers.wire.one_tap import KEY_BYTES, LinkKey
from dossiers.wire.publications import KEY as KEY_OF_LISTS
from dossiers.wire.reference import (
    Officer,
    Procedure,
    Reference,
    Unit,
    content_hash,
    encode_reference,
)
from dossiers.wire.roster import RosterEntry
from dossiers.wire.tallies import Tally
from dossiers.wire.timeline import Activated, Timeline
from dossiers.wire.topics import ALERTS, NOTICES, PUBLICATIONS, REFERENCE, ROSTER, TALLIES
from sinks.telling.service import TellingService
from tests.dossiers.days import at

LINE = "7f0a6d1c-57c8-4b8e-9f64-0c8a5b1f3c11"
BASE = "http://dunghen.test"
KEY = LinkKey(b"k" * KEY_BYTES)
MONDAY = at("2026-11-02T09:00")
MINUTE = 60_000
REFERENCE_DATA = Reference(
    units=(
        Unit(id="u1", name="Phòng Tư pháp", parent="top"),
        Unit(id="u2", name="Phòng Nội vụ", parent="top", supervisor_email="nv@hue.test"),
        Unit(id="top", name="UBND thành phố"),
    ),
    officers=(
        Officer(id="o1", name="Nguyễn Thị Ánh", unit="u1", email="anh@hue.test"),
        Officer(id="h1", name="Trần Văn Bình", unit="u1", email="binh@hue.test"),
        Officer(id="h2", name="Lê Cường", unit="u2"),
    ),
    procedures=(Procedure(id="p1", name="Cấp giấy phép <xây dựng>"),),
    duties=(
        DutyHolder(unit="u1", duty="head", officer="h1"),
        DutyHolder(unit="u2", duty="head", officer="h2"),
    ),
    sources=(SourceLimit(id="bxd", name="Hệ thống Bộ Xây dựng"),),
    alert_policies=(AlertPolicy(group_seconds=0, regroup_seconds=0),),
)


class Line:
    """One timeline's topics. ``tick`` says what time it is, in both partitions."""

    def __init__(self, reference: Reference = REFERENCE_DATA) -> None:
        self.kafka = MemoryKafka()
        self.kafka.create_topics(ALERTS, TALLIES, partitions=2)
        self.kafka.create_topics(REFERENCE, ROSTER, NOTICES, PUBLICATIONS)
        self.writer = Writer(self.kafka)
        self.refer(reference)

    def refer(self, reference: Reference) -> None:
        name = content_hash(reference)
        line = Timeline(
            id=LINE, kind="live", partitions=2, created_at=0, activations=(Activated(0, name),)
        )
        self._send(REFERENCE, 0, name.encode(), encode_reference(reference))
        self._send(REFERENCE, 0, TIMELINE_KEY, msgspec.json.encode(line))

    def tick(self, now: int) -> None:
        for partition in (0, 1):
            clock = Tally(timeline=LINE, scope=CLOCK_SCOPE, now=now)
            self._send(TALLIES, partition, clock_key(partition), msgspec.json.encode(clock))

    def raised(self, *alerts: Alert, partition: int = 0) -> None:
        for each in alerts:
            self._send(ALERTS, partition, each.dossier_id.encode(), msgspec.json.encode(each))

    def published(self, *values: bytes) -> None:
        for value in values:
            self._send(PUBLICATIONS, 0, KEY_OF_LISTS, value)

    def roster(self, entry: RosterEntry) -> None:
        self._send(ROSTER, 0, entry.officer.encode(), msgspec.json.encode(entry))

    def _send(self, topic: str, partition: int, key: bytes, value: bytes) -> None:
        self.writer.send(topic, partition, key, value)


def alert(dossier: str = "d1", sequence: int = 1, **fields: object) -> Alert:
    made = {
        "kind": "overdue", "level": 0, "transition": "raised", "unit": "u1", "officer": "o1",
        "step": "Thẩm định", "procedure": "p1", "due_at": MONDAY - 26 * 60 * MINUTE,
        "detected_at": MONDAY, "occurred_at": MONDAY, "received_at": MONDAY,
    }  # fmt: skip
    return Alert(
        timeline=LINE, alert_id=f"alert-{dossier}", sequence=sequence, dossier_id=dossier,
        **(made | fields),  # type: ignore[arg-type]
    )  # fmt: skip


Starter = Callable[..., TellingService]
