"""The thread that follows the topics of the live view and hands records to the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message

from api.live.view import TopicRecord
from broker.clients import AnyKafka
from broker.errors import BrokerError
from broker.follower import Follower
from broker.silence import SILENT_S
from dossiers.wire.topics import (
    ALERTS,
    DEAD_LETTERS,
    PUBLICATIONS,
    RECONCILIATIONS,
    REFERENCE,
    ROSTER,
    SETTINGS,
    TALLIES,
    VERIFICATIONS,
)

_log = logging.getLogger(__name__)
TOPICS = (
    REFERENCE, SETTINGS, ROSTER, TALLIES, ALERTS, DEAD_LETTERS, VERIFICATIONS, RECONCILIATIONS,
    PUBLICATIONS,
)  # fmt: skip
BATCH = 2_000
_ASK_S = 2.0
_PAUSE_S = 0.5
_SETTINGS: Mapping[str, Any] = {
    "group.id": "dunghen-live-view",  # the client wants one; it joins none
    "fetch.wait.max.ms": 50,
    "queued.max.messages.kbytes": 16_384,
}


class LiveReader:
    """Reads the topics from their beginning, uncommitted (for latency), for ever.

    ``deliver`` runs on the event loop with each batch; ``loaded`` once, when what was there at the
    start has been delivered. One batch is in flight at a time, so a slow loop slows the reader,
    not its memory. A client that falls silent is replaced, and reading goes on at the same place.
    ``silent_s``: seconds, see ``broker.follower``.
    """

    def __init__(
        self,
        kafka: AnyKafka,
        deliver: Callable[[list[TopicRecord]], None],
        loaded: Callable[[], None],
        *,
        silent_s: float = SILENT_S,
    ) -> None:
        self._follower = Follower(kafka, TOPICS, _SETTINGS, silent_s=silent_s)
        self._deliver = deliver
        self._loaded = loaded
        self.in_hand = 0  # records on their way to the loop
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-view", daemon=True)
        self.error = ""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to read; ``loop`` is the one that ``deliver`` and ``loaded`` run on."""
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        """Blocks until the thread has ended, for 5 s at most: it may be asking Kafka."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        try:
            self._open()
            done = False
            while not self._stopping.is_set():
                self._look_after_client()
                taken = self._follower.take(BATCH, 0.5)
                self._note(taken.errors)
                if taken.records:
                    self.error = ""
                    self._hand_over(taken.records)
                if self._follower.caught_up and not done:
                    done = True
                    self._call(self._loaded)
        except Exception as error:
            if not self._stopping.is_set():  # else: the loop has gone, which is how a stop looks
                self.error = f"the live view has stopped: {error}"
                _log.exception("the live view has stopped")
        finally:
            self._follower.close()

    def _open(self) -> None:
        """Begin with every partition; waits for a broker, or topics, that are still away."""
        while not self._stopping.is_set():
            try:
                self._follower.open(_ASK_S)
                return
            except (KafkaException, BrokerError) as error:
                self.error = str(error)
                self._stopping.wait(_PAUSE_S)

    def _look_after_client(self) -> None:
        silent = self._follower.check_silence()
        if silent:
            self.error = silent
            _log.error("%s The live view reads on with another client.", silent)

    def _note(self, errors: list[KafkaError]) -> None:
        for error in errors:
            if not error.retriable():
                self.error = error.str()
                _log.warning("the live view cannot read Kafka: %s", self.error)

    def _hand_over(self, messages: list[Message]) -> None:
        records: list[TopicRecord] = [(m.topic() or "", m.key(), m.value()) for m in messages]
        self.in_hand = len(records)
        self._call(self._deliver, records)
        self.in_hand = 0

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        """Run on the loop and wait for it."""

        async def run() -> None:
            function(*arguments)

        asyncio.run_coroutine_threadsafe(run(), self._loop).result()
