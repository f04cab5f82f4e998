"""A record of a Kafka log, as bulk delivery passes it to an agent."""

from __future__ import annotations

KafkaRecord = tuple[int, bytes | None, bytes | None]
"""Offset, key and value."""
