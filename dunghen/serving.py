"""The process of the API, which with the embedded engine is that of the sink and notifier too."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

from dossiers.records import Timeline
from dunghen.context import Context
from dunghen.errors import UserError
from dunghen.inner_api import inner_routes
from dunghen.wiring import api_config, notifier_config, open_store, require_timeline, sink_config
from infra.ports import is_free
from sinks.migrate import migrate
from sinks.service import SinkService
from sinks.store import Store

log = logging.getLogger(__name__)
TOKEN_VARIABLE = "DUNGHEN_INTERNAL_TOKEN"  # noqa: S105 (its name, not its value)
_QUERY_THREADS = 4


class StoreQuery:
    """``api.ports.Query`` over a store: its calls block, so they run in threads of their own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(_QUERY_THREADS, "query")

    async def rows(
        self, sql: str, parameters: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Result of one SELECT; raises sinks.errors.StoreError."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._store.query, sql, parameters)


def serve_api(context: Context) -> None:
    """Serve until SIGTERM. Raises UserError, or an error of a room that has a sentence."""
    from api.app import create_app
    from api.server import serve

    api = context.settings.api
    if not is_free(api.port, api.host):
        raise UserError(
            f"Port {api.port} on {api.host} is taken by another program.",
            "Give another one with --port.",
        )
    timeline = require_timeline(context)
    with ExitStack() as stack:
        store = open_store(context)
        stack.callback(store.close)
        app = create_app(api_config(context, timeline), StoreQuery(store))
        if not context.settings.clickhouse.url:
            sink = stack.enter_context(_sinking(context, timeline, store))
            app.include_router(inner_routes(os.environ.get(TOKEN_VARIABLE, ""), store, sink))
        serve(app, api.host, api.port)


def serve_sink(context: Context) -> None:
    """Sink and notifier on a ClickHouse server, until SIGTERM."""
    timeline = require_timeline(context)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = open_store(context)
    try:
        with _sinking(context, timeline, store):
            stop.wait()
    finally:
        store.close()


@contextmanager
def _sinking(context: Context, timeline: Timeline, store: Store) -> Iterator[SinkService]:
    """Tables up to date, sink and notifier running inside the block."""
    from sinks.notifier.service import NotifierService

    for applied in migrate(store):
        log.info("migration %s applied", applied)
    sink = SinkService(sink_config(context, timeline), store)
    notifier = NotifierService(notifier_config(context, timeline))
    with ExitStack() as stack:
        sink.start()
        stack.callback(sink.stop)
        notifier.start()
        stack.callback(notifier.stop)
        yield sink
