"""The thread that follows the topics of the live view and hands records to the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from api.live.view import TopicRecord
from dossiers.wire.records import ALERTS, DEAD_LETTERS, REFERENCE, TALLIES

_log = logging.getLogger(__name__)
TOPICS = (REFERENCE, TALLIES, ALERTS, DEAD_LETTERS)
BATCH = 2_000


class LiveReader:
    """Reads the topics from their beginning, uncommitted (for latency), for ever.

    ``deliver`` runs on the event loop with each batch; ``loaded`` once, when what was there at the
    start has been delivered. One batch is in flight at a time, so a slow loop slows the reader,
    not its memory.
    """

    def __init__(
        self,
        bootstrap: str,
        settings: Mapping[str, Any],
        deliver: Callable[[list[TopicRecord]], None],
        loaded: Callable[[], None],
        topic_prefix: str = "",
    ) -> None:
        self._prefix = topic_prefix
        self._settings = {
            **settings,
            "bootstrap.servers": bootstrap,
            "group.id": "dunghen-live-view",  # required by the client; nothing is committed
            "enable.auto.commit": False,
            "isolation.level": "read_uncommitted",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 50,
            "queued.max.messages.kbytes": 16_384,
            "log_level": 0,
        }
        self._deliver = deliver
        self._loaded = loaded
        self.in_hand = 0  # records on their way to the loop
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-view", daemon=True)
        self.error = ""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        """Blocks until the thread has ended (at most a second)."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        consumer = Consumer(self._settings)
        try:
            left = self._assign(consumer)
            done = False
            while not self._stopping.is_set():
                first = consumer.poll(0.5)
                if first is not None:
                    records: list[TopicRecord] = []
                    for message in (first, *consumer.consume(BATCH, 0)):
                        error = message.error()
                        if error is None:
                            topic = (message.topic() or "").removeprefix(self._prefix)
                            records.append((topic, message.key(), message.value()))
                        elif error.code() == KafkaError._PARTITION_EOF:
                            left.discard((message.topic(), message.partition()))
                        elif not error.retriable():
                            self.error = error.str()
                            _log.warning("the live view cannot read Kafka: %s", self.error)
                    if records:
                        self.error = ""
                        self.in_hand = len(records)
                        self._call(self._deliver, records)
                        self.in_hand = 0
                if not left and not done:
                    done = True
                    self._call(self._loaded)
        except Exception as error:
            if not self._stopping.is_set():  # else: the loop has gone, which is how a stop looks
                self.error = f"the live view has stopped: {error}"
                _log.exception("the live view has stopped")
        finally:
            consumer.close()

    def _assign(self, consumer: Consumer) -> set[tuple[str, int]]:
        """Assign every partition from its beginning; waits for a broker that is still away."""
        while not self._stopping.is_set():
            try:
                topics = consumer.list_topics(timeout=2).topics
            except KafkaException as error:
                self.error = str(error)
                continue
            wanted = [self._prefix + topic for topic in TOPICS]
            if missing := [t for t in wanted if t not in topics]:
                self.error = f"topics are missing: {', '.join(missing)}; run `dunghen topics`"
                self._stopping.wait(1)
                continue
            found = {(t, p) for t in wanted for p in topics[t].partitions}
            consumer.assign([TopicPartition(t, p, OFFSET_BEGINNING) for t, p in found])
            return found
        return set()

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        """Run on the loop and wait for it."""

        async def run() -> None:
            function(*arguments)

        asyncio.run_coroutine_threadsafe(run(), self._loop).result()
