"""What acting on alerts asks of others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from api.access.limits import TokenBuckets
from dossiers.wire.one_tap import LinkKey

Record = tuple[bytes, bytes]  # key, value
BURST = 150.0  # s worth of actions at once: one press acknowledges 200 alerts


class ActionSender(Protocol):
    """Hands records to Kafka, or to the disk while Kafka is away."""

    async def send(self, sender: str, records: list[Record]) -> Literal["kafka", "spool"]:
        """Where they are by now. ``sender``: for whom room is kept. Raises
        api.ports.IngestError."""


class Texts(Protocol):
    """Keeps texts outside the log. Methods block and may be called from any thread."""

    def put(self, text: str, event_id: str) -> str:
        """Keep a text for one event; its SHA-256 (hex). Raises OSError."""

    def read(self, digest: str) -> str | None:
        """The text; None if it was erased or is not here."""

    def state(self, digest: str) -> Literal["kept", "erased", "missing", "damaged"]:
        """What has become of it."""


class ArchivedDossiers(Protocol):
    """Knows which dossiers have left the stream. Methods block and may be called from any thread;
    they raise api.ports.StoreAway, or DeadLetterError for a dossier that cannot come back."""

    def returning(self, dossier: str, event_id: str, now: int, retention: int) -> bytes | None:
        """The record that brings the dossier back before an event of ``event_id``; None for one
        that is in the stream. ``now``: data time; ``retention``: for which a closed dossier stays
        (ms)."""


def _now() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Acts:
    """With what people act. ``turns``: how often one person may. ``clock``: real time, ms.
    ``patience``: s that a page waits for what was done to be seen in the stream."""

    sender: ActionSender
    texts: Texts
    key: LinkKey
    archive: ArchivedDossiers | None = None
    turns: TokenBuckets = field(default_factory=lambda: TokenBuckets(BURST))
    clock: Callable[[], int] = field(default=_now)
    patience: float = 2.0
