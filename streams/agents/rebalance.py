"""Rebalance: both agents take over the partitions that the group assigns, and drop them again.

Faust revokes all partitions at every rebalance, and assigns co-partitioned topics together.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from faust.types import TP

from dossiers.wire.topics import EVENTS, PARTIALS
from streams.agents.dossiers import DossiersAgent
from streams.agents.partition_queues import PartitionQueues
from streams.agents.tallies import TalliesAgent
from streams.liveness import Liveness

_log = logging.getLogger(__name__)

TAKE_OVER_SWITCH_SECONDS = 0.02


class Rebalance:
    """Take-over and revocation, one after another. For the event loop's thread.

    ``taking_over``: a take-over is under way. ``ready``: what the group has assigned,
    perhaps nothing, is owned.
    """

    def __init__(
        self,
        dossiers: DossiersAgent,
        tallies: TalliesAgent,
        queues: PartitionQueues,
        liveness: Liveness,
    ) -> None:
        self.taking_over = False
        self.ready = False
        self._dossiers = dossiers
        self._tallies = tallies
        self._queues = queues
        self._liveness = liveness
        self._turn = asyncio.Lock()

    async def take_over(self, assigned: Callable[[], set[TP]], is_over: Callable[[], bool]) -> None:
        """Own what was assigned; raises if something cannot be had. Faust seeks afterwards.

        Both are asked when it is our turn. ``is_over``: the worker has failed, and owns nothing.
        """
        async with self._turn:
            if is_over():
                return
            assignment = assigned()
            _log.info("the group assigned %d partitions", len(assignment))
            self.taking_over = True
            self._liveness.taking_over(True)
            try:
                with _undisturbed():
                    await self._take_over(assignment)
                    gc.freeze()
                self.ready = True
            finally:
                self.taking_over = False
                self._liveness.taking_over(False)

    async def _take_over(self, assignment: set[TP]) -> None:
        """The producers first, which fence the former owners of both agents' partitions."""
        sources = partitions_of(assignment, EVENTS)
        await self._dossiers.open(sources)
        lacking, sent = await asyncio.gather(
            self._tallies.take_over(partitions_of(assignment, PARTIALS)),
            self._dossiers.take_over(sources),
        )
        self._tallies.merge_from(self._dossiers.owned, sent)
        await self._dossiers.commit({p for each in lacking if (p := each.partition) is not None})

    async def revoke(self) -> None:
        """Drop all partitions, since Faust revokes all of them."""
        async with self._turn:
            self.ready = False
            self._queues.clear()
            gc.unfreeze()
            await self._tallies.drop()
            await self._dossiers.drop()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without garbage collection and with fewer thread switches.

    Threads that rebuild at the same time lose by switching often, and what they make is kept: the
    collector would walk it again and again in vain.
    """
    switching = sys.getswitchinterval()
    sys.setswitchinterval(TAKE_OVER_SWITCH_SECONDS)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.setswitchinterval(switching)


def partitions_of(partitions: Iterable[TP], topic: str) -> list[int]:
    """The numbers of those partitions that are of ``topic``."""
    return [tp.partition for tp in partitions if tp.topic == topic]
