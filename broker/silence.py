"""A worker that is not given what stands in its log ends itself, too.

Kafka's clients may stop asking without a word: after a broker was killed and came back, a consumer
was seen that fetched and committed nothing any more, though its loop ran and its group knew it. So
another client is asked what it is given behind the same place, but only of partitions that have
stood for a while: ticks come every second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
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
    seen: bool = False  # another client was given more, when it was asked before


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

    def stuck(self, now: float, given: Mapping[int, int]) -> str | None:
        """A partition of which another client is given more, and was when it was asked before,
        though nothing of it came here within the limit. ``given``: as ``next_given`` has it."""
        for partition, offset in given.items():
            each = self._standing[partition]
            more = offset > each.position
            if more and each.seen and now - each.since > self._limit:
                return (
                    f"partition {partition} stands at offset {each.position}, its log goes on to "
                    f"{offset} at least, and nothing of it came"
                )
            each.seen = more
        return None


async def watch(
    limit: float,
    positions: Callable[[], Mapping[int, int]],
    given: Callable[[Mapping[int, int]], Awaitable[Mapping[int, int]]],
    end: Callable[[str], None],
) -> None:
    """Look again and again, until ``end`` was called with what is stuck. ``positions``: the next
    offset of every partition that should move; none while they change hands. ``given``: asks as
    ``next_given`` does; raises KafkaException where Kafka does not answer."""
    loop = asyncio.get_running_loop()
    standstill = Standstill(limit)
    while True:
        await asyncio.sleep(limit / _LOOKS)
        places = positions()
        suspects = standstill.suspects(loop.time(), places)
        if not suspects:
            continue
        try:
            found = await given({partition: places[partition] for partition in suspects})
        except KafkaException as error:
            _log.warning("no news for a while, and Kafka does not say of how much: %s", error)
            standstill.forget()
            continue
        now = positions()  # asking takes a while
        stood = {p: offset for p, offset in found.items() if now.get(p) == places[p]}
        what = standstill.stuck(loop.time(), stood)
        if what is not None:
            end(f"{what} for {limit:.0f} s")
            return


def next_given(config: WorkerConfig, topic: str, positions: Mapping[int, int]) -> dict[int, int]:
    """Of each partition the offset after the first record that a client made for it is given at or
    behind its position; the position where it is given none. A log may end with markers of
    transactions, which nobody is given. Blocks; raises KafkaException."""
    consumer = Consumer(
        {
            **common_settings(config),
            "group.id": f"{config.group}-read",
            "enable.auto.commit": False,
            "isolation.level": "read_uncommitted",  # as the worker itself
        }
    )
    found = dict(positions)
    try:
        for partition, position in positions.items():
            place = TopicPartition(topic, partition, position)
            if consumer.get_watermark_offsets(place, _ANSWER_SECONDS)[1] <= position:
                continue
            consumer.assign([place])
            message = consumer.poll(_ANSWER_SECONDS)
            if message is None:
                continue
            if (error := message.error()) is not None:
                raise KafkaException(error)
            found[partition] = (message.offset() or 0) + 1
        return found
    finally:
        consumer.close()
