"""The audit trail in Kafka: written by the API without waiting, by commands at once; and read."""

from __future__ import annotations

import getpass
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Literal

import msgspec

from api.access.keys import Key
from broker.kafka import Kafka
from broker.producing import Writer
from broker.reading import read_all
from dossiers.errors import UserError
from dossiers.time.day_table import LATEST
from dossiers.wire.audit import Audited
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.topics import AUDIT
from dunghen.settings.installation import Installation
from dunghen.timeline.current import require_timeline
from sources.acknowledged import AcknowledgedSender, Busy

_log = logging.getLogger(__name__)
_decode = decoder(Audited)
_TELL = 60.0  # s between two complaints
MOST = 10_000  # entries on their way


class KafkaTrail:
    """``api.access.audit.AuditTrail``: hands entries to a producer's thread, which the first one
    starts. While Kafka is away they wait in memory, MOST at most; what is beyond that, or waits
    when the process ends, is lost, counted and told. Nobody waits for it."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._sender: AcknowledgedSender | None = None
        self._lock = threading.Lock()
        self.lost = 0
        self._told = 0.0

    def write(self, entry: Audited) -> None:
        """Put an entry on its way to Kafka; never raises, never waits."""
        try:
            if self._sender is None:
                self._sender = AcknowledgedSender(self._kafka, most=MOST, timeout=0, topic=AUDIT)
            record = (entry.subject.encode(), msgspec.json.encode(entry))
            self._sender.send([record]).add_done_callback(self._answered)
        except Busy:
            self._lose()
        except Exception:
            _log.exception("the audit trail cannot be written")
            self._lose()

    @property
    def waiting(self) -> int:
        """Entries that Kafka does not have yet."""
        return 0 if self._sender is None else self._sender.on_the_way

    def _answered(self, done: Future[None]) -> None:
        if done.exception() is not None:
            self._lose()

    def _lose(self) -> None:
        with self._lock:
            self.lost += 1
            if time.monotonic() - self._told < _TELL:
                return
            self._told = time.monotonic()
        _log.warning("the audit trail has lost %d entries: Kafka does not take them", self.lost)

    def close(self) -> None:
        """Wait a moment for what is on the way."""
        if self._sender is not None:
            self._sender.close()


def audit_key(
    installation: Installation,
    kind: Literal["key_added", "key_revoked", "key_confirmed", "key_extended"],
    key: Key,
) -> None:
    """Note what a command did to a key; if no stack runs, the file of keys is all there is."""
    try:
        timeline = require_timeline(installation).id
        kafka = installation.kafka
    except UserError:
        return
    entry = Audited(
        timeline=timeline,
        at=time.time_ns() // 1_000_000,
        kind=kind,
        subject=getpass.getuser(),
        means="command",
        target=f"{key.role}:{key.name}:{key.id}",
    )
    with Writer(kafka) as writer:
        writer.send(AUDIT, 0, entry.subject.encode(), msgspec.json.encode(entry))


def read_audit(installation: Installation) -> Iterator[Audited]:
    """All entries, the oldest first. Raises UserError if the broker is away."""
    for message in read_all(installation.kafka, AUDIT):
        found = read_or_none(_decode, message.value())
        if found is not None and 0 <= found.at < LATEST:  # else written by none of ours
            yield found
