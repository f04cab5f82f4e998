"""The process of the API, which with the embedded engine is that of the sink and notifier too."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from api.app import create_app
from api.config import ApiConfig
from api.ports import Queue, StoreAway
from api.server import bind, serve
from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.text.kept_ids import KeptIds
from dossiers.wire.timeline import Timeline
from dunghen.access.audit_trail import KafkaTrail
from dunghen.access.key_file import KeyFile
from dunghen.clickhouse import open_store
from dunghen.dead_letters.desk import Desk
from dunghen.dead_letters.replay import bound_of
from dunghen.ingest.admission import missing_names, names_of
from dunghen.ingest.id_rules import ids_of
from dunghen.ingest.missing_names import MissingNamesList
from dunghen.ingest.payloads import PortalIngest
from dunghen.serving.inner_routes import inner_routes
from dunghen.serving.queues import sink_queues, trail_queue, worker_queues
from dunghen.settings.installation import Installation
from dunghen.timeline.current import require_timeline
from dunghen.timeline.hash_key import required_key
from dunghen.timeline.known import known_timeline
from dunghen.wiring import api_config, notifier_config, sink_config
from sinks.errors import StoreError
from sinks.migrate import migrate
from sinks.notifier.service import NotifierService
from sinks.service import SinkService
from sinks.store import Store
from sources.acknowledged import AcknowledgedSender
from sources.portal.name_admission import NameAdmission
from sources.portal.steps import KnownSteps
from sources.spool import Spool
from sources.spooled import SpooledSender

log = logging.getLogger(__name__)
TOKEN_VARIABLE = "DUNGHEN_INTERNAL_TOKEN"  # noqa: S105 (its name, not its value)
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


def serve_api(installation: Installation) -> None:
    """Serve until SIGTERM. Raises UserError, or an error of a room that has a sentence."""
    timeline, confirmation = known_timeline(installation)
    config = replace(api_config(installation, timeline), ready=confirmation.reasons)
    with ExitStack() as stack:
        stack.callback(confirmation.stop)
        config = replace(config, sought=(ids := ids_of(installation, timeline)).sought)
        listener = stack.enter_context(_bind(config))
        store = open_store(installation)
        stack.callback(store.close)
        ingest = _ingest(installation, timeline, confirmation.ready, ids)
        if ingest is not None:
            stack.callback(ingest.close)
        query = StoreQuery(store)
        stack.callback(query.close)
        trail = KafkaTrail(config.bootstrap, installation.client)
        stack.callback(trail.close)
        waiting: list[Callable[[], Iterable[Queue]]] = [
            lambda: trail_queue(trail),
            lambda: [Queue("clickhouse_queries", query.waiting, MOST_QUERIES)],
            lambda: worker_queues(installation.folder.run),
        ]
        inner: list[APIRouter] = []
        if not installation.settings.clickhouse.url:
            sink, notifier = stack.enter_context(_sinking(installation, timeline, store))
            waiting.append(lambda: sink_queues(sink, notifier))
            config = replace(config, sink=sink.status)
            figures = ingest.told if ingest is not None else dict
            inner.append(inner_routes(os.environ.get(TOKEN_VARIABLE, ""), store, sink, figures))
        config = replace(config, queues=lambda: [queue for ask in waiting for queue in ask()])
        if isinstance(config.access.keys, KeyFile):
            stack.callback(config.access.keys.flush)
        desk = Desk(config.bootstrap, installation.client, store, bound_of(installation), ids)
        app = create_app(config, query, inner, ingest, trail, desk)
        serve(app, listener, most=config.max_clients + 2_000)


def _ingest(
    installation: Installation, timeline: Timeline, ready: Callable[[], bool], ids: KeptIds
) -> PortalIngest | None:
    """What others post belongs into the present only. ``ready``: whether Kafka may be given it."""
    if timeline.kind != "live":
        return None
    api = installation.settings.api
    bootstrap, options, most = (
        installation.endpoints().kafka,
        installation.client,
        api.max_in_flight,
    )

    def patient() -> AcknowledgedSender:
        return AcknowledgedSender(Kafka(bootstrap, options), most=most, timeout=0)

    keyed = required_key(installation, timeline)
    kafka: AcknowledgedSender | SpooledSender
    if api.spool_mb:
        path = installation.spool_folder / installation.folder.spool.name
        spool = Spool(path, timeline.id, int(api.spool_mb * 1_000_000), timeline.former)
        kafka = SpooledSender(patient, spool, most=most, ready=ready)
    else:
        kafka = AcknowledgedSender(Kafka(bootstrap, options), most=most)
    names: NameAdmission | None = None
    missing: MissingNamesList | None = None
    if keyed is not None and installation.settings.personal.allow_list:
        missing = missing_names(installation)
        missing.start()
        names = names_of(installation, keyed, missing)
    hourly = installation.settings.limits.hourly_records
    steps = KnownSteps(installation.settings.portal.step_field)
    return PortalIngest(
        kafka,
        max_body=int(api.max_body_mb * 1_000_000),
        hourly=hourly,
        names=names,
        missing=missing,
        steps=steps,
        ids=ids,
    )


def _bind(config: ApiConfig) -> socket.socket:
    try:
        return bind(config)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise
        raise UserError(
            f"Port {config.port} on {config.host} cannot be listened on: {error.strerror}.",
            "Give another one with --port, or none: then a free one is chosen.",
        ) from error


def serve_sink(installation: Installation) -> None:
    """Sink and notifier on a ClickHouse server, until SIGTERM."""
    timeline = require_timeline(installation)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = open_store(installation)
    try:
        with _sinking(installation, timeline, store):
            stop.wait()
    finally:
        store.close()


@contextmanager
def _sinking(
    installation: Installation, timeline: Timeline, store: Store
) -> Iterator[tuple[SinkService, NotifierService]]:
    """Tables up to date, sink and notifier running inside the block."""
    for applied in migrate(store):
        log.info("migration %s applied", applied)
    sink = SinkService(sink_config(installation, timeline), store)
    notifier = NotifierService(notifier_config(installation, timeline), store)
    with ExitStack() as stack:
        sink.start()
        stack.callback(sink.stop)
        notifier.start()
        stack.callback(notifier.stop)
        yield sink, notifier
