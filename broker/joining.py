"""Notices a group that does not say which partitions a member has, though Kafka answers."""

from __future__ import annotations

from collections.abc import Callable

from broker.clients import AnyKafka
from broker.ends import read_ends
from broker.errors import SilentClient
from broker.silence import PartitionId, SilenceCheck


class JoinCheck:
    """Whether a member knows its partitions (``known``: none are an answer, too), and for how long
    it has not. A rebalance that never ends would look like a topic in which nothing happens.
    ``limit``: seconds; ``clock``: in seconds. For one thread."""

    def __init__(
        self, kafka: AnyKafka, topic: str, limit: float, clock: Callable[[], float]
    ) -> None:
        self.known = False
        self._kafka = kafka
        self._topic = topic
        self._limit = limit
        self.silence = SilenceCheck(limit, self._awaited, self._goes_on, clock)

    def check_silence(self) -> None:
        """Raise SilentClient if the group has said nothing for the limit, while Kafka answered."""
        if self.silence.look() is not None:
            raise SilentClient(
                f"A client of Kafka fell silent: its group gave it no partitions of {self._topic}, "
                f"and did not say that there are none for it, within {self._limit:.0f} s."
            )

    def _awaited(self) -> dict[PartitionId, int]:
        """Its answer, as if it were the first record of a partition."""
        return {} if self.known else {PartitionId(self._topic, -1): 0}

    def _goes_on(self, places: list[PartitionId]) -> dict[PartitionId, int]:
        client = self._kafka.consumer({})
        try:
            read_ends(client, [self._topic])
        finally:
            client.close()
        return dict.fromkeys(places, 1)
