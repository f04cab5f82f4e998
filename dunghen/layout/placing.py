"""Where tiles stand: a full grid on which neighbours stay near each other.

A tile's wish is 0.75 x rank + 0.25 x scaled coordinate in each direction: ranks spread a crowded
centre over the grid, coordinates keep neighbours near. A linear assignment grants the wishes with
the least total squared distance; walls do the same on a grid of theirs
(dashboards/wall/placement.js).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

RANK_SHARE = 0.75
_WIDER = 14 / 12  # columns for each row: tiles are wider than high, and screens are


def grid_for(count: int) -> tuple[int, int]:
    """Columns and rows of the grid that holds so many tiles: 168 stand on 14 x 12."""
    columns = max(1, math.ceil(math.sqrt(count * _WIDER) - 1e-9))
    return columns, max(1, math.ceil(count / columns))


def places(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """(x, y) of each tile, 0..1 from the left and from the top, for its (latitude, longitude) in
    degrees. No two are the same."""
    if not points:
        return []
    columns, rows = grid_for(len(points))
    latitudes, longitudes = (np.array(each, dtype=float) for each in zip(*points, strict=True))
    x = _wishes(longitudes) * (columns - 1)
    y = _wishes(-latitudes) * (rows - 1)  # north is above
    cells = np.arange(columns * rows)
    across, down = cells % columns, cells // columns
    cost = (x[:, None] - across) ** 2 + (y[:, None] - down) ** 2
    _, chosen = linear_sum_assignment(cost)
    return [
        (_share(int(cell) % columns, columns), _share(int(cell) // columns, rows))
        for cell in chosen
    ]


def _wishes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    last = max(1, len(values) - 1)
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable") / last
    span = float(np.ptp(values)) or 1.0
    scaled = (values - values.min()) / span
    wished: NDArray[np.float64] = RANK_SHARE * rank + (1 - RANK_SHARE) * scaled
    return wished


def _share(index: int, count: int) -> float:
    return round(index / (count - 1), 4) if count > 1 else 0.5
