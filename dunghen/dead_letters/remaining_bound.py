"""How much room dossiers have left, before events are sent again that had none."""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from broker.kafka import Kafka
from broker.reading import read_all
from dossiers.admission.bounds import Bound
from dossiers.fold.settle import empty_state
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import Restored, decode_event
from dossiers.wire.kept_events import fact_of
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import DossierRecord
from dossiers.wire.topics import DOSSIERS

_record: Callable[[bytes], DossierRecord] = decoder(DossierRecord)


class RemainingBound:
    """Of these dossiers, as the changelog has them. Counts along what is sent."""

    def __init__(self, kafka: Kafka, bound: Bound, dossiers: Collection[bytes]) -> None:
        self.bound = bound
        self._records: dict[str, DossierRecord] = {}
        if not dossiers:
            return
        for message in read_all(kafka, DOSSIERS):
            if (key := message.key()) in dossiers and key is not None:
                record = read_or_none(_record, message.value())
                if record is not None:
                    self._records[record.dossier_id] = record

    def record(self, dossier_id: str) -> DossierRecord | None:
        """Its state, as it was when these were read."""
        return self._records.get(dossier_id)

    def refusal(self, value: bytes) -> str:
        """Why the worker would put this event aside again, in a sentence; empty if it would not.
        What repeats a snapshot takes no room, and is not told from others here."""
        event = decode_event(value)
        if not isinstance(event, DossierEvent) or isinstance(event, Restored):
            return ""
        record = self._records.get(event.dossier_id) or empty_state("", event.dossier_id)
        size = len(msgspec.json.encode(fact_of(event))) + 1
        refused = self.bound.exceeded(record, event, size)
        if not refused:
            self._records[event.dossier_id] = msgspec.structs.replace(
                record,
                facts=msgspec.structs.replace(
                    record.facts, count=record.facts.count + 1, size=record.facts.size + size
                ),
            )
        return refused
