"""Checks before a worker starts."""

from __future__ import annotations

import logging

from confluent_kafka import KafkaException

from dossiers.wire.topics import (
    ALERTS,
    DEAD_LETTERS,
    DOSSIERS,
    EVENTS,
    PARTIALS,
    REFERENCE,
    TALLIES,
    TRAITS,
)
from streams.config import WorkerConfig
from streams.errors import WorkerError

_log = logging.getLogger(__name__)

_SECONDS = 15.0


def check_topics(config: WorkerConfig) -> None:
    """Raise WorkerError unless Kafka answers and has the topics of the timeline."""
    admin = config.kafka.admin(logger=_log)
    try:
        topics = admin.list_topics(timeout=_SECONDS).topics
    except KafkaException as error:
        raise WorkerError(
            f"Kafka at {config.bootstrap} does not answer within {_SECONDS:.0f} s "
            f"({error.args[0].str()}). Start it, or correct its address, then start the worker."
        ) from None
    have = {name: len(topic.partitions) for name, topic in topics.items() if topic.error is None}
    one = dict.fromkeys((REFERENCE, DEAD_LETTERS), 1)
    many = dict.fromkeys((EVENTS, DOSSIERS, PARTIALS, TALLIES, ALERTS, TRAITS), config.partitions)
    for name, count in {**one, **many}.items():
        if have.get(name) != count:
            found = f"has {have[name]} partitions" if name in have else "does not exist"
            raise WorkerError(
                f"Topic {name} at {config.bootstrap} {found}; the timeline needs {count}. "
                "Create its topics with `dunghen topics`, or use the Kafka it lives in."
            )
