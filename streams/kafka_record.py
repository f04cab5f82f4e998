"""A record of a Kafka log, as Faust's bulk delivery hands it to an agent."""

from __future__ import annotations

KafkaRecord = tuple[int, bytes | None, bytes | None]
"""Offset, key and value."""
