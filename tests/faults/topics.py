"""What the product's topics hold, read with committed data only."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from tests.faults.oracle.log import Done, Log

SILENCE = 20.0  # s without a record or an end: the broker is gone
EVENTS, CHANGELOG, TALLIES = "dossier-events", "dossiers", "tallies"
ALERTS, DEAD_LETTERS = "alerts", "dead-letters"
POSITION = b"\x00position"
CLOCK = b"\x00clock"
_AT_ONCE = 20_000
_ENDED = ("resolved", "retracted")


class Position(msgspec.Struct, gc=False):
    next_offset: int
    now: int
    events: int
    duplicates: int = 0
    dead_letters: int = 0


class Variant(msgspec.Struct, gc=False):
    """How a dossier would stand otherwise."""

    due_at: int | None = None
    stopped_at: int | None = None
    outcome: str = ""
    finished_at: int | None = None


class Course(msgspec.Struct, gc=False):
    """What its facts say."""

    unit: str = ""
    officer: str = ""
    received_at: int | None = None
    due_at: int | None = None
    finished_at: int | None = None
    stopped_at: int | None = None
    extensions: int = 0
    flags: frozenset[str] = frozenset()
    unrewritten: Variant | None = None
    rewritten: Variant | None = None


class Standing(msgspec.Struct, gc=False):
    """How it stands."""

    verdict: str
    unrewritten: str = ""
    rewritten: str = ""


class State(msgspec.Struct, gc=False):
    """Of a dossier's record, what the oracle has an opinion on."""

    course: Course
    standing: Standing
    successor: str = ""
    # kind, level, cause, sequence, status; who deals with it, until when, and to whom it is offered
    alerts: list[tuple[str, int, int, int, str, str, int, str]] = []


class Tally(msgspec.Struct, gc=False):
    vector: list[int] = []
    now: int = 0


class Alert(msgspec.Struct, gc=False):
    alert_id: str
    sequence: int
    kind: str
    level: int
    transition: str
    dossier_id: str
    due_at: int
    action: str = ""
    actor: str = ""


class Letter(msgspec.Struct, gc=False):
    partition: int
    offset: int
    reason: str
    payload: str = ""
    detail: str = ""


_position = msgspec.json.Decoder(Position).decode
_state = msgspec.json.Decoder(State).decode
_tally = msgspec.json.Decoder(Tally).decode
_alert = msgspec.json.Decoder(Alert).decode
_letter = msgspec.json.Decoder(Letter).decode


class Tail:
    """Topics, read on from where the last call ended."""

    def __init__(
        self, bootstrap: str, login: Mapping[str, str], partitions: dict[str, int]
    ) -> None:
        self._client = {**login, "bootstrap.servers": bootstrap}
        self._next = {(t, p): 0 for t, count in partitions.items() for p in range(count)}

    def read(self, topics: Iterable[str]) -> Iterator[Message]:
        """What is committed and was not read yet, in order within a partition."""
        consumer = Consumer(
            {
                **self._client,
                "group.id": f"faults-{uuid.uuid4().hex}",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "fetch.message.max.bytes": 8 * 1024 * 1024,
                "log_level": 0,
            }
        )
        left = {place for place in self._next if place[0] in topics}
        try:
            consumer.assign([TopicPartition(*place, self._next[place]) for place in left])
            while left:
                # Not more than are there: it would wait for them.
                messages = consumer.consume(_AT_ONCE, 0.02) or consumer.consume(1, SILENCE)
                if not messages:
                    raise TimeoutError(f"{', '.join(topics)} were not read to their end")
                for message in messages:
                    error, offset = message.error(), message.offset() or 0
                    place = (message.topic() or "", message.partition() or 0)
                    if error is None:
                        self._next[place] = offset + 1
                        yield message
                    elif error.code() == KafkaError._PARTITION_EOF:
                        left.discard(place)
                        self._next[place] = max(self._next[place], offset)
                    else:
                        raise ConnectionError(f"{place[0]}: {error}")
        finally:
            consumer.close()


