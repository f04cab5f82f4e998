"""The one door to ClickHouse: queries, Arrow inserts and commands, from any thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from sinks.config import DATABASE, KEEP_MB
from sinks.disk_guard import DiskGuard
from sinks.engines import DRIVER_ERRORS, EmbeddedEngine, Engine, ServerEngine
from sinks.errors import StoreError

Rows = list[dict[str, Any]]


class Store:
    """Thread-safe: a client is lent to one thread at a time, because a client serialises its
    callers by a lock. At most ``size`` clients; a caller beyond that waits for one.

    Every call blocks, so never call it on an event loop. Times come back as aware datetimes.
    Raises ``StoreError`` or one of its kinds, with a sentence for the reader.
    """

    def __init__(
        self, engine: Engine, database: str = DATABASE, size: int = 8, keep_mb: int = 0
    ) -> None:
        self.engine = engine
        self.database = database
        self._idle: queue.LifoQueue[Client | None] = queue.LifoQueue()
        for _ in range(size):
            self._idle.put(None)
        self._size = size
        self._closed = False
        self._lock = threading.Lock()
        path = engine.path if isinstance(engine, EmbeddedEngine) else ""
        self._disk = DiskGuard(path, keep_mb, self.command) if path else None

    @classmethod
    def embedded(
        cls, path: str, database: str = DATABASE, memory_mb: int = 1_024, keep_mb: int = KEEP_MB
    ) -> Store:
        """The engine inside this process, on folder ``path``; every store of a process on the same
        folder must give the same ``memory_mb``. ``keep_mb``: below so much free space nothing is
        inserted (sinks.disk_guard)."""
        return cls(EmbeddedEngine(str(path), memory_mb=memory_mb), database, keep_mb=keep_mb)

    @classmethod
    def server(
        cls,
        url: str,
        user: str = "default",
        password: str = "",
        database: str = DATABASE,
        cluster: str = "",
    ) -> Store:
        """A server at ``url`` (http or https). ``cluster``: make tables on all its nodes."""
        return cls(ServerEngine(url, user, password, cluster), database)

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Rows:
        """Rows as dicts. Bind values as ``{name:Type}``, never into the text.

        The GIL is held while rows are decoded: take large results with ``query_arrow``.
        """
        with self._client() as client:
            result = client.query(sql, _dict(parameters), settings=_dict(settings))
            return list(result.named_results())

    def query_arrow(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> pa.Table:
        """The whole result as one Arrow table."""
        with self._client() as client:
            return client.query_arrow(sql, _dict(parameters), settings=_dict(settings))

    def insert(self, table: str, rows: pa.Table, token: str = "") -> None:
        """All rows or none. A second insert with the same ``token`` does nothing, as long as the
        table's deduplication window remembers the first: a lost answer may be retried."""
        if self._disk is not None:
            self._disk.require()
        settings = {"insert_deduplication_token": token} if token else None
        with self._client() as client:
            client.insert_arrow(table, rows, settings=settings)

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """One statement, DDL for example."""
        with self._client() as client:
            return client.command(sql, _dict(parameters))

    def ensure_database(self) -> None:
        """Make the database if it is not there. Refreshable views need ENGINE = Atomic."""
        cluster = self.engine.cluster
        on_cluster = f" ON CLUSTER `{cluster}`" if cluster else ""
        try:
            client = self.engine.connect(None)
            try:
                client.command(
                    f"CREATE DATABASE IF NOT EXISTS `{self.database}`{on_cluster} ENGINE = Atomic"
                )
            finally:
                client.close()
        except DRIVER_ERRORS as error:
            raise self.engine.explain(error) from error
        self.watch_disk()

    def watch_disk(self) -> None:
        """Stop merges if the disk is nearly full (sinks.disk_guard): they begin with the engine,
        before the first insert."""
        if self._disk is not None:
            self._disk.enough()

    def ping(self) -> None:
        """Raises ``StoreError`` if ClickHouse does not answer."""
        with self._client() as client:
            client.command("SELECT 1")

    def close(self) -> None:
        """Waits for calls in flight. Closing the last client frees the embedded folder."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for _ in range(self._size):
            client = self._idle.get()
            if client is not None:
                client.close()
        # Wakes up whoever waited for a client while the store was closing.
        self._idle.put(None)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _client(self) -> Iterator[Client]:
        self._refuse_closed()
        client = self._idle.get()
        try:
            self._refuse_closed()
            if client is None:
                client = self.engine.connect(self.database)
            yield client
        except StoreError:
            raise
        except DRIVER_ERRORS as error:
            raise self.engine.explain(error) from error
        finally:
            self._idle.put(client)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreError("The ClickHouse store is closed.")


def _dict(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return dict(values) if values is not None else None
