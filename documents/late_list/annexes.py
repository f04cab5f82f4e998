"""Which annexes a list has, in which order, and how they are called."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from documents.late_list.cases import (
    arriving_grid,
    excluded_grid,
    late_grid,
    receptions_grid,
    zero_grid,
)
from documents.late_list.changes import changes_grid
from documents.late_list.data import Paper
from documents.late_list.grids import Grid
from documents.late_list.holders import officers_grid, units_grid
from documents.late_list.mentions import Mentions

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


class Annex(msgspec.Struct, frozen=True):
    """``number``: from 1."""

    number: int
    grid: Grid

    @property
    def label(self) -> str:
        """Phụ lục II."""
        return f"Phụ lục {_ROMAN[self.number - 1]}"


def annexes_of(paper: Paper, mentions: Mentions) -> tuple[Annex, ...]:
    """All that have a row."""
    grids = (grid for grid in _grids(paper, mentions) if grid.rows)
    return tuple(Annex(number, grid) for number, grid in enumerate(grids, 1))


def annex_named(annexes: tuple[Annex, ...], key: str) -> str:
    """What refers to an annex in a sentence; "" if there is none."""
    return next((annex.label for annex in annexes if annex.grid.key == key), "")


def _grids(paper: Paper, mentions: Mentions) -> Iterator[Grid]:
    if paper.corrects:
        yield changes_grid(paper.corrects, mentions)
    if paper.core.names != "none":
        yield officers_grid(mentions)
    yield units_grid(mentions)
    yield late_grid(mentions)
    yield zero_grid(mentions)
    yield receptions_grid(mentions)
    yield excluded_grid(mentions)
    yield arriving_grid(mentions)
