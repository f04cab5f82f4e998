"""The settings of an application of a test."""

from __future__ import annotations

from api.config import ApiConfig
from tests.api.city import TIMELINE


def config(**more: object) -> ApiConfig:
    fields: dict[str, object] = {
        "bootstrap": "127.0.0.1:1",
        "timeline": TIMELINE,
        "mode": "simulation",
        "partitions": 1,
        **more,
    }
    return ApiConfig(**fields)  # type: ignore[arg-type]
