"""Creating and deleting topics, and keeping their settings as this version wants them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic
from confluent_kafka.admin import ResourceType as Kind

from broker.errors import BrokerError, unreachable
from broker.kafka import Kafka

ADMIN_TIMEOUT = 30.0  # s
_AWAY = (KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._ALL_BROKERS_DOWN)


@dataclass(frozen=True)
class TopicSpec:
    """One topic as it should be: ``config`` holds topic settings by their Kafka names."""

    name: str
    partitions: int
    config: dict[str, str]


class TopicAdmin:
    """Topic administration of one Kafka. Every method raises BrokerAway if it does not answer, and
    BrokerError with the right that is missing if it refuses."""

    def __init__(self, kafka: Kafka) -> None:
        self._bootstrap = kafka.bootstrap
        self._admin = kafka.admin()

    def existing(self) -> dict[str, int]:
        """Names of all topics with their numbers of partitions."""
        try:
            topics = self._admin.list_topics(timeout=ADMIN_TIMEOUT).topics
        except KafkaException as error:
            raise unreachable(self._bootstrap) from error
        return {name: len(t.partitions) for name, t in topics.items() if t.error is None}

    def create(self, specs: Sequence[TopicSpec], replication: int) -> None:
        """Create topics; one that another process made meanwhile is left as it is."""
        if not specs:
            return
        new = [NewTopic(s.name, s.partitions, replication, config=dict(s.config)) for s in specs]
        self._settle(
            self._admin.create_topics(new, operation_timeout=ADMIN_TIMEOUT),
            "create topic",
            "Check the rights of this client, and kafka.replication against the number of brokers.",
            done_before=KafkaError.TOPIC_ALREADY_EXISTS,
        )

    def delete(self, names: Sequence[str]) -> None:
        """Delete those of these topics that exist, and return once they are gone."""
        existing = self.existing()
        found = [name for name in names if name in existing]
        if not found:
            return
        self._settle(
            self._admin.delete_topics(found, operation_timeout=ADMIN_TIMEOUT),
            "delete topic",
            "Give this client the right Delete on it, and have the brokers allow it "
            "(delete.topic.enable).",
            done_before=KafkaError.UNKNOWN_TOPIC_OR_PART,
        )
        self._await(lambda: not self.existing().keys() & set(found), "deleted")

    def await_made(self, names: Sequence[str]) -> None:
        """Return once every client is told of these topics: a broker that has just made them may
        not know it yet."""
        self._await(lambda: set(names) <= self.existing().keys(), "made")

    def delete_before(self, topic: str, offset: int) -> None:
        """Delete the records of partition 0 before ``offset``."""
        (deleted,) = self._admin.delete_records([TopicPartition(topic, 0, offset)]).values()
        self._settle(
            {topic: deleted},
            "delete records of topic",
            "Give this client the right Delete on it.",
        )

    def correct_settings(self, specs: Sequence[TopicSpec]) -> None:
        """Bring existing topics to these settings; settings not named stay untouched."""
        wanted = {s.name: s.config for s in specs}
        if not wanted:
            return
        hint = "Give this client the rights DescribeConfigs and AlterConfigs on its topics."
        changes: list[ConfigResource] = []

        def compare(name: str, now: Mapping[str, ConfigEntry]) -> None:
            if entries := _changes(now, wanted[name]):
                changes.append(ConfigResource(Kind.TOPIC, name, incremental_configs=entries))

        asked = self._admin.describe_configs([ConfigResource(Kind.TOPIC, name) for name in wanted])
        self._settle(_by_name(asked), "show the settings of topic", hint, take=compare)
        if changes:
            made = self._admin.incremental_alter_configs(changes)
            self._settle(_by_name(made), "change the settings of topic", hint)

    def _settle(
        self,
        futures: Mapping[str, Future[Any]],
        what: str,
        hint: str,
        *,
        done_before: int | None = None,
        take: Callable[[str, Any], None] = lambda name, result: None,
    ) -> None:
        """Wait for the answers about topics, by name; ``take`` is given each. ``done_before``: the
        error by which somebody else has done it."""
        for name, future in futures.items():
            try:
                take(name, future.result())
            except KafkaException as error:
                cause: KafkaError = error.args[0]
                if cause.code() in _AWAY:
                    raise unreachable(self._bootstrap) from error
                if cause.code() != done_before:
                    raise BrokerError(
                        f"Kafka at {self._bootstrap} refuses to {what} {name}: {cause.str()}.", hint
                    ) from error

    def _await(self, done: Callable[[], bool], what: str) -> None:
        begun = time.monotonic()
        while not done():
            if time.monotonic() - begun > ADMIN_TIMEOUT:
                raise BrokerError(
                    f"Kafka at {self._bootstrap} has not {what} its topics after "
                    f"{ADMIN_TIMEOUT:.0f} s.",
                    "Look at the brokers' logs, then run the same command again.",
                )
            time.sleep(0.1)  # no event tells


def _by_name(answers: Mapping[ConfigResource, Future[Any]]) -> dict[str, Future[Any]]:
    return {resource.name: future for resource, future in answers.items()}


def _changes(now: Mapping[str, ConfigEntry], wanted: Mapping[str, str]) -> list[ConfigEntry]:
    return [
        ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
        for key, value in wanted.items()
        if key not in now or now[key].value != value
    ]
