"""What can go wrong between us and Kafka, each with a sentence and a hint for the terminal."""

from __future__ import annotations

from dossiers.errors import UserError


class BrokerError(UserError):
    """Base of every error of this room."""


class BrokerAway(BrokerError):
    """Kafka does not answer, or did not take a record."""


class NotDelivered(BrokerAway):
    """Kafka did not take a record; nothing was sent after it."""


class SilentClient(BrokerError):
    """A client is given nothing of a log that grows; another one has to take its place."""


def unreachable(bootstrap: str) -> BrokerAway:
    """The sentence for a broker that does not answer."""
    return BrokerAway(
        f"Kafka at {bootstrap} does not answer.",
        "Start the stack with `dunghen up`, or correct the setting kafka.bootstrap.",
    )
