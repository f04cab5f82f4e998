"""Hands what senders post to Kafka, or to the disk while Kafka is away, so that no sender takes all
the room there is."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any, Literal

from api.ports import IngestError
from sources.acknowledged import AcknowledgedSender, Busy, NotTaken
from sources.shares import FairShares
from sources.spool import SpoolFull
from sources.spooled import SpooledSender

_WAY_SECONDS = 10.0  # for which a sender counts among those who share the way to Kafka
_SPOOL_SECONDS = 3_600.0  # the same of the disk: who sends once an hour asks as well
_TOO_MUCH = (429, "Too much is on the way to Kafka: send again after Retry-After seconds.", 1)
_HALF_IS_YOURS = (
    503,
    "Kafka is away, and half of what may wait for it here is of this key: send all records again "
    "after Retry-After seconds.",
    30,
)
_FULL = (
    503,
    "Kafka is away, and no more records may wait for it here: send all of them again after "
    "Retry-After seconds.",
    30,
)
_UNCONFIRMED = (
    503,
    "Kafka did not confirm every record in time: send all of them again, what it has already "
    "changes nothing.",
    5,
)


class FairSending:
    """``timeout`` (s): longest wait for Kafka's answer. For one event loop."""

    def __init__(self, kafka: AcknowledgedSender | SpooledSender, timeout: float) -> None:
        self._kafka = kafka
        self._timeout = timeout
        self._way = FairShares(asked=_WAY_SECONDS)  # records
        self._spooled = FairShares(asked=_SPOOL_SECONDS)  # bytes

    async def send(
        self, sender: str, records: list[tuple[bytes, bytes]]
    ) -> Literal["kafka", "spool"]:
        """Where they are by now: Kafka has acknowledged them, or they are on this machine's disk.
        Raises IngestError."""
        size = sum(len(key) + len(value) for key, value in records)
        if not self._may_wait(sender, size):
            raise IngestError(*_HALF_IS_YOURS)
        try:
            stored = await self._sent(sender, records)
        except Busy:
            raise IngestError(*_TOO_MUCH) from None
        except SpoolFull:
            raise IngestError(*_FULL) from None
        except (NotTaken, TimeoutError):
            raise IngestError(*_UNCONFIRMED) from None
        if stored != "spool":
            return "kafka"
        self._spooled.add(sender, size)
        return "spool"

    async def _sent(self, sender: str, records: list[tuple[bytes, bytes]]) -> Any:
        count = len(records)
        if not self._way.may(sender, count, self._kafka.most):
            raise Busy
        sent: Future[Any] = self._kafka.send(records)
        self._way.add(sender, count)
        sent.add_done_callback(lambda _: self._way.add(sender, -count))
        return await asyncio.wait_for(asyncio.wrap_future(sent), self._timeout)

    def _may_wait(self, sender: str, size: int) -> bool:
        """Whether so many bytes more of a sender may wait on disk, if they have to."""
        if not isinstance(self._kafka, SpooledSender):
            return True
        found = self._kafka.figures()
        if not found.spool_records:
            self._spooled.clear()
        fair = self._spooled.may(sender, size, found.spool_most)
        return fair or found.spool_bytes <= found.spool_most // 2
