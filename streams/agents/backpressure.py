"""Backpressure: folding waits while the broker takes outputs more slowly than they are made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from streams.agents.transactions import PartitionTransactions

_PAUSE_SECONDS = 0.002


async def wait_while_saturated(sending: Callable[[], Iterable[PartitionTransactions]]) -> None:
    """Wait until none of ``sending`` has too much on its way; the event loop runs meanwhile.

    ``sending`` is asked again after every pause, since partitions may be revoked. Raises
    TransactionError if one cannot go on.
    """
    while any(each.saturated for each in sending()):
        await asyncio.sleep(_PAUSE_SECONDS)
        for each in sending():
            each.poll()
