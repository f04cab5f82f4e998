"""A worker that gets no records while its partitions grow ends itself, too.

Kafka's clients may stop asking without a word: after a broker was killed and came back, a consumer
was seen that fetched and committed nothing any more, though its loop ran and its group knew it. So
the log is asked by another client, but only about partitions that have stood for a while: ticks
come every second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams.clients import common_settings
from streams.config import WorkerConfig

_log = logging.getLogger(__name__)

_LOOKS = 6  # within the limit
_ANSWER_SECONDS = 5.0


@dataclass
class _Standing:
    position: int
    since: float
    end: int | None = None  # of the log, when it was asked about first


class Standstill:
    """What stands still, and since when. ``limit``: seconds; times are of any one clock."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._standing: dict[int, _Standing] = {}

    def forget(self) -> None:
        """Begin anew: nobody could tell how far the logs are."""
        self._standing.clear()

    def suspects(self, now: float, positions: Mapping[int, int]) -> list[int]:
        """Partitions that have stood for a third of the limit, of those whose next offsets are
        ``positions``."""
        self._standing = {
            partition: before
            if (before := self._standing.get(partition)) and before.position == position
            else _Standing(position, now)
            for partition, position in positions.items()
        }
        return [p for p, each in self._standing.items() if now - each.since >= self._limit / 3]

    def stuck(self, now: float, ends: Mapping[int, int]) -> str | None:
        """A partition whose log has grown, beyond its state and while it was looked at, though
        nothing of it came within the limit. The end alone may be a record that nobody is given."""
        for partition, end in ends.items():
            each = self._standing[partition]
            if each.end is None:
                each.end = end
            elif end > max(each.end, each.position) and now - each.since > self._limit:
                return (
                    f"partition {partition} stands at offset {each.position}, its log has grown to "
                    f"{end}, and nothing of it came"
                )
        return None


async def watch(
    limit: float,
    positions: Callable[[], Mapping[int, int]],
    ends: Callable[[Iterable[int]], Awaitable[Mapping[int, int]]],
    end: Callable[[str], None],
) -> None:
    """Look again and again, until ``end`` was called with what is stuck. ``positions``: the next
    offset of every partition that should move; none while they change hands. ``ends``: the ends of
    these partitions' logs; raises KafkaException where Kafka does not answer."""
    loop = asyncio.get_running_loop()
    standstill = Standstill(limit)
    while True:
        await asyncio.sleep(limit / _LOOKS)
        suspects = standstill.suspects(loop.time(), positions())
        if not suspects:
            continue
        try:
            found = await ends(suspects)
        except KafkaException as error:
            _log.warning("no news for a while, and Kafka does not say of how much: %s", error)
            standstill.forget()
            continue
        what = standstill.stuck(loop.time(), found)
        if what is not None:
            end(f"{what} for {limit:.0f} s")
            return


def end_offsets(config: WorkerConfig, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    """Partition to the offset after its last record, from a client that is made for it. Blocks;
    raises KafkaException."""
    consumer = Consumer({**common_settings(config), "group.id": f"{config.group}-read"})
    try:
        return {
            partition: consumer.get_watermark_offsets(
                TopicPartition(topic, partition), _ANSWER_SECONDS
            )[1]
            for partition in partitions
        }
    finally:
        consumer.close()
