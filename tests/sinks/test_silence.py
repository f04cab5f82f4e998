"""A sink whose Kafka client falls silent reads anew; its offsets are kept all the same."""

from __future__ import annotations

import threading
from functools import partial

from broker.kafka import Kafka
from dossiers.wire.topics import EVENTS
from sinks.config import SinkConfig
from sinks.decode.events import EventDecoder
from sinks.pump import Pump
from sinks.reader import Reader
from sinks.store import Store
from tests.sinks.topics import PATIENCE_S, Topics, make_topics, progressed
from tests.support import wait_for
from tests.support.deaf import LIMIT, DeafKafka
from tests.support.kafka import TestKafka


def pump(kafka: DeafKafka, topics: Topics, store: Store, stopping: threading.Event) -> Pump:
    config = SinkConfig(topics.kafka.bootstrap, "line", linger_s=0.1, retry_min_s=0.01)
    return Pump(
        kafka, config, store, EventDecoder("line"), group=f"{topics.timeline}-silence",
        stopping=stopping, open_reader=partial(Reader, silent_s=LIMIT),
    )  # fmt: skip


def test_it_reads_anew_and_goes_on_where_it_was(kafka: TestKafka, embedded_store: Store) -> None:
    topics = make_topics(kafka)
    stopping = threading.Event()
    deaf = DeafKafka(Kafka(kafka.bootstrap), hears=1, of="silence")
    running = pump(deaf, topics, embedded_store, stopping)
    running.start()
    sent = 0

    def reads_anew() -> bool:
        nonlocal sent
        sent += 1
        topics.events([progressed(sent)])  # the topic grows
        return deaf.opened > 1

    def rows() -> int:
        found = embedded_store.query("SELECT count() AS n FROM dossier_events FINAL")
        return int(found[0]["n"])

    try:
        wait_for(reads_anew, PATIENCE_S, what="another reader")
        wait_for(lambda: rows() == sent, PATIENCE_S, what="all rows")
    finally:
        stopping.set()
        running.join(PATIENCE_S)
    assert not running.is_alive()
    # What was committed in the background is there when the reader has been closed.
    group = f"{topics.timeline}-silence-{EVENTS}"
    again = Reader(Kafka(kafka.bootstrap), EVENTS, group, "0")
    topics.events([progressed(sent + 1)])
    found: list[int] = []

    def news() -> bool:
        found.extend(record.offset for record in again.take(100, 0.1).records)
        return bool(found)

    try:
        wait_for(news, PATIENCE_S, what="the record that came after it")
        assert len(found) == 1
    finally:
        again.close()
