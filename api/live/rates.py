"""The on-time rate that screens show.

It is that of the month so far. In the first days of a month too few dossiers have finished to say
anything (``Rules.minimum_volume``): then it is that of the last 30 days, if that many finished in
them, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from api.live.view import Picture
from dossiers.tallies.vector import FIELD, on_time_rate

RateWindow = Literal["month", "30d"]
_VERDICTS = ("early", "on_time", "late")


@dataclass(frozen=True)
class OnTime:
    """What finished within ``window``, and how much of it not late. ``rate``: percent, None if
    nothing finished; ``enough``: whether there are enough to judge by it."""

    window: RateWindow
    finished: int
    late: int
    rate: float | None
    enough: bool


def on_time_of(view: Picture, scope: str) -> OnTime:
    """The rate to show of a scope."""
    minimum = view.reference.rules.minimum_volume
    tally = view.tallies.get(scope)
    vector = (0,) * len(FIELD) if tally is None else tally.vector
    month = _within("month", {name: vector[FIELD[f"{name}_month"]] for name in _VERDICTS}, minimum)
    if month.enough:
        return month
    days = _within("30d", {name: vector[FIELD[f"{name}_30d"]] for name in _VERDICTS}, minimum)
    return days if days.enough else month


def rate_in(row: Mapping[str, Any] | None, window: RateWindow) -> float | None:
    """The rate (percent) of a window in a row of ClickHouse's table of tallies."""
    if row is None:
        return None
    return on_time_rate(*(int(row[f"{name}_{window}"]) for name in _VERDICTS))


def _within(window: RateWindow, counts: Mapping[str, int], minimum: int) -> OnTime:
    finished = sum(counts.values())
    return OnTime(window, finished, counts["late"], on_time_rate(**counts), finished >= minimum)
