"""Creating topics and keeping their settings as this version wants them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import cast

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from broker.reading import Client, unreachable
from dossiers.errors import UserError
from dunghen.timeline.topic_specs import TopicSpec

ADMIN_TIMEOUT = 30.0  # s


class TopicAdmin:
    """Topic administration of one Kafka; every method raises UserError if it does not answer."""

    def __init__(self, bootstrap: str, client: Client = None) -> None:
        self._bootstrap = bootstrap
        self._admin = AdminClient(
            {**(client or {}), "bootstrap.servers": bootstrap, "log_level": 0}
        )

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
        for name, future in self._admin.create_topics(new, operation_timeout=ADMIN_TIMEOUT).items():
            try:
                future.result()
            except KafkaException as error:
                cause = cast(KafkaError, error.args[0])
                if cause.code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise UserError(
                        f"Kafka at {self._bootstrap} refuses to create topic {name}: "
                        f"{cause.str()}.",
                        "Check the rights of this client, and kafka.replication against the "
                        "number of brokers.",
                    ) from error

    def delete(self, names: Sequence[str]) -> None:
        """Delete those of these topics that exist, and return once they are gone."""
        found = [name for name in names if name in self.existing()]
        if not found:
            return
        for name, future in self._admin.delete_topics(
            found, operation_timeout=ADMIN_TIMEOUT
        ).items():
            try:
                future.result()
            except KafkaException as error:
                cause = cast(KafkaError, error.args[0])
                if cause.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise UserError(
                        f"Kafka at {self._bootstrap} refuses to delete topic {name}: "
                        f"{cause.str()}.",
                        "Give this client the right Delete on it, and have the brokers allow it "
                        "(delete.topic.enable).",
                    ) from error
        self._await(lambda: not self.existing().keys() & set(found), "deleted")

    def await_made(self, names: Sequence[str]) -> None:
        """Return once every client is told of these topics: a broker that has just made them may
        not know it yet."""
        self._await(lambda: set(names) <= self.existing().keys(), "made")

    def _await(self, done: Callable[[], bool], what: str) -> None:
        begun = time.monotonic()
        while not done():
            if time.monotonic() - begun > ADMIN_TIMEOUT:
                raise UserError(
                    f"Kafka at {self._bootstrap} has not {what} its topics after "
                    f"{ADMIN_TIMEOUT:.0f} s.",
                    "Look at the brokers' logs, then run the same command again.",
                )
            time.sleep(0.1)  # no event tells

    def delete_before(self, topic: str, offset: int) -> None:
        """Delete the records of partition 0 before ``offset``."""
        place = TopicPartition(topic, 0, offset)
        try:
            for future in self._admin.delete_records([place]).values():
                future.result()
        except KafkaException as error:
            raise UserError(
                f"Kafka at {self._bootstrap} refuses to delete records of topic {topic}: "
                f"{error.args[0].str()}.",
                "Give this client the right Delete on it.",
            ) from error

    def correct_settings(self, specs: Sequence[TopicSpec]) -> None:
        """Bring existing topics to these settings; settings not named stay untouched."""
        wanted = {s.name: s.config for s in specs}
        if not wanted:
            return
        try:
            self._correct(wanted)
        except KafkaException as error:
            cause = cast(KafkaError, error.args[0])
            raise UserError(
                f"Kafka at {self._bootstrap} refuses to show or change topic settings: "
                f"{cause.str()}.",
                "Give this client the rights DescribeConfigs and AlterConfigs on its topics.",
            ) from error

    def _correct(self, wanted: dict[str, dict[str, str]]) -> None:
        changes = []
        resources = [ConfigResource(ResourceType.TOPIC, name) for name in wanted]
        for resource, future in self._admin.describe_configs(resources).items():
            now = future.result()
            entries = [
                ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                for key, value in wanted[resource.name].items()
                if key not in now or now[key].value != value
            ]
            if entries:
                changes.append(
                    ConfigResource(ResourceType.TOPIC, resource.name, incremental_configs=entries)
                )
        if changes:
            for done in self._admin.incremental_alter_configs(changes).values():
                done.result()
