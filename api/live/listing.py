"""What the reference data names comes first: whoever sends dossiers may invent units and officers,
and must neither push real ones off a screen nor fill the memory."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from dossiers.reference.unlisted import shown_name
from dossiers.tallies.vector import FIELD, GAUGES
from dossiers.wire.records import ALL, officer_scope, unit_scope
from dossiers.wire.reference import Reference, Unit

if TYPE_CHECKING:
    from api.live.view import LiveView

MOST_TILES = 200
MOST_UNLISTED = 20  # tiles of units that no reference data names, where it names any
MOST_SCOPES = 20_000  # units and officers that no reference data names, with figures
_TOTAL, _OPEN, _OVERDUE = (FIELD[name] for name in ("total", "open", "overdue"))
_FLOWS = len(GAUGES)  # index of the first window measure


class ScopeLimit:
    """Whose figures are kept. ``most``: scopes that no reference data names."""

    def __init__(self, most: int = MOST_SCOPES) -> None:
        self._most = most
        self._listed: frozenset[str] | None = None  # None: there is no reference data yet
        self._others = 0

    def welcome(self, scope: str) -> bool:
        """Whether figures of one more scope are kept."""
        if self._listed is None or scope == ALL or scope in self._listed:
            return True
        if self._others >= self._most:
            return False
        self._others += 1
        return True

    def refer(self, references: Iterable[Reference], scopes: Iterable[str]) -> list[str]:
        """There is (other) reference data. The scopes, of those known, that are too many."""
        listed: set[str] = set()
        for reference in references:
            listed.update(unit_scope(unit.id) for unit in reference.units)
            listed.update(officer_scope(officer.id) for officer in reference.officers)
        self._listed = frozenset(listed)
        others = [scope for scope in scopes if scope != ALL and scope not in listed]
        self._others = min(len(others), self._most)
        return others[self._most :]


def unlisted_unit(id_: str) -> Unit:
    """A unit that only dossiers name."""
    name = shown_name(id_)
    return Unit(id=id_, name=name, short=name)


class Tiles(NamedTuple):
    """``units``: with a tile; ``left_out``: how many have none, and their figures together."""

    units: list[Unit]
    left_out: Mapping[str, int]


def shown_units(view: LiveView) -> Tiles:
    """Units that have a tile: departments and communes, else those without units below them.

    Units that no reference data names (those of a log, and "unknown") follow, if they hold
    dossiers or did lately: all of them where it names none, else the few with most overdue. A unit
    that has ended and holds no open dossier any more has none.
    """
    reference = view.reference
    ended = view.context.ended
    named = [u for u in reference.units if u.kind in ("department", "commune")]
    if not named:
        parents = {u.parent for u in reference.units}
        named = [u for u in reference.units if u.id not in parents]
    known = {u.id for u in reference.units}
    prefix = unit_scope("")

    def holds(id_: str) -> bool:
        tally = view.tallies.get(prefix + id_)
        return tally is not None and tally.vector[_OPEN] > 0

    named = [u for u in named if u.id not in ended or holds(u.id)]
    found = [
        scope.removeprefix(prefix)
        for scope, tally in view.tallies.items()
        if scope.startswith(prefix) and (tally.vector[_TOTAL] or any(tally.vector[_FLOWS:]))
    ]
    others = [id_ for id_ in found if id_ not in known]
    room = max(0, min(MOST_TILES - len(named), MOST_UNLISTED if named else MOST_TILES))

    def need(id_: str) -> tuple[int, int, str]:
        vector = view.tallies[prefix + id_].vector
        return -vector[_OVERDUE], -vector[_OPEN], id_

    kept = sorted(heapq.nsmallest(room, others, key=need)) if len(others) > room else sorted(others)
    without = set(others) - set(kept) | {unit.id for unit in named[MOST_TILES:]}
    tallies = [view.tallies[prefix + id_] for id_ in without if prefix + id_ in view.tallies]
    left_out = {
        "units": len(without),
        "open": sum(tally.vector[_OPEN] for tally in tallies),
        "overdue": sum(tally.vector[_OVERDUE] for tally in tallies),
    }
    unlisted = [unlisted_unit(id_) for id_ in kept]
    return Tiles(named[:MOST_TILES] + unlisted, left_out)
