"""The process of the API, which with the embedded engine is that of the sink and notifier too."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from fastapi import APIRouter

from api.app import create_app
from api.config import ApiConfig
from api.ports import Queue
from api.server import bind, serve
from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dossiers.wire.topics import PUBLICATIONS, ROSTER
from dunghen.access.audit_trail import KafkaTrail
from dunghen.access.config import keys_path
from dunghen.access.key_file import KeyFile
from dunghen.access.wall_keys import DisplayKeys
from dunghen.acting.opening import open_acts
from dunghen.clickhouse import open_store
from dunghen.dead_letters.desk import Desk
from dunghen.dead_letters.replay import bound_of
from dunghen.ingest.id_rules import ids_of
from dunghen.ingest.opening import open_ingest
from dunghen.publishing.opening import open_late_lists
from dunghen.serving.inner_routes import inner_routes
from dunghen.serving.queues import reached, sink_queues, trail_queue, worker_queues
from dunghen.serving.settings_writer import SettingsTopic
from dunghen.serving.store_query import MOST_QUERIES, StoreQuery
from dunghen.settings.installation import Installation
from dunghen.timeline.current import require_timeline
from dunghen.timeline.known import known_timeline
from dunghen.wiring import api_config, notifier_config, sink_config, telling_config
from sinks.migrate import migrate
from sinks.notifier.service import NotifierService
from sinks.service import SinkService
from sinks.store import Store
from sinks.telling.service import TellingService

log = logging.getLogger(__name__)
TOKEN_VARIABLE = "DUNGHEN_INTERNAL_TOKEN"  # noqa: S105 (its name, not its value)


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
        ingest = open_ingest(installation, timeline, confirmation.ready, ids)
        if ingest is not None:
            stack.callback(ingest.close)
        acts = open_acts(installation, timeline, store, ingest, confirmation.ready, stack)
        query = StoreQuery(store)
        stack.callback(query.close)
        trail = KafkaTrail(installation.kafka)
        stack.callback(trail.close)
        settings = SettingsTopic(Kafka(config.bootstrap, installation.client))
        stack.callback(settings.close)
        roster = SettingsTopic(Kafka(config.bootstrap, installation.client), ROSTER)
        stack.callback(roster.close)
        config = replace(config, settings=settings, roster=roster, acting=acts)
        lists = SettingsTopic(Kafka(config.bootstrap, installation.client), PUBLICATIONS)
        stack.callback(lists.close)
        config = replace(config, late_lists=open_late_lists(installation, timeline, lists))
        config = replace(config, wall_keys=DisplayKeys(keys_path(installation)))
        waiting: list[Callable[[], Iterable[Queue]]] = [
            lambda: trail_queue(trail),
            lambda: [Queue("clickhouse_queries", query.waiting, MOST_QUERIES)],
            lambda: worker_queues(installation.folder.run),
        ]
        inner: list[APIRouter] = []
        if not installation.settings.clickhouse.url:
            sink, notifier, telling = stack.enter_context(_sinking(installation, timeline, store))
            waiting.append(lambda: sink_queues(sink, notifier, telling))
            config = replace(config, sink=sink.status, reached=lambda: reached(telling))
            figures = ingest.told if ingest is not None else dict
            inner.append(inner_routes(os.environ.get(TOKEN_VARIABLE, ""), store, sink, figures))
        config = replace(config, queues=lambda: [queue for ask in waiting for queue in ask()])
        if isinstance(config.access.keys, KeyFile):
            stack.callback(config.access.keys.flush)
        desk = Desk(installation.kafka, store, bound_of(installation), ids)
        app = create_app(config, query, inner, ingest, trail, desk)
        serve(app, listener, most=config.max_clients + 2_000)


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
) -> Iterator[tuple[SinkService, NotifierService, TellingService]]:
    """Tables up to date, sink and notifiers running inside the block."""
    for applied in migrate(store):
        log.info("migration %s applied", applied)
    sink = SinkService(sink_config(installation, timeline), store)
    notifier = NotifierService(notifier_config(installation, timeline), store)
    telling = TellingService(telling_config(installation, timeline), store)
    with ExitStack() as stack:
        sink.start()
        stack.callback(sink.stop)
        notifier.start()
        stack.callback(notifier.stop)
        telling.start()
        stack.callback(telling.stop)
        yield sink, notifier, telling
