"""Settings of every Kafka client, under librdkafka's names, in one precedence.

The user's settings go before our defaults: whoever runs a cluster knows its time-outs and sizes.
What the figures rest on goes before the user's: acknowledgements, the partitioner, isolation, who
commits. A client that lost records, or read what was never committed, would count wrongly and say
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ClientSettings = dict[str, Any]
UserSettings = Mapping[str, Any] | None  # security, and tuning if any; None: none

MAX_MESSAGE_BYTES = 8 * 1024 * 1024  # one dossier with very long facts; the topics allow as much

# The user's values of these are skipped, under each of their names.
OURS_ALONE = frozenset(
    {
        "acks",
        "auto.offset.reset",
        "bootstrap.servers",
        "delivery.report.only.error",
        "enable.auto.commit",
        "enable.auto.offset.store",
        "enable.idempotence",
        "enable.partition.eof",
        "error_cb",
        "group.id",
        "group.instance.id",
        "isolation.level",
        "logger",
        "metadata.broker.list",
        "on_commit",
        "on_delivery",
        "partitioner",
        "request.required.acks",
        "transactional.id",
    }
)

DURABLE: Mapping[str, Any] = {
    "acks": "all",
    "enable.idempotence": True,
    # As Java and aiokafka have it; librdkafka's own default would spread the same keys otherwise.
    "partitioner": "murmur2_random",
}
"""What every producer has."""

READING: Mapping[str, Any] = {
    "group.id": "dunghen-read",  # the client wants one; who assigns itself partitions joins none
    "enable.auto.commit": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
    "isolation.level": "read_committed",
}
"""What every consumer has, unless its maker says otherwise."""


def client_settings(bootstrap: str, user: UserSettings, ours: Mapping[str, Any]) -> ClientSettings:
    """Settings of one client. ``ours`` are what this kind of client wants."""
    chosen = {name: value for name, value in (user or {}).items() if name not in OURS_ALONE}
    return {**ours, **chosen, "bootstrap.servers": bootstrap}


def plain_login(username: str, password: str) -> dict[str, str]:
    """User settings for a broker on this machine that asks for a name and a password."""
    return {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": username,
        "sasl.password": password,
    }
