"""Units that are shown, and which have a tile on the wall: those of the reference data first.
Whoever sends dossiers may invent units, which must not push real ones off a screen."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from typing import NamedTuple

from api.live.view import Picture
from dossiers.reference.unlisted import shown_name
from dossiers.tallies.vector import FIELD, GAUGES
from dossiers.wire.keys import unit_scope
from dossiers.wire.reference import Reference, Unit
from dossiers.wire.tallies import Tally

MOST_TILES = 200
MOST_UNLISTED = 20  # tiles of units that no reference data names, if it names any
_TOTAL, _OPEN, _OVERDUE = (FIELD[name] for name in ("total", "open", "overdue"))
_FLOWS = len(GAUGES)  # index of the first window measure
_UNIT = unit_scope("")


class Tiles(NamedTuple):
    """``units``: with a tile; ``left_out``: how many have none, and their figures together."""

    units: list[Unit]
    left_out: Mapping[str, int]


def unlisted_unit(id_: str) -> Unit:
    """A unit that only dossiers name."""
    name = shown_name(id_)
    return Unit(id=id_, name=name, short=name)


def known_units(view: Picture) -> dict[str, Unit]:
    """By id, units of the reference data, and those that only dossiers name."""
    units = {unit.id: unit for unit in view.reference.units}
    for scope in view.tallies:
        if scope.startswith(_UNIT):
            id_ = scope.removeprefix(_UNIT)
            units.setdefault(id_, unlisted_unit(id_))
    return units


def shown_units(view: Picture) -> Tiles:
    """Units that have a tile: departments and communes, else those without units below them.

    Units that no reference data names (those of a log, and "unknown") follow, if they hold
    dossiers or did lately: all of them if it names none, else the few with most overdue. A unit
    that has ended and holds no open dossier any more has none.
    """
    tallies = view.tallies
    named = _listed(view)
    others = _unlisted(view.reference, tallies)
    room = max(0, min(MOST_TILES - len(named), MOST_UNLISTED if named else MOST_TILES))
    kept = sorted(_neediest(others, room, tallies))
    without = set(others) - set(kept) | {unit.id for unit in named[MOST_TILES:]}
    units = named[:MOST_TILES] + [unlisted_unit(id_) for id_ in kept]
    return Tiles(units, _sum(without, tallies))


def _listed(view: Picture) -> list[Unit]:
    units = view.reference.units
    named = [u for u in units if u.kind in ("department", "commune")]
    if not named:
        parents = {u.parent for u in units}
        named = [u for u in units if u.id not in parents]
    ended = view.context.ended
    return [u for u in named if u.id not in ended or view.value(_UNIT + u.id, "open") > 0]


def _unlisted(reference: Reference, tallies: Mapping[str, Tally]) -> list[str]:
    known = {unit.id for unit in reference.units}
    found = (
        scope.removeprefix(_UNIT)
        for scope, tally in tallies.items()
        if scope.startswith(_UNIT) and (tally.vector[_TOTAL] or any(tally.vector[_FLOWS:]))
    )
    return [id_ for id_ in found if id_ not in known]


def _neediest(ids: list[str], count: int, tallies: Mapping[str, Tally]) -> list[str]:
    """Those with most overdue, then most open dossiers."""
    if len(ids) <= count:
        return ids

    def need(id_: str) -> tuple[int, int, str]:
        vector = tallies[_UNIT + id_].vector
        return -vector[_OVERDUE], -vector[_OPEN], id_

    return heapq.nsmallest(count, ids, key=need)


def _sum(ids: Collection[str], tallies: Mapping[str, Tally]) -> dict[str, int]:
    found = [tallies[_UNIT + id_].vector for id_ in ids if _UNIT + id_ in tallies]
    return {
        "units": len(ids),
        "open": sum(vector[_OPEN] for vector in found),
        "overdue": sum(vector[_OVERDUE] for vector in found),
    }
