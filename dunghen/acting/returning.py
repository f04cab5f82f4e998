"""Dossiers that have left the stream come back before somebody acts on one:
``api.acts.ArchivedDossiers``."""

from __future__ import annotations

from api.ports import DeadLetterError, StoreAway
from broker.errors import BrokerAway
from broker.kafka import Kafka
from dossiers.admission.bounds import Bound
from dossiers.errors import UserError
from dossiers.fold.retention import expires_at
from dossiers.wire.events import encode_event
from dunghen.clickhouse import ClickHouse
from dunghen.dead_letters.archive import read_archive, restored
from dunghen.dead_letters.topic import never_taken, read_letters
from dunghen.terminal.masking import scrub
from sinks.errors import StoreError

_LAST = """
SELECT toUnixTimestamp64Milli(max(e.occurred_at)) AS last FROM dossier_events AS e FINAL
WHERE e.dossier_id = {dossier:String} AND e.timeline = {timeline:String} AND dossier_id IN (
  SELECT dossier_id FROM dossiers FINAL
  WHERE dossier_id = {dossier:String} AND timeline = {timeline:String} AND outcome != '')
HAVING count() > 0
"""


class ReturningDossiers:
    """``bound``: of one dossier, as the worker has it."""

    def __init__(self, kafka: Kafka, store: ClickHouse, timeline: str, bound: Bound) -> None:
        self._kafka = kafka
        self._store = store
        self._timeline = timeline
        self._bound = bound

    def returning(self, dossier: str, event_id: str, now: int, retention: int) -> bytes | None:
        """See ``api.acts.ArchivedDossiers``. What a dossier still has is skipped if it comes
        back, so one that was brought back before may be once more."""
        try:
            rows = self._store.query(_LAST, {"dossier": dossier, "timeline": self._timeline})
            if not rows or now < expires_at(int(rows[0]["last"]), retention):
                return None
            refused = never_taken(read_letters(self._kafka, closed=True))
            archived = read_archive(self._store, self._timeline, dossier, refused, self._kafka)
        except StoreError as error:
            raise StoreAway(scrub(str(error))) from error
        except UserError as error:
            status = 503 if isinstance(error, BrokerAway) else 409
            raise DeadLetterError(status, scrub(str(error))) from error
        value = encode_event(restored(archived, dossier, event_id, now))
        if len(value) > self._bound.restored_bytes:
            raise DeadLetterError(
                409, f"The dossier's {len(archived.facts)} facts do not fit into one record."
            )
        return value if archived.facts else None
