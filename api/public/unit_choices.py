"""The units of a list to choose from, in the order of their tree."""

from __future__ import annotations

from collections.abc import Iterator

from api.public.opened import OpenedEdition
from api.search.plain import plain

_MOST = 600  # options; beyond it one searches


def unit_choices(opened: OpenedEdition) -> tuple[tuple[str, str], ...]:
    """(id, name, indented by its depth) of the units, by name; the upper ones alone if there are
    too many."""
    found = tuple(_below(opened, "", 0))
    if len(found) > _MOST:
        found = tuple((line.unit, opened.unit_name(line.unit)) for line in opened.tops)
    return found[:_MOST]


def _below(opened: OpenedEdition, unit: str, depth: int) -> Iterator[tuple[str, str]]:
    lines = opened.below.get(unit, ())
    for line in sorted(lines, key=lambda each: plain(opened.unit_name(each.unit))):
        yield line.unit, "\u00a0\u00a0" * min(depth, 6) + opened.unit_name(line.unit)
        yield from _below(opened, line.unit, depth + 1)
