"""A consumer that is looked after: what it gives, what it says, and whether it is silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from broker.clients import AnyKafka, ConsumerClient
from broker.ends import ends_of
from broker.errors import SilentClient
from broker.silence import ANSWER_SECONDS, PartitionId, SilenceCheck

SecondsClock = Callable[[], float]


class Fetched(NamedTuple):
    """Records in order of their partitions, the ends that were reached behind them, and what the
    client says of errors that pass by themselves."""

    records: list[Message]
    ends: dict[PartitionId, int]
    errors: list[KafkaError]

    @property
    def heard(self) -> int:
        """How much the client gave, of whatever kind."""
        return len(self.records) + len(self.ends) + len(self.errors)


class WatchedClient:
    """A consumer whose records are told apart from what is said beside them, and whose silence is
    noticed. ``kafka`` and ``isolation``: for whoever is asked instead if it does not answer.
    ``silent_s``: seconds; ``clock``: in seconds. ``starts``: offsets at which it begins, if they
    are known. For one thread."""

    def __init__(
        self,
        kafka: AnyKafka,
        isolation: str,
        consumer: ConsumerClient,
        silent_s: float,
        clock: SecondsClock,
        starts: Mapping[PartitionId, int] | None = None,
    ) -> None:
        self.consumer = consumer
        self._kafka = kafka
        self._isolation = isolation
        self._reached = dict(starts or {})  # ends, and where it began
        self.silence = SilenceCheck(silent_s, self.positions, self._ask, clock)

    def sort(self, messages: Sequence[Message]) -> Fetched:
        """Records apart from what is said beside them; raises KafkaException if the client cannot
        go on."""
        records = [message for message in messages if message.error() is None]
        taken = Fetched(records, {}, [])
        if len(records) < len(messages):
            for message in messages:
                if (error := message.error()) is not None:
                    self._hear(error, message, taken)
        return taken

    def _hear(self, error: KafkaError, message: Message, taken: Fetched) -> None:
        if error.code() == KafkaError._PARTITION_EOF:
            place = partition_of(message)
            taken.ends[place] = self._reached[place] = message.offset() or 0
        elif error.fatal() or error.code() == KafkaError._FATAL:
            raise KafkaException(error)
        else:
            taken.errors.append(error)

    def positions(self) -> dict[PartitionId, int]:
        """The next offset of every partition, markers at its end skipped; of one of which nothing
        was heard yet that at which it begins, below 1 if that is not known."""
        found = self.consumer.position(self.consumer.assignment())
        places = {PartitionId(each.topic, each.partition): each.offset for each in found}
        return {place: max(offset, self._reached.get(place, 0)) for place, offset in places.items()}

    def forget(self, partitions: Sequence[TopicPartition]) -> None:
        """These were taken away. If they come back they may begin before the ends reached here:
        reading that stretch again is no standstill."""
        for each in partitions:
            self._reached.pop(PartitionId(each.topic, each.partition), None)

    def check_silence(self) -> None:
        """Raise SilentClient if a partition's log has gone on for a while and nothing of it came.
        Asks the broker, but only of what has stood still, and rarely."""
        what = self.silence.look()
        if what is not None:
            raise SilentClient(f"A client of Kafka fell silent: {what}.")

    def _ask(self, places: list[PartitionId]) -> dict[PartitionId, int]:
        try:
            return ends_of(self.consumer, places, ANSWER_SECONDS / 2)
        except KafkaException:
            # Kafka may be away. Or a connection hangs, on which nothing is answered in turn: then
            # what keeps the records back would hide that there are any.
            return self._ask_by_another(places)

    def _ask_by_another(self, places: list[PartitionId]) -> dict[PartitionId, int]:
        another = self._kafka.consumer({"isolation.level": self._isolation})
        try:
            return ends_of(another, places, ANSWER_SECONDS / 2)
        finally:
            another.close()


def partition_of(message: Message) -> PartitionId:
    """Where a record stands; a delivered message always has a topic and a partition."""
    topic, partition = message.topic(), message.partition()
    if topic is None or partition is None:
        raise ValueError("a message without a place")
    return PartitionId(topic, partition)
