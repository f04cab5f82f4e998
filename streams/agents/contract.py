"""What the Faust app asks of an agent.

Faust assigns co-partitioned topics together, so both agents own the same partition numbers. The
app calls them in this order: ``take_over`` after a rebalance, then ``take`` for every batch, then
``drop`` when partitions are revoked. Between the last two, ``start_of`` says where Faust seeks to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from streams.kafka_record import KafkaRecord
from streams.partition.outputs import Output


class PartitionAgent(Protocol):
    """The partitions of one topic that this worker owns.

    Every method is called in the event loop's thread, and none may block it: what reads or writes
    Kafka runs in threads of an executor. Only ``take`` uses the loop's thread for long, and gives
    it back every 50 ms. An exception ends the worker; its next owner starts from what is committed.
    """

    async def take_over(self, partitions: Iterable[int]) -> list[Output]:
        """Own these partitions as well, and return what was sent for them first.

        Waits for threads that read whole partitions: seconds to minutes. They report their
        progress to Liveness. Raises if one cannot be had.
        """

    async def take(
        self, partition: int, records: list[KafkaRecord], *, more: bool = False
    ) -> int | None:
        """Work in one batch, which is in offset order and not empty, and send its outputs.

        ``more``: further batches wait, so sums may wait for them a little. Returns an offset to
        seek to if the batch does not join what was taken before, else None. Nothing happens for a
        partition that is no longer owned. Applies backpressure: waits, without blocking, while too
        many outputs are on their way to the broker.
        """

    def start_of(self, partition: int) -> int | None:
        """The next offset that a partition needs; None if it is not owned. Never waits."""

    async def drop(self) -> None:
        """Forget all partitions. Waits for commits that have begun, at most their time limit. What
        is not committed is aborted, and the next owner makes it again."""
