"""Instants and settings of the tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sources.simulator.settings import SimulationSettings, load_settings

DAY = 86_400_000


NOW = int(datetime(2026, 11, 22, 5, tzinfo=UTC).timestamp() * 1_000)  # a Sunday noon


def short_history(**city: Any) -> SimulationSettings:
    """The demo's, without the days that a whole month needs. ``city`` outranks its section."""
    known = load_settings(**city)
    clock = known.clock.model_copy(update={"whole_month": False})
    return known.model_copy(update={"clock": clock})