class Held:
    """All topics, kept up to date by ``read``."""

    def __init__(self, bootstrap: str, login: Mapping[str, str], partitions: int, log: Log) -> None:
        self.log = log
        self.positions: dict[int, Position] = {}
        self.tallies: dict[str, bytes] = {}
        self.clocks: dict[bytes, int] = {}
        self.alerts: dict[str, list[int]] = defaultdict(list)  # alert to its sequence numbers
        self.alert_ends: dict[int, int] = {}  # offsets after the last alert of each partition
        self.dossier_of: dict[str, str] = {}  # alert to its dossier
        self.told: Counter[Done] = Counter()  # records of what people did
        self.acted_on: dict[str, set[str]] = defaultdict(set)  # alert to those who did
        self.ended: set[str] = set()  # alerts that have at some time
        self._last: dict[str, str] = {}  # alert to its last transition
        # By dossier: (kind, level, cause) to the sequence and transition that came last.
        self.last_alerts: dict[str, dict[tuple[str, int, int], tuple[int, str]]] = {}
        self.letters: dict[tuple[int, int], list[str]] = defaultdict(list)
        self.letters_with_personal_data = 0
        self._states: dict[str, State] = {}
        self._written: dict[str, bytes] = {}  # states that are not decoded yet
        self._tail = Tail(
            bootstrap,
            login,
            {
                EVENTS: partitions, CHANGELOG: partitions, TALLIES: partitions,
                ALERTS: partitions, DEAD_LETTERS: 1,
            },
        )  # fmt: skip

    def read_log(self) -> None:
        """Topic dossier-events only."""
        self._read((EVENTS,))

    def read(self) -> None:
        """Everything."""
        self._read((EVENTS, CHANGELOG, TALLIES, ALERTS, DEAD_LETTERS))

    def _read(self, topics: Iterable[str]) -> None:
        for message in self._tail.read(topics):
            place = (message.partition() or 0, message.offset() or 0)
            self.take(message.topic() or "", place, message.key() or b"", message.value())

    def take(self, topic: str, place: tuple[int, int], key: bytes, value: bytes | None) -> None:
        """One record; ``place``: its partition and offset."""
        if topic == EVENTS:
            self.log.take(*place, value or b"")
        elif topic == CHANGELOG:
            self._take_state(place, key, value)
        elif topic == TALLIES:
            if key.startswith(CLOCK):
                self.clocks[key] = _tally(value or b"").now
            else:
                self.tallies[key.decode()] = value or b""
        elif topic == ALERTS:
            self.alert_ends[place[0]] = place[1] + 1
            self._take_alert(_alert(value or b""))
        elif topic == DEAD_LETTERS:
            letter = _letter(value or b"")
            self.letters[letter.partition, letter.offset].append(letter.reason)
            self.letters_with_personal_data += "0900000000" in letter.payload + letter.detail

    @property
    def watermark(self) -> int:
        return min(self.clocks.values(), default=0)

    @property
    def states(self) -> dict[str, State]:
        """By dossier."""
        for id_, value in self._written.items():
            self._states[id_] = _state(value)
        self._written.clear()
        return self._states

    def vector(self, scope: str) -> list[int]:
        """Of a merged tally; empty if there is none."""
        value = self.tallies.get(scope)
        return _tally(value).vector if value else []

    def _take_state(self, place: tuple[int, int], key: bytes, value: bytes | None) -> None:
        if key == POSITION:
            self.positions[place[0]] = _position(value or b"")
            return
        id_ = key.decode()
        if value is None:
            self._written.pop(id_, None)
            self._states.pop(id_, None)
        else:
            self._written[id_] = value

    def standing_alerts(self) -> set[str]:
        """Ids of those about dossiers that have not ended."""
        last = self._last.items()
        return {id_ for id_, how in last if how not in _ENDED and self.dossier_of[id_]}

    def _take_alert(self, alert: Alert) -> None:
        self.alerts[alert.alert_id].append(alert.sequence)
        self._last[alert.alert_id] = alert.transition
        if alert.transition in _ENDED:
            self.ended.add(alert.alert_id)
        if alert.action:
            name = (alert.kind, alert.level, alert.due_at)
            self.told[alert.dossier_id, name, alert.action, alert.actor] += 1
            self.acted_on[alert.alert_id].add(alert.actor)
        self.dossier_of[alert.alert_id] = alert.dossier_id
        if alert.dossier_id:
            name = (alert.kind, alert.level, alert.due_at)
            last = self.last_alerts.setdefault(alert.dossier_id, {})
            last[name] = (alert.sequence, alert.transition)
