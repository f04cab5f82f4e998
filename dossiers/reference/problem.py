"""One thing that is wrong with reference data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

Table = Literal[
    "units", "officers", "procedures", "steps", "rule_versions", "policies", "duties", "sources"
]


class ReferenceProblem(NamedTuple):
    """``place``: index of the entry in its table; of a step that of the procedure and its own.
    ``text``: what is wrong and what to do. A warning stops nothing. ``value``: which one of several
    in the field, "" for the field."""

    table: Table
    place: tuple[int, ...]
    field: str
    text: str
    warning: bool = False
    value: str = ""


def twice(table: Table, ids: Sequence[str], field: str = "id") -> Iterator[ReferenceProblem]:
    """Every id that a table has had before; ``field``: the one that they stand in."""
    seen: set[str] = set()
    for place, id_ in enumerate(ids):
        if id_ in seen:
            text = f"{id_!r} is there twice: each needs its own {field}"
            yield ReferenceProblem(table, (place,), field, text)
        seen.add(id_)
