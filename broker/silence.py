"""Notices a client that gets nothing although its log holds more.

Kafka's clients may stop asking without a word: after a broker was killed and came back, a consumer
was seen that fetched and committed nothing any more, though its loop ran and its group knew it. So
whoever reads asks now and then how far the logs go that have stood still for a while: of its own
client, which answers such questions all the same, or of another one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from confluent_kafka import KafkaException

_log = logging.getLogger(__name__)

SILENT_S = 60.0  # s without a record of a log that goes on, after which its client is given up
LOOKS = 6  # within that time
ANSWER_SECONDS = 5.0


class PartitionId(NamedTuple):
    """One partition."""

    topic: str
    partition: int


@dataclass
class _Standing:
    position: int
    since: float
    seen: bool = False  # its log went on, when that was asked before


class SilenceWatch:
    """Which partitions stand still, and since when. ``limit``: seconds; times are of any one
    clock. Pure: it asks nobody."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._standing: dict[PartitionId, _Standing] = {}

    def forget(self) -> None:
        """Begin anew: nobody could tell how far the logs are, or nobody wanted to be given any."""
        self._standing.clear()

    def suspects(self, now: float, positions: Mapping[PartitionId, int]) -> list[PartitionId]:
        """Partitions that have stood for a third of the limit, of those whose next offsets are
        ``positions``."""
        self._standing = {
            place: before
            if (before := self._standing.get(place)) and before.position == position
            else _Standing(position, now)
            for place, position in positions.items()
        }
        return [p for p, each in self._standing.items() if now - each.since >= self.limit / 3]

    def stuck(self, now: float, ends: Mapping[PartitionId, int]) -> str | None:
        """What is wrong with a partition whose log goes on to its end here, and did when it was
        asked before, though nothing of it came within the limit; None if nothing is."""
        for place, end in ends.items():
            each = self._standing[place]
            more = end > each.position
            if more and each.seen and now - each.since > self.limit:
                return (
                    f"partition {place.partition} of {place.topic} stands at offset "
                    f"{each.position}, its log goes on to {end} at least, and nothing of it came "
                    f"for {self.limit:.0f} s"
                )
            each.seen = more
        return None


class SilenceCheck:
    """Looks after one client, from its own thread. ``positions``: the next offset of every
    partition it should be given; ``ends``: how far their logs go; raises KafkaException if Kafka
    does not answer. ``clock``: in seconds."""

    def __init__(
        self,
        limit: float,
        positions: Callable[[], Mapping[PartitionId, int]],
        ends: Callable[[list[PartitionId]], Mapping[PartitionId, int]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._watch = SilenceWatch(limit)
        self._positions = positions
        self._ends = ends
        self._clock = clock
        self._looked_at = clock()

    def look(self) -> str | None:
        """What is stuck; None also if the last look was less than a sixth of the limit ago. Blocks
        for up to 5 s if something has stood for a while."""
        now = self._clock()
        if now - self._looked_at < self._watch.limit / LOOKS:
            return None
        self._looked_at = now
        suspects = self._watch.suspects(now, self._positions())
        if not suspects:
            return None
        try:
            ends = self._ends(suspects)
        except KafkaException:  # it is away: then nothing can come
            self.forget()
            return None
        return self._watch.stuck(self._clock(), ends)

    def forget(self) -> None:
        """Begin anew, after a time in which nothing was to be delivered."""
        self._watch.forget()


async def watch(
    limit: float,
    positions: Callable[[], Mapping[PartitionId, int]],
    given: Callable[[Mapping[PartitionId, int]], Awaitable[Mapping[PartitionId, int]]],
    end: Callable[[str], None],
) -> None:
    """Look again and again, until ``end`` was called with what is stuck. ``positions``: the next
    offset of every partition that should move; none while they change hands. ``given``: asks as
    ``broker.ends.next_given`` does; raises KafkaException if Kafka does not answer."""
    loop = asyncio.get_running_loop()
    silence = SilenceWatch(limit)
    while True:
        await asyncio.sleep(limit / LOOKS)
        places = positions()
        suspects = silence.suspects(loop.time(), places)
        if not suspects:
            continue
        try:
            found = await given({place: places[place] for place in suspects})
        except KafkaException as error:
            _log.warning("no news for a while, and Kafka does not say of how much: %s", error)
            silence.forget()
            continue
        now = positions()  # asking takes a while
        stood = {p: offset for p, offset in found.items() if now.get(p) == places[p]}
        what = silence.stuck(loop.time(), stood)
        if what is not None:
            end(what)
            return
