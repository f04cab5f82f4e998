"""Whether a consumer group has members, and waiting until it has none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from broker.reading import Client
from dossiers.errors import UserError

_ASK_SECONDS = 10.0
_GONE_SECONDS = 75.0  # workers and sinks are static members: they stay until their session ends


def await_no_members(
    bootstrap: str,
    client: Client,
    groups: Sequence[str],
    still_there: UserError,
    note: Callable[[], None],
    stopped: Callable[[], bool],
) -> None:
    """Return once none of ``groups`` has members. ``note`` is called if that takes a moment. Raises
    ``still_there`` where they do not go, or the user does not wait for it."""
    if not groups:
        return
    admin = AdminClient({**(client or {}), "bootstrap.servers": bootstrap, "log_level": 0})
    begun, told = time.monotonic(), False
    while _has_members(admin, groups):
        if stopped() or time.monotonic() - begun > _GONE_SECONDS:
            raise still_there
        if not told:
            note()
            told = True
        time.sleep(1.0)


def _has_members(admin: AdminClient, groups: Sequence[str]) -> bool:
    try:
        found = admin.describe_consumer_groups(list(groups), request_timeout=_ASK_SECONDS)
        return any(future.result().members for future in found.values())
    except KafkaException as error:
        raise UserError(f"Kafka does not tell who reads from it: {error.args[0].str()}.") from error
