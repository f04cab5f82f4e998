"""Following topics for ever, with an eye on the client: one that falls silent is given up.

``Follower`` reads whole topics from their beginning, in no group: for a view that is made anew with
every process. ``GroupFollower`` reads one topic as a member of a group, whose offsets it keeps: for
what must be done once. Both are used by one thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_INVALID,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from broker.clients import Broker, ConsumerClient
from broker.errors import BrokerError, SilentClient
from broker.silence import ANSWER_SECONDS, SILENT_S, Place, SilenceCheck

_TIMEOUT_S = 10.0
Clock = Callable[[], float]


class Taken(NamedTuple):
    """Records in order of their partitions, the ends that were reached behind them, and what the
    client says of errors that pass by themselves."""

    records: list[Message]
    ends: dict[Place, int]
    errors: list[KafkaError]

    @property
    def heard(self) -> int:
        """How much the client gave, of whatever kind."""
        return len(self.records) + len(self.ends) + len(self.errors)


class _Following:
    """What both have: sorting what comes, and looking for silence. ``silent_s``: seconds."""

    def __init__(self, consumer: ConsumerClient, silent_s: float, clock: Clock) -> None:
        self.consumer = consumer
        self._ends: dict[Place, int] = {}  # last seen
        self.silence = SilenceCheck(silent_s, self.positions, self._ask, clock)

    def sort(self, messages: Sequence[Message]) -> Taken:
        """Records apart from what is said beside them; raises KafkaException if the client cannot
        go on."""
        records = [message for message in messages if message.error() is None]
        taken = Taken(records, {}, [])
        if len(records) < len(messages):
            for message in messages:
                if (error := message.error()) is not None:
                    self._hear(error, message, taken)
        return taken

    def _hear(self, error: KafkaError, message: Message, taken: Taken) -> None:
        if error.code() == KafkaError._PARTITION_EOF:
            place = place_of(message)
            taken.ends[place] = self._ends[place] = message.offset() or 0
        elif error.fatal() or error.code() == KafkaError._FATAL:
            raise KafkaException(error)
        else:
            taken.errors.append(error)

    def positions(self) -> dict[Place, int]:
        """The next offset of every partition, markers at its end skipped."""
        found = self.consumer.position(self.consumer.assignment())
        places = {Place(each.topic, each.partition): each.offset for each in found}
        return {place: max(offset, self._ends.get(place, 0)) for place, offset in places.items()}

    def check_silence(self) -> None:
        """Raise SilentClient if a partition's log has gone on for a while and nothing of it came.
        Asks the broker, but only of what has stood still, and rarely."""
        what = self.silence.look()
        if what is not None:
            raise SilentClient(f"A client of Kafka fell silent: {what}.")

    def _ask(self, places: list[Place]) -> dict[Place, int]:
        return {
            place: self.consumer.get_watermark_offsets(TopicPartition(*place), ANSWER_SECONDS)[1]
            for place in places
        }


class Follower:
    """Follows whole topics from their beginning, uncommitted records included.

    ``settings``: of ours. ``silent_s``: seconds; a client that is given nothing for so long though
    there is something is replaced by another one, which goes on at the same place. ``clock``: in
    seconds.
    """

    def __init__(
        self,
        kafka: Broker,
        topics: Sequence[str],
        settings: Mapping[str, Any],
        *,
        silent_s: float = SILENT_S,
        clock: Clock = time.monotonic,
    ) -> None:
        self._kafka = kafka
        self._topics = topics
        self._settings = {"isolation.level": "read_uncommitted", **settings}
        self._silent_s = silent_s
        self._clock = clock
        self._following: _Following | None = None
        self._left: set[Place] = set()

    @property
    def caught_up(self) -> bool:
        """Whether the end of every partition has been reached once."""
        return self._following is not None and not self._left

    def open(self, seconds: float) -> None:
        """Begin. Raises KafkaException if the broker does not answer within ``seconds``,
        BrokerError if a topic is missing."""
        consumer = self._kafka.consumer(self._settings)
        try:
            topics = consumer.list_topics(timeout=seconds).topics
            if missing := [topic for topic in self._topics if topic not in topics]:
                raise BrokerError(f"topics are missing: {', '.join(missing)}; run `dunghen topics`")
        except Exception:
            consumer.close()
            raise
        self._left = {Place(t, p) for t in self._topics for p in topics[t].partitions}
        self._assign(consumer, dict.fromkeys(self._left, OFFSET_BEGINNING))

    def take(self, most: int, seconds: float) -> Taken:
        """What comes next: waits ``seconds`` for the first record, and not for more. Raises
        KafkaException if the client cannot go on."""
        following = self._opened
        first = following.consumer.poll(seconds)
        messages = [] if first is None else [first, *following.consumer.consume(most, 0)]
        taken = following.sort(messages)
        self._left -= taken.ends.keys()
        return taken

    def check_silence(self) -> str:
        """Look after the client; says what was wrong with one that was replaced, else ""."""
        following = self._opened
        try:
            following.check_silence()
        except SilentClient as silent:
            positions = following.positions()
            following.consumer.close()
            self._assign(self._kafka.consumer(self._settings), positions)
            return str(silent)
        return ""

    def close(self) -> None:
        """Let go of the client."""
        if self._following is not None:
            self._following.consumer.close()

    @property
    def _opened(self) -> _Following:
        if self._following is None:
            raise BrokerError("Nothing is followed before it is opened.")
        return self._following

    def _assign(self, consumer: ConsumerClient, starts: Mapping[Place, int]) -> None:
        consumer.assign([TopicPartition(*place, offset) for place, offset in starts.items()])
        self._following = _Following(consumer, self._silent_s, self._clock)


class GroupFollower:
    """Follows one topic, committed records only, as a member of a group.

    ``instance`` names this member: one that was killed and comes back under its name gets its
    partitions at once. ``from_end``: a group that has kept no offsets begins at the end, and keeps
    that at once, so that nothing which comes before its first commit is lost with a crash.
    ``assigned``, ``revoked``: told of partition numbers, from within ``take``. ``silent_s``:
    seconds, see ``check_silence``.
    """

    def __init__(
        self,
        kafka: Broker,
        topic: str,
        group: str,
        instance: str,
        settings: Mapping[str, Any],
        *,
        logger: logging.Logger,
        from_end: bool = False,
        assigned: Callable[[list[int]], None] = lambda partitions: None,
        revoked: Callable[[list[int]], None] = lambda partitions: None,
        silent_s: float = SILENT_S,
        clock: Clock = time.monotonic,
    ) -> None:
        self.topic = topic
        self._log = logger
        self._from_end = from_end
        self._tell_assigned = assigned
        self._tell_revoked = revoked
        self._asked: dict[int, int] = {}  # offsets that commits were asked for
        self._held: list[Message] = []  # ends heard of while held
        consumer = kafka.consumer(
            {
                "group.id": group,
                # Without a static name, a killed process is waited for until its session ends.
                "group.instance.id": f"{group}-{instance}",
                "on_commit": self._kept,
                **settings,
            },
            logger,
        )
        self._following = _Following(consumer, silent_s, clock)
        self.consumer = consumer
        consumer.subscribe([topic], on_assign=self._assigned, on_revoke=self._revoked)

    def take(self, most: int, seconds: float) -> Taken:
        """The next records, gathered for ``seconds`` or until there are ``most``. Raises
        KafkaException if the client cannot go on and must be opened anew."""
        held, self._held = self._held, []
        return self._following.sort([*held, *self.consumer.consume(most, max(0.0, seconds))])

    def check_silence(self) -> None:
        """Raise SilentClient if the topic has gone on for a while and nothing of it came: then this
        member is to be closed, and another one goes on."""
        self._following.check_silence()

    def commit(self, positions: Mapping[int, int]) -> None:
        """Keep these next offsets, by partition, with the group, in the background: a coordinator
        that has just gone must not stop the reading. A failed commit only means taking records
        twice; its offsets are asked for again with the next ones."""
        ahead = {p: at for p, at in positions.items() if at > self._asked.get(p, -1)}
        if not ahead:
            return
        self._asked.update(ahead)
        offsets = [TopicPartition(self.topic, p, offset) for p, offset in ahead.items()]
        try:
            self.consumer.commit(offsets=offsets, asynchronous=True)
        except KafkaException as error:
            self._kept(error.args[0], offsets)

    def hold(self) -> None:
        """Stop delivery but stay in the group."""
        self.consumer.pause(self.consumer.assignment())

    def heartbeat(self) -> None:
        """While held: a sign of life, without which the group gives the partitions away."""
        message = self.consumer.poll(0)
        if message is None:
            return
        if message.error() is not None:
            self._held.append(message)
            return
        # A partition that was assigned while the others were held: its record is taken later.
        self.consumer.seek(TopicPartition(*place_of(message), message.offset() or 0))
        self.hold()

    def release(self) -> None:
        """Go on with delivery."""
        self.consumer.resume(self.consumer.assignment())
        self._following.silence.forget()

    def close(self) -> None:
        """Leave; what was committed is kept."""
        self.consumer.close()

    def _kept(self, error: KafkaError | None, partitions: list[TopicPartition]) -> None:
        """The broker's answer to a commit, served by ``take``."""
        if error is not None and error.code() != KafkaError._NO_OFFSET:
            self._log.warning("offsets of %s not committed yet: %s", self.topic, error.str())
            for each in partitions:
                self._asked.pop(each.partition, None)

    def _assigned(self, consumer: ConsumerClient, partitions: list[TopicPartition]) -> None:
        if self._from_end:
            partitions = self._begun_at_end(consumer, partitions)
            consumer.assign(partitions)
        self._tell_assigned([place.partition for place in partitions])

    def _begun_at_end(
        self, consumer: ConsumerClient, partitions: list[TopicPartition]
    ) -> list[TopicPartition]:
        known = consumer.committed(partitions, timeout=_TIMEOUT_S)
        fresh = [place for place in known if place.offset == OFFSET_INVALID]
        for place in fresh:
            place.offset = consumer.get_watermark_offsets(place, timeout=_TIMEOUT_S)[1]
        if fresh:
            consumer.commit(offsets=fresh, asynchronous=False)
        return known

    def _revoked(self, consumer: ConsumerClient, partitions: list[TopicPartition]) -> None:
        numbers = [place.partition for place in partitions]
        for number in numbers:
            self._asked.pop(number, None)
        self._tell_revoked(numbers)


def place_of(message: Message) -> Place:
    """Where a record stands; a delivered message always has a topic and a partition."""
    topic, partition = message.topic(), message.partition()
    if topic is None or partition is None:
        raise ValueError("a message without a place")
    return Place(topic, partition)
