"""Following one topic as a member of a group, which keeps how far everything is done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from confluent_kafka import OFFSET_INVALID, KafkaError, KafkaException, Message, TopicPartition

from broker.clients import AnyKafka, ConsumerClient
from broker.ends import ends_of
from broker.joining import JoinCheck
from broker.silence import SILENT_S, PartitionId
from broker.watched_client import Fetched, SecondsClock, WatchedClient, partition_of

_TIMEOUT_S = 10.0


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
        kafka: AnyKafka,
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
        clock: SecondsClock = time.monotonic,
    ) -> None:
        self.topic = topic
        self._log = logger
        self._from_end = from_end
        self._tell_assigned = assigned
        self._tell_revoked = revoked
        self._closing = False
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
        self._following = WatchedClient(kafka, "read_committed", consumer, silent_s, clock)
        self._joining = JoinCheck(kafka, topic, silent_s, clock)
        self.consumer = consumer
        consumer.subscribe([topic], on_assign=self._assigned, on_revoke=self._revoked)

    def take(self, most: int, seconds: float) -> Fetched:
        """The next records, gathered for ``seconds`` or until there are ``most``. Raises
        KafkaException if the client cannot go on and must be opened anew."""
        held, self._held = self._held, []
        return self._following.sort([*held, *self.consumer.consume(most, max(0.0, seconds))])

    def check_silence(self) -> None:
        """Raise SilentClient if the topic has gone on for a while and nothing of it came, or if the
        group has not said for a while what is this member's: then it is to be closed, and another
        one goes on."""
        self._following.check_silence()
        self._joining.check_silence()

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
        self.consumer.seek(TopicPartition(*partition_of(message), message.offset() or 0))
        self.hold()

    def release(self) -> None:
        """Go on with delivery."""
        self.consumer.resume(self.consumer.assignment())
        self._following.silence.forget()
        self._joining.silence.forget()

    def close(self) -> None:
        """Leave; what was committed is kept.

        An answer of the group that came and was not heard yet is heard first, and no other one is
        asked for: librdkafka waits for ever, and every thread of the process with it, if it hears
        of partitions while it closes."""
        self._closing = True
        with suppress(KafkaException):  # another member of its name has replaced this one
            self.consumer.unsubscribe()
            self.consumer.poll(0)
        self.consumer.close()

    def _kept(self, error: KafkaError | None, partitions: list[TopicPartition]) -> None:
        """The broker's answer to a commit, served by ``take``. _NO_OFFSET: there was nothing to
        keep."""
        if error is not None and error.code() != KafkaError._NO_OFFSET:
            self._log.warning("offsets of %s not committed yet: %s", self.topic, error.str())
            for each in partitions:
                self._asked.pop(each.partition, None)

    def _assigned(self, consumer: ConsumerClient, partitions: list[TopicPartition]) -> None:
        if self._closing:  # heard so that it is not heard later
            return
        if self._from_end:
            partitions = self._begun_at_end(consumer, partitions)
            consumer.assign(partitions)
        self._joining.known = True
        self._tell_assigned([place.partition for place in partitions])

    def _begun_at_end(
        self, consumer: ConsumerClient, partitions: list[TopicPartition]
    ) -> list[TopicPartition]:
        known = consumer.committed(partitions, timeout=_TIMEOUT_S)
        fresh = [place for place in known if place.offset == OFFSET_INVALID]
        ends = ends_of(consumer, [PartitionId(p.topic, p.partition) for p in fresh], _TIMEOUT_S)
        for place in fresh:
            place.offset = ends[PartitionId(place.topic, place.partition)]
        if fresh:
            consumer.commit(offsets=fresh, asynchronous=False)
        return known

    def _revoked(self, consumer: ConsumerClient, partitions: list[TopicPartition]) -> None:
        numbers = [place.partition for place in partitions]
        for number in numbers:
            self._asked.pop(number, None)
        self._joining.known = False
        self._following.forget(partitions)
        self._tell_revoked(numbers)
