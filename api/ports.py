"""What the API asks of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class StoreAway(Exception):
    """ClickHouse does not answer; the text says what to do."""


class Query(Protocol):
    """Reads ClickHouse without blocking the event loop.

    Binds parameters as ``{name:Type}``; times come back as aware datetimes. Raises StoreAway.
    """

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]: ...
