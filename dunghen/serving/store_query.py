"""Queries of the API, run in threads beside its event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api.ports import StoreAway
from sinks.errors import StoreError
from sinks.store import Store

_QUERY_THREADS = 4
MOST_QUERIES = 400  # that wait for a thread or an answer


class StoreQuery:
    """``api.ports.Query`` over a store: its calls block, so they run in threads of their own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(_QUERY_THREADS, "query")
        self.waiting = 0

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Result of one SELECT; raises StoreAway."""
        if self.waiting >= MOST_QUERIES:
            raise StoreAway("ClickHouse is slow and too many ask: ask again after a few seconds.")
        loop = asyncio.get_running_loop()
        self.waiting += 1
        try:
            return await loop.run_in_executor(self._threads, self._store.query, sql, parameters)
        except StoreError as error:
            raise StoreAway(str(error)) from error
        finally:
            self.waiting -= 1

    def close(self) -> None:
        """Wait for queries in flight."""
        self._threads.shutdown(cancel_futures=True)
