"""A partition, the dossiers in it, and people who act on their alerts."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from dossiers.fold.alerts import alert_id
from dossiers.wire.acted import Acted
from dossiers.wire.actions import Action, Capacity
from dossiers.wire.alerts import Alert, AlertKind, AlertState
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import Activate, AnyEvent, Tick, encode_event
from dossiers.wire.records import DossierRecord
from dossiers.wire.reference import Reference, content_hash
from dossiers.wire.topics import ALERTS, DEAD_LETTERS
from streams.partition.engine import PartitionEngine
from streams.partition.outputs import Output

LINE = str(uuid.UUID(int=1))


def deed(
    at: int, action: Action, name: tuple[AlertKind, int, int], person: str = "head",
    capacity: Capacity = "receiver", sequence: int = 1, seq: int = 0, dossier: str = "d",
    **more: Any,
) -> Acted:  # fmt: skip
    """What the API makes of a tap."""
    kind, level, cause = name
    alert = alert_id(uuid.UUID(LINE), dossier, AlertState(kind, level, cause, sequence, "raised"))
    return Acted(
        event_id=str(uuid.uuid5(uuid.UUID(alert), f"{sequence}|{action}|{person}")),
        dossier_id=dossier, occurred_at=at, received_at=at + 5, source="desk", source_seq=seq,
        action=action, alert_id=alert, sequence=sequence, alert_kind=kind, level=level,
        cause=cause, person=person, capacity=capacity, **more,
    )  # fmt: skip


class Partition:
    """The engine of one partition, given one record after the other."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self.states: dict[bytes, bytes | None] = {}
        self.log: list[tuple[bytes | None, bytes]] = []
        self.outputs: list[Output] = []
        self.engine = self._made()
        self.take(Activate(hash=content_hash(reference), since=0))

    def _made(self) -> PartitionEngine:
        engine = PartitionEngine(LINE, 0, lambda _: self._reference, lambda _: 0, 1)
        engine.restore([(key, value) for key, value in self.states.items()])
        return engine

    def take(self, *events: AnyEvent) -> list[Output]:
        """What comes of these, in one batch."""
        records: list[tuple[int, bytes | None, bytes]] = []
        for event in events:
            key = None if isinstance(event, Tick | Activate) else event.dossier_id.encode()
            records.append((len(self.log), key, encode_event(event)))
            self.log.append((key, encode_event(event)))
        outputs = [*self.engine.process(records), *self.engine.closing()]
        self.outputs += outputs
        self.states.update({o.key: o.value for o in outputs if o.topic == "dossiers"})
        return outputs

    def at(self, now: int) -> list[Alert]:
        """The alerts that time brings about up to ``now`` (ms)."""
        return alerts_of(self.take(Tick(now=now)))

    def act(self, *events: Acted) -> list[Alert]:
        return alerts_of(self.take(*events))

    def taken_over(self) -> None:
        """Another worker goes on from the changelog."""
        self.engine = self._made()

    def record(self, dossier: str = "d") -> DossierRecord:
        value = self.states[dossier.encode()]
        assert value is not None
        return msgspec.json.decode(value, type=DossierRecord)

    def letters(self) -> list[str]:
        found = [o.value for o in self.outputs if o.topic == DEAD_LETTERS]
        return [msgspec.json.decode(value or b"", type=DeadLetter).reason for value in found]

    @property
    def alerts(self) -> list[Alert]:
        return alerts_of(self.outputs)


def alerts_of(outputs: list[Output]) -> list[Alert]:
    return [
        msgspec.json.decode(output.value or b"", type=Alert)
        for output in outputs
        if output.topic == ALERTS
    ]
