"""Creating topics and keeping their settings as this version wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from dunghen.errors import UserError
from dunghen.kafka_read import Client, unreachable
from dunghen.topic_specs import TopicSpec

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
