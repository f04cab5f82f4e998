"""Pauses between tries: doubling, bounded, with full jitter so that many do not knock at once."""

from __future__ import annotations

import random


def pause(attempt: int, least: float, most: float) -> float:
    """Seconds to wait after failed try number ``attempt`` (1, 2, ...)."""
    bound = min(most, least * 2.0 ** min(attempt - 1, 30))
    return random.uniform(bound / 2, bound)  # noqa: S311 - spreads load, guards nothing
