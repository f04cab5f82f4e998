"""What can go wrong between us and Kafka, each with a sentence and a hint for the terminal."""

from __future__ import annotations


class BrokerError(Exception):
    """``message`` says what is wrong and where; ``hint`` says what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint


class BrokerAway(BrokerError):
    """Kafka does not answer, or did not take a record."""


class SilentClient(BrokerError):
    """A client is given nothing of a log that grows; another one has to take its place."""


def unreachable(bootstrap: str) -> BrokerAway:
    """The sentence for a broker that does not answer."""
    return BrokerAway(
        f"Kafka at {bootstrap} does not answer.",
        "Start the stack with `dunghen up`, or correct the setting kafka.bootstrap.",
    )
