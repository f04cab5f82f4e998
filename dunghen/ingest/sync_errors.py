"""Reported errors between senders and ministries' systems, into a topic of their own."""

from __future__ import annotations

from functools import partial

from api.ports import IngestError, Receipt, RefusedRecord, Sender
from dossiers.text.kept_ids import ALL_KEPT, KeptIds
from dossiers.wire.sync_errors import encode_sync_error
from dunghen.ingest.fair_sending import FairSending
from dunghen.ingest.reading import read_posted
from sources.acknowledged import AcknowledgedSender
from sources.sync_errors import read_sync_errors


class SyncErrorDesk:
    """``kafka``: sends into topic ``sync-errors``; while Kafka is away nothing is kept here, and
    the sender is told so. ``ids``: what is kept of ids. ``timeout``: seconds."""

    def __init__(
        self, kafka: AcknowledgedSender, ids: KeptIds = ALL_KEPT, timeout: float = 15.0
    ) -> None:
        self._kafka = kafka
        self._ids = ids
        self._sending = FairSending(kafka, timeout)

    async def take(self, sender: Sender, body: bytes, now: int) -> Receipt:
        """Answer once Kafka has them. Raises IngestError. ``now``: ms."""
        read = partial(read_sync_errors, body, sender.name, sender.units, now, self._ids)
        try:
            batch = await read_posted(read, len(body))
        except PermissionError:
            raise IngestError(403, "This sender may not send for the unit in madonvi.") from None
        records = [(e.dossier_id.encode(), encode_sync_error(e)) for e in batch.errors]
        stored = await self._sending.send(sender.name, records)
        refused = [RefusedRecord(r.index, r.dossier, r.reason) for r in batch.refused]
        return Receipt(len(records), refused, [], stored)

    def close(self) -> None:
        """Wait a moment for what is on its way, and end."""
        self._kafka.close()
