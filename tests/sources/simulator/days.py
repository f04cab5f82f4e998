"""Instants of the tests."""

from __future__ import annotations

from datetime import UTC, datetime

DAY = 86_400_000


NOW = int(datetime(2026, 11, 22, 5, tzinfo=UTC).timestamp() * 1_000)  # a Sunday noon
