"""What stands in Kafka, read by a plain consumer and decoded as JSON; nothing of the product."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

SILENCE = 30.0  # s without a record or an end: the broker is gone
EVENTS, CHANGELOG, TALLIES = "dossier-events", "dossiers", "tallies"
ALERTS, DEAD_LETTERS = "alerts", "dead-letters"
POSITION = b"\x00position"
CLOCK = "\x00clock"


class Tail:
    """One topic, read on from where the last call ended."""

    def __init__(self, bootstrap: str, topic: str, partitions: int) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._next = dict.fromkeys(range(partitions), 0)

    def read(self) -> list[Message]:
        """What is committed and was not read yet, in order within a partition."""
        consumer = Consumer(
            {
                "bootstrap.servers": self._bootstrap,
                "group.id": f"faults-{uuid.uuid4().hex}",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "fetch.message.max.bytes": 8 * 1024 * 1024,
                "log_level": 0,
            }
        )
        found: list[Message] = []
        left = set(self._next)
        try:
            consumer.assign([TopicPartition(self._topic, p, n) for p, n in self._next.items()])
            while left:
                message = consumer.poll(SILENCE)
                if message is None:
                    raise TimeoutError(f"{self._topic} was not read to its end")
                error = message.error()
                partition, offset = message.partition() or 0, message.offset() or 0
                if error is None:
                    found.append(message)
                    self._next[partition] = offset + 1
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(partition)
                    self._next[partition] = max(self._next[partition], offset)
                else:
                    raise ConnectionError(f"{self._topic}: {error}")
        finally:
            consumer.close()
        return found


@dataclass
class Partition:
    """One partition of the log as it is, whatever the stream made of it."""

    now: int = 0
    end: int = 0  # offset after the last record
    records: int = 0  # ticks and activations left out
    events: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    poison: dict[int, str] = field(default_factory=dict)  # offset to the reason it must have
    newest: int = 0  # the latest occurred_at
    ticks: list[int] = field(default_factory=list)


class Held:
    """All topics, kept up to date by ``read``. ``refused``: SHA-256 of a value to reason,
    of what the load published on purpose."""

    def __init__(self, bootstrap: str, partitions: int, refused: dict[bytes, str]) -> None:
        self.log = {p: Partition() for p in range(partitions)}
        self.states: dict[str, dict[str, Any]] = {}
        self.positions: dict[int, dict[str, Any]] = {}
        self.tallies: dict[str, dict[str, Any]] = {}
        self.clocks: dict[bytes, int] = {}
        self.alerts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.letters: dict[tuple[int, int], list[str]] = defaultdict(list)
        self.letter_text = ""
        self.known: set[str] = set()  # ids of all events, and SHA-256 of all poison
        self._refused = refused
        self._tails = {
            topic: Tail(bootstrap, topic, count)
            for topic, count in (
                (EVENTS, partitions), (CHANGELOG, partitions), (TALLIES, partitions),
                (ALERTS, partitions), (DEAD_LETTERS, 1),
            )
        }  # fmt: skip

    def read_log(self) -> None:
        """Topic dossier-events only."""
        self._take(EVENTS)

    def read(self) -> None:
        """Everything."""
        for topic in self._tails:
            self._take(topic)

    def _take(self, topic: str) -> None:
        for message in self._tails[topic].read():
            place = (message.partition() or 0, message.offset() or 0)
            self.take(topic, place, message.key() or b"", message.value())

    def take(self, topic: str, place: tuple[int, int], key: bytes, value: bytes | None) -> None:
        """One record; ``place``: its partition and offset."""
        if topic == EVENTS:
            self._take_event(place, value or b"")
        elif topic == CHANGELOG:
            self._take_state(place, key, value)
        elif topic == TALLIES:
            tally = json.loads(value or b"{}")
            if tally["scope"] == CLOCK:
                self.clocks[key] = tally["now"]
            else:
                self.tallies[tally["scope"]] = tally
        elif topic == ALERTS:
            alert = json.loads(value or b"{}")
            self.alerts[alert["alert_id"]].append(alert)
        elif topic == DEAD_LETTERS:
            letter = json.loads(value or b"{}")
            self.letters[letter["partition"], letter["offset"]].append(letter["reason"])
            self.letter_text += letter["payload"] + letter["detail"]

    @property
    def watermark(self) -> int:
        return min(self.clocks.values(), default=0)

    @property
    def now(self) -> int:
        return min(part.now for part in self.log.values())

    def _take_event(self, place: tuple[int, int], value: bytes) -> None:
        part, offset = self.log[place[0]], place[1]
        part.end = offset + 1
        name = hashlib.sha256(value).digest()
        reason = self._refused.get(name)
        if reason is not None:
            self.known.add(name.hex())
            part.records += 1
            part.poison[offset] = reason
            return
        event = json.loads(value)
        if event["kind"] == "tick":
            part.now = max(part.now, event["now"])
            part.ticks.append(event["now"])
        elif event["kind"] != "activate":
            part.records += 1
            part.newest = max(part.newest, event["occurred_at"])
            part.events[event["dossier_id"]].append(event)
            self.known.add(event["event_id"])

    def _take_state(self, place: tuple[int, int], key: bytes, value: bytes | None) -> None:
        if key == POSITION:
            self.positions[place[0]] = json.loads(value or b"{}")
        elif value is None:
            self.states.pop(key.decode(), None)
        else:
            self.states[key.decode()] = {**json.loads(value), "facts": ()}
