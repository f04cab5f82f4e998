"""Receivers of the tests, topics, and a notifier to start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.reference import content_hash, encode_reference
from dossiers.wire.topics import REFERENCE
from sinks.config import NotifierConfig, SmtpConfig
from sinks.notifier.service import NotifierService
from sinks.store import Store
from tests.sinks import receivers
from tests.sinks.notifier.rig import BASE, REFERENCE_DATA, Starter
from tests.sinks.receivers import Hook, Letterbox
from tests.sinks.topics import PATIENCE_S, Topics, make_topics
from tests.support.kafka import TestKafka


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, SmtpConfig]]:
    with receivers.letterbox() as (box, port):
        yield box, SmtpConfig(host="127.0.0.1", port=port, sender="dunghen@hue.test")


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.calls = []
    Hook.failures = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def topics(kafka: TestKafka) -> Topics:
    topics = make_topics(kafka)
    kafka.create_topics(REFERENCE)
    producer = topics.producer()
    producer.produce(REFERENCE, b"{}", TIMELINE_KEY)
    producer.produce(
        REFERENCE,
        encode_reference(REFERENCE_DATA),
        content_hash(REFERENCE_DATA).encode(),
    )
    assert producer.flush(20) == 0
    return topics


@pytest.fixture
def notify(topics: Topics) -> Iterator[Starter]:
    started: list[NotifierService] = []

    def starter(store: Store | None = None, **settings: Any) -> NotifierService:
        defaults: dict[str, Any] = {
            "kind": "live",
            "enabled": True,
            "window_s": 0.3,
            "retry_min_s": 0.02,
            "retry_max_s": 0.1,
        }
        config = NotifierConfig(
            bootstrap=topics.kafka.bootstrap,
            timeline=topics.timeline,
            base_url=BASE,
            **(defaults | settings),
        )
        service = NotifierService(config, store)
        started.append(service)
        service.start()
        if not service.reason:
            assert service.ready.wait(PATIENCE_S)
        return service

    yield starter
    for service in started:
        service.stop()
